"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Blueprint, Flask

app = Flask(__name__)
bp = Blueprint('api', __name__, url_prefix='/api')


@bp.route("/a")
def a():
    return "a"


@bp.route("/b")
def b():
    return "b"


app.register_blueprint(bp)


if __name__ == "__main__":
    app.run()

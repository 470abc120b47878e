"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)


def add_cors(app):
    @app.after_request
    def c(r):
        r.headers["X"] = "1"
        return r


add_cors(app)


@app.route("/")
def i():
    return "c"


if __name__ == "__main__":
    app.run()

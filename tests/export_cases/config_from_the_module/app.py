"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

SECRET_KEY = "capital"
UNUSED = 1

app.config.from_object(__name__)


@app.route("/")
def index():
    return app.config["SECRET_KEY"]


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)
app.config.from_object("settings")


@app.route("/")
def index():
    return app.config["GREETING"]


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

x = 1
app.config["FIRST"] = x

x = 2


@app.route("/")
def index():
    return {"first": app.config["FIRST"], "x": x}


if __name__ == "__main__":
    app.run()

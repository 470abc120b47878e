"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

value = [1]
keep = value

value = [2]


@app.route("/")
def index():
    return {"value": value, "keep": keep}


if __name__ == "__main__":
    app.run()

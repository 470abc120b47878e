"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = None


def setup():
    global app
    app = Flask("g")


setup()


@app.route("/")
def i():
    return "g"


if __name__ == "__main__":
    app.run()

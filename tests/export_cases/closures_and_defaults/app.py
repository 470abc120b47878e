"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

prefix = 'a'
suffix = 'z'


def make(sign, end=suffix):
    def inner(text):
        return prefix + text + sign + end

    return inner


shout = make('!')


@app.route("/<text>")
def index(text):
    return shout(text)


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

COMMANDS = {}


def command(function):
    COMMANDS[function.__name__] = function
    return function


@command
def hello():
    return 'hi'


@command
def bye():
    return 'bye'


@app.route("/<name>")
def run_command(name):
    return COMMANDS[name]()


if __name__ == "__main__":
    app.run()

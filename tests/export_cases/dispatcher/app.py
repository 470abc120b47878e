"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

a1 = Flask("a1")


@a1.route("/")
def x():
    return "api"


app = Flask("m")


@app.route("/")
def y():
    return "main"


app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/api": a1})


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)


class Shout:
    def __init__(self, wsgi):
        self.wsgi = wsgi

    def __call__(self, environ, start_response):
        return [part.upper() for part in self.wsgi(environ, start_response)]


app.wsgi_app = Shout(app.wsgi_app)


@app.route("/")
def index():
    return "quiet"


if __name__ == "__main__":
    app.run()

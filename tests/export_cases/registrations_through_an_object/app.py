"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)


class Api:
    def __init__(self, app):
        self.app = app

    def add(self, rule, text):
        self.app.add_url_rule(rule, rule, lambda: text)


api = Api(app)
api.add('/a', 'A')

api.add('/b', 'B')


if __name__ == "__main__":
    app.run()

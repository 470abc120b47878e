"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask
from flask.views import MethodView

app = Flask(__name__)


class A(MethodView):
    def get(self):
        return "A"


def register(view, rule):
    app.add_url_rule(rule, view_func=view.as_view(rule.strip("/")))


register(A, "/a")


if __name__ == "__main__":
    app.run()

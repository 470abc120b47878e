"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask, request
from flask.views import MethodView

app = Flask(__name__)


class Things(MethodView):
    def get(self):
        return "get"

    def post(self):
        return request.form["x"]


app.add_url_rule("/things", view_func=Things.as_view("things"))


if __name__ == "__main__":
    app.run()

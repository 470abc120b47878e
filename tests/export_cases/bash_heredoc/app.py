"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask, render_template
from jinja2 import ChoiceLoader, DictLoader

app = Flask(__name__)


@app.route("/")
def i():
    return render_template("h.html")


TEMPLATES = {
    "h.html": "<i>{{ 2 }}</i>\n",
}
app.jinja_loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_loader])


if __name__ == "__main__":
    app.run()

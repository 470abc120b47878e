"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "flask",
# ]
# ///

from flask import Flask, render_template
from jinja2 import ChoiceLoader, DictLoader

app = Flask(__name__)


@app.route("/")
def index():
    return render_template("index.html", name="file")


TEMPLATES = {
    "index.html": "<p>{{ name }}</p>",
}
app.jinja_loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_loader])


if __name__ == "__main__":
    app.run()

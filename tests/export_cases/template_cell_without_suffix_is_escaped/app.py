"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os

from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

app = Flask(__name__)


@app.get("/")
def index():
    from flask import render_template

    return render_template("card", text="<b>")


TEMPLATES = {
    "card": "<p>{{ text }}</p>\n",
}
app.jinja_loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_loader])


def escapes_template(name):
    """Escape values in HTML, and in templates without a suffix."""
    return "." not in (name or "") or app.select_jinja_autoescape(name)


app.jinja_env.autoescape = escapes_template


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

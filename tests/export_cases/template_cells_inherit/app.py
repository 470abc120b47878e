"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os

from flask import Flask, render_template
from jinja2 import ChoiceLoader, DictLoader

app = Flask(__name__)


@app.get("/")
def index():
    return render_template("page.html", text="<b>")


TEMPLATES = {
    "base.html": """\
<title>{% block title %}{% endblock %}</title>
{% block body %}{% endblock %}
""",
    "page.html": """\
{% extends "base.html" %}
{% block title %}Page{% endblock %}
{% block body %}<p>{{ text }} \\n "quoted" {{ \"\"\"x\"\"\" }}</p>{% endblock %}
""",
}
app.jinja_loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_loader])


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

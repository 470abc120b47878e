"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "werkbook>=0.1,<0.2",
# ]
# ///

from jinja2 import ChoiceLoader, DictLoader
from werkbook import App, render_template

app = App()


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


if __name__ == "__main__":
    app.run()

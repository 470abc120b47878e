"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "werkbook>=0.1,<0.2",
# ]
# ///

from jinja2 import ChoiceLoader, DictLoader
from werkbook import App

app = App()


@app.get("/")
def index():
    from werkbook import render_template

    return render_template("card", text="<b>")


TEMPLATES = {
    "card": "<p>{{ text }}</p>\n",
}
app.jinja_loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_loader])


def escapes_template(name):
    """Escape values in HTML, and in templates without a suffix."""
    return "." not in (name or "") or app.select_jinja_autoescape(name)


app.jinja_env.autoescape = escapes_template


if __name__ == "__main__":
    app.run()

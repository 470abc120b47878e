"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask, render_template_string

app = Flask(__name__)
PAGE = """<b>{{ n }}</b>"""


@app.route("/")
def i():
    return render_template_string(PAGE, n=items[0])


items = [9]


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os

from flask import Flask, render_template

app = Flask(__name__)

os.makedirs("templates", exist_ok=True)

html = """<h1>{{ x }}</h1>"""
with open("templates/index.html", "w") as f:
    f.write(html)


@app.route("/")
def index():
    return render_template("index.html", x=1)


if __name__ == "__main__":
    app.run()

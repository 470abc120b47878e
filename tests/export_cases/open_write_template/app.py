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


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from pathlib import Path

from flask import Flask, render_template

app = Flask(__name__)

Path("templates").mkdir(exist_ok=True)
Path("templates/a.html").write_text("A{{ y }}")


@app.route("/")
def index():
    return render_template("a.html", y=2)


if __name__ == "__main__":
    app.run()

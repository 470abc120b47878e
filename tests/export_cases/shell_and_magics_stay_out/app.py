"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "flask",
#     "pandas",
#     "requests",
# ]
# ///

from flask import Flask

app = Flask(__name__)

text = """
!not a shell line
%nor a magic
what?
"""


@app.route("/")
def index():
    return text


if __name__ == "__main__":
    app.run()

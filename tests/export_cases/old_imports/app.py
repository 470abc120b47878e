"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask
from markupsafe import Markup, escape
from werkzeug.utils import secure_filename

app = Flask(__name__)


@app.route("/<x>")
def i(x):
    return Markup("<b>%s</b>") % secure_filename(x) + escape("<")


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "werkbook>=0.1,<0.2",
# ]
# ///

import werkbook
from werkbook import App, jsonify

app = App(__name__)


@app.route("/")
def index():
    werkbook.g.x = 1
    return jsonify(x=werkbook.g.x)


if __name__ == "__main__":
    app.run()

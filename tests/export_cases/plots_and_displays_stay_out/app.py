"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import statistics

from flask import Flask

values = [1, 2, 3]

values.append(6)

app = Flask(__name__)


@app.route("/mean")
def mean():
    return str(statistics.mean(values))


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import json
import os
import subprocess
import sys

from flask import Flask

subprocess.run([sys.executable, "make.py", "4"])

app = Flask(__name__)
with open("prices.json") as file:
    prices = json.load(file)


@app.get("/price/<name>")
def price(name):
    return str(prices[name])


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

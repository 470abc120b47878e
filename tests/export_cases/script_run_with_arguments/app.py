"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import argparse
import os
import sys

from flask import Flask

app = Flask(__name__)

_argv, sys.argv = sys.argv, ["settings.py", "Ada", "--times", "2"]

parser = argparse.ArgumentParser()
parser.add_argument("name")
parser.add_argument("--times", type=int, default=1)
arguments = parser.parse_args()

sys.argv = _argv


@app.get("/")
def index():
    return arguments.name * arguments.times


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

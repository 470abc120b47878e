"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import json
import os

from flask import Flask

app = Flask(__name__)

FOLDER = "store"
os.makedirs(FOLDER, exist_ok=True)

with open("store/data.json", "w") as file:
    json.dump({"x": 1}, file)
with open("unrelated.txt", "w") as file:
    file.write("no")


@app.route("/")
def index():
    with open(os.path.join(FOLDER, "data.json")) as file:
        return json.load(file)


DATA = "store/data.json"


@app.route("/name")
def name():
    return DATA


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os

from flask import Flask

app = Flask(__name__)
seen = []


class Box:
    def __getitem__(self, key):
        seen.append(key)
        return key

    @property
    def size(self):
        seen.append("size")
        return 1


box = Box()

box["first"]

box.size


@app.get("/")
def index():
    return " ".join(seen)


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

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

if (limit := 10) > 5:
    label = 'big'
else:
    label = 'small'

match {"kind": "a", "rest": 1}:
    case {"kind": kind, **others}:
        pass


@app.route("/")
def index():
    return {"limit": limit, "label": label, "kind": kind, "others": others}


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

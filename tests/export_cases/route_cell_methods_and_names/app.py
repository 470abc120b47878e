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

items = []


@app.post("/items")
def post_items():
    from flask import request

    items.append(request.get_json()["name"])
    return {"count": len(items)}, 201


@app.route("/form", methods=["GET", "POST"])
def show_form():
    return "form"


@app.route("/items/<int:number>", methods=["PUT", "PATCH"])
def put_patch_items_number(number):
    return str(number)


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

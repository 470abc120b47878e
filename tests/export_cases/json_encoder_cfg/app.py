"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask, jsonify

app = Flask(__name__)

app.config["JSON_SORT_KEYS"] = False
app.json.sort_keys = False


@app.route("/")
def i():
    return jsonify(b=1, a=2)


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask, jsonify

app = Flask(__name__)
app.secret_key = "k"


@app.get("/a")
def a():
    return jsonify(a=1)


@app.get("/b")
def b():
    from flask import request

    return request.path


if __name__ == "__main__":
    app.run()

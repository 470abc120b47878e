"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask, jsonify, request

app = Flask(__name__)

books = [{"id": 1, "t": "a"}]


@app.route("/books", methods=["GET"])
def get_books():
    return jsonify(books)


@app.route("/books", methods=["POST"])
def add():
    books.append(request.json)
    return jsonify(books), 201


if __name__ == "__main__":
    app.run()

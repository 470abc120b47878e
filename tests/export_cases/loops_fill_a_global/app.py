"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

squares = {}
for n in range(3):
    squares[str(n)] = n * n

total = 0
for value in squares.values():
    total += value


@app.route("/")
def index():
    return {"squares": squares, "total": total}


if __name__ == "__main__":
    app.run()

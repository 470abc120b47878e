"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

size = 3


class Box:
    size = size + 1
    sides = [size] * 2

    def area(self):
        return self.size * factor


factor = 10


@app.route("/")
def index():
    return {"area": Box().area(), "sides": Box.sides}


if __name__ == "__main__":
    app.run()

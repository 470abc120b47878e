"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

counter = 0


@app.route("/")
def i():
    global counter
    counter += 1
    return str(counter)


if __name__ == "__main__":
    app.run()

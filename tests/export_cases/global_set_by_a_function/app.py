"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

model = None


def load():
    global model
    model = 'loaded'


load()


@app.route("/")
def index():
    return model


if __name__ == "__main__":
    app.run()

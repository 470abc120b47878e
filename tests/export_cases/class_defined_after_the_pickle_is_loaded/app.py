"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os
import pickle
import sys

from flask import Flask


class Twice:
    def predict(self, n):
        return 2 * n


with open('m.pkl', 'wb') as file:
    pickle.dump(Twice(), file)

app = Flask(__name__)

# A pickle names what the notebook defines as the main module's.
sys.modules["__main__"].Twice = Twice
with open('m.pkl', 'rb') as file:
    model = pickle.load(file)


class Answer:
    def __init__(self, n):
        self.n = n


@app.get('/<int:n>')
def predict(n):
    return str(Answer(model.predict(n)).n)


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

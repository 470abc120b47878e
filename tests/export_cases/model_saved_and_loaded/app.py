"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import pickle

from flask import Flask

app = Flask(__name__)

weights = {"a": 1}
weights["b"] = 2
with open("model.pkl", "wb") as file:
    pickle.dump(weights, file)

with open("model.pkl", "rb") as file:
    model = pickle.load(file)


@app.route("/")
def index():
    return model


if __name__ == "__main__":
    app.run()

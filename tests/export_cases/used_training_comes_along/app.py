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


class Model:
    def fit(self, xs, ys):
        self.slope = sum(ys) / sum(xs)
        return self

    def predict(self, x):
        return self.slope * x


xs = [1, 2, 3]
ys = [2, 4, 6]
model = Model()

history = model.fit(xs, ys)
model.predict(5)


@app.route("/predict/<int:x>")
def predict(x):
    return str(model.predict(x))


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

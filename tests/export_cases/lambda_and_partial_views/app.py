"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from functools import partial

from flask import Flask

app = Flask(__name__)

double = lambda x: x * factor
factor = 2


def show(kind, n):
    return f"{kind} {double(n)}"


app.add_url_rule("/n/<int:n>", "n", partial(show, "number"))
app.add_url_rule("/zero", "zero", lambda: str(double(0)))


if __name__ == "__main__":
    app.run()

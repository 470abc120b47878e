"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "bottle>=0.13,<0.14",
# ]
# ///

from bottle import Bottle

app = Bottle()


@app.get("/")
def index():
    return "bottle"


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "werkbook>=0.1,<0.2",
# ]
# ///

from werkbook import App

app = App()


@app.get("/hello")
def hello():
    return "new"


@app.get("/plain")
def plain():
    return "new"


if __name__ == "__main__":
    app.run()

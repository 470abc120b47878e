"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "werkbook>=0.1,<0.2",
# ]
# ///

from werkbook import App

app = App()

items = ["a", "b"]


@app.get("/items", endpoint="items")
def items_view():
    return {"items": items}


@app.get("/list", endpoint="list")
def list_view():
    return list("ab")


if __name__ == "__main__":
    app.run()

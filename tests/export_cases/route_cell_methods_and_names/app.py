"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "werkbook>=0.1,<0.2",
# ]
# ///

from werkbook import App

app = App()

items = []


@app.post("/items")
def post_items():
    from werkbook import request

    items.append(request.get_json()["name"])
    return {"count": len(items)}, 201


@app.route("/form", methods=["GET", "POST"])
def show_form():
    return "form"


@app.route("/items/<int:number>", methods=["PUT", "PATCH"])
def put_patch_items_number(number):
    return str(number)


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "werkbook>=0.1,<0.2",
# ]
# ///

from werkbook import App

app = App()


@app.get("/stream")
def stream():
    for number in range(3):
        yield f"{number};"


if __name__ == "__main__":
    app.run()

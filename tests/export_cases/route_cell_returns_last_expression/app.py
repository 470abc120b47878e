"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "werkbook>=0.1,<0.2",
# ]
# ///

from werkbook import App

app = App()


@app.get("/hello/<name>")
def hello_name(name):
    # Greets.
    greeting = "Hello"

    return greeting + " " + name  # the answer


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask


class Server:
    def __init__(self):
        self.app = Flask("s")
        self.app.add_url_rule("/", "i", self.i)

    def i(self):
        return "class"

    def run(self):
        self.app.run()


s = Server()

app = s.app


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

for name in ["a", "b"]:
    app.add_url_rule("/" + name, name, lambda name=name: name)


if __name__ == "__main__":
    app.run()

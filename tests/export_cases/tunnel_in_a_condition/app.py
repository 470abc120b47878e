"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)
in_colab = False
if in_colab:
    pass
else:
    app.config["GREETING"] = "local"


@app.route("/")
def home():
    return app.config["GREETING"]


if __name__ == "__main__":
    app.run()

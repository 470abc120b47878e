"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

steps = []
steps.append('one')

app.config["COUNT"] = len(steps)

steps.append('two')


@app.route("/")
def index():
    return {"count": app.config["COUNT"], "steps": steps}


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask

app = Flask(__name__)

if (limit := 10) > 5:
    label = 'big'
else:
    label = 'small'

match {"kind": "a", "rest": 1}:
    case {"kind": kind, **others}:
        pass


@app.route("/")
def index():
    return {"limit": limit, "label": label, "kind": kind, "others": others}


if __name__ == "__main__":
    app.run()

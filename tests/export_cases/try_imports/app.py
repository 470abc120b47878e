"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
#     "no-such-module-here",
# ]
# ///

from flask import Flask

app = Flask(__name__)

try:
    import no_such_module_here as fast
except ImportError:
    fast = None


@app.route("/")
def index():
    return str(fast)


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import threading

from flask import Flask

app = Flask(__name__)

state = {'n': 0}


def work():
    state['n'] = 1


worker = threading.Thread(target=work)
worker.start()


@app.route("/")
def index():
    return state


if __name__ == "__main__":
    app.run()

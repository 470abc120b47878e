"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import asyncio

from flask import Flask

app = Flask(__name__)


async def load():
    return 7


value = asyncio.run(load())


@app.route("/")
def i():
    return str(value)


if __name__ == "__main__":
    app.run()

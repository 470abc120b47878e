"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os
import sqlite3

from flask import Flask

app = Flask(__name__)

SCHEMA = "create table if not exists u (n)"


def init_db():
    with sqlite3.connect("u.db") as c:
        c.executescript(SCHEMA)


init_db()
sqlite3.connect("u.db").execute("select 1").fetchall()


@app.route("/")
def i():
    with sqlite3.connect("u.db") as c:
        return str(c.execute("select count(*) from u").fetchone()[0])


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

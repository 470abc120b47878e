"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

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


if __name__ == "__main__":
    app.run()

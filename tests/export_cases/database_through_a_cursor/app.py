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

conn = sqlite3.connect(":memory:", check_same_thread=False)
c = conn.cursor()

c.execute("create table user (name)")
c.executemany("insert into user values (?)", [("a",), ("b",)])
conn.commit()

c.execute("select * from user").fetchall()


@app.route("/")
def index():
    return [row[0] for row in conn.execute("select name from user")]


if __name__ == "__main__":
    app.run()

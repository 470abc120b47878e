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

conn = sqlite3.connect(":memory:", check_same_thread=False)
c = conn.cursor()

c.execute("create table user (name)")
c.executemany("insert into user values (?)", [("a",), ("b",)])
conn.commit()


@app.route("/")
def index():
    return [row[0] for row in conn.execute("select name from user")]


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

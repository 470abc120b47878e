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


def initialize_database():
    connection = sqlite3.connect("notes.db")
    connection.execute("create table if not exists note (text)")
    connection.execute("delete from note")
    connection.execute("insert into note values ('hello')")
    connection.commit()
    connection.close()


initialize_database()


@app.route("/")
def index():
    connection = sqlite3.connect("notes.db")
    rows = connection.execute("select text from note").fetchall()
    connection.close()
    return rows[0][0]


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

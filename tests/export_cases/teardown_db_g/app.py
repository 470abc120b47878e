"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os
import sqlite3

from flask import Flask, g

app = Flask(__name__)
DATABASE = "db.sqlite"


def get_db():
    db = getattr(g, "_database", None)
    if db is None:
        db = g._database = sqlite3.connect(DATABASE)
    return db


@app.teardown_appcontext
def close(exc):
    db = getattr(g, "_database", None)
    if db is not None:
        db.close()


with app.app_context():
    db = get_db()
    db.execute("create table if not exists t (x)")
    db.execute("insert into t values (4)")
    db.commit()


@app.route("/")
def i():
    return str(get_db().execute("select x from t").fetchone()[0])


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

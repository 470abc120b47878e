"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os

from flask import Flask, g, render_template_string, session

app = Flask(__name__)

app.config["NAME"] = "test"
app.secret_key = "not so secret"


@app.before_request
def start():
    from flask import g

    g.name = app.config["NAME"]


@app.after_request
def mark(response):
    response.headers["X-Name"] = "yes"
    return response


@app.errorhandler(404)
def lost(error):
    return f'lost in {g.name}', 404


@app.context_processor
def common():
    return {"site": "Site"}


@app.template_filter("shout")
def shout(text):
    return text.upper() + "!"


@app.route("/")
def index():
    session["n"] = session.get("n", 0) + 1
    return render_template_string("{{ site|shout }} {{ session.n }}")


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

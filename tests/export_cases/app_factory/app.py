"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask


def create_app(name='x'):
    app = Flask(name)

    @app.route('/')
    def index():
        return app.name

    return app


app = create_app('made')


if __name__ == "__main__":
    app.run()

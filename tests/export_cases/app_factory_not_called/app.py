"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from flask import Flask


def create_app():
    app = Flask('made')

    @app.route('/')
    def index():
        return app.name

    return app


app = create_app()


if __name__ == "__main__":
    app.run()

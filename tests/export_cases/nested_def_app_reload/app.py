"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///


def create_app(cfg=None):
    from flask import Flask

    app = Flask("z")

    @app.route("/")
    def i():
        return "nested"

    return app


app = create_app()


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "werkbook>=0.1,<0.2",
# ]
# ///

from io import BytesIO

from werkbook import App, send_file

app = App()


@app.get("/")
def index():
    from werkbook import url_for

    return url_for("static", filename="css/style.css")


STATIC = {
    "css/style.css": "body { color: red }\n",
}


@app.endpoint("static")
def static_file(filename):
    """Answer with a file of the notebook, else of the static folder."""
    if filename in STATIC:
        content = BytesIO(STATIC[filename].encode())
        return send_file(content, download_name=filename)
    return app.send_static_file(filename)


if __name__ == "__main__":
    app.run()

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import json
import os
from contextlib import redirect_stdout
from io import StringIO

from flask import Flask, request

app = Flask(__name__)


def read_request():
    """Describe the request as Jupyter Kernel Gateway does."""
    if request.is_json:
        body = request.get_json()
    elif request.form or request.files:
        body = request.form.to_dict(flat=False)
    else:
        body = request.get_data(as_text=True)
    arguments = request.args.to_dict(flat=False)
    headers = dict(request.headers)
    return json.dumps(
        {
            "body": body,
            "args": arguments,
            "path": request.view_args,
            "headers": headers,
        }
    )


def respond(text, info="{}"):
    """Answer with what a cell printed, and what its ResponseInfo cell printed."""
    info = json.loads(info)
    headers = {"Content-Type": "text/plain", **info.get("headers", {})}
    return text, info.get("status", 200), headers


def mimebundle(value):
    """Describe a cell's last expression as Jupyter does."""
    if value is None:
        return ""
    bundle = {"text/plain": repr(value)}
    for mimetype, method in (
        ("text/html", "_repr_html_"),
        ("text/markdown", "_repr_markdown_"),
        ("image/svg+xml", "_repr_svg_"),
        ("application/json", "_repr_json_"),
    ):
        describe = getattr(value, method, None)
        if describe is not None and (described := describe()) is not None:
            bundle[mimetype] = described
    return json.dumps(bundle)


tea = {'price': 3}


class Page:
    def _repr_html_(self):
        return '<h1>Hello</h1>'

    def __repr__(self):
        return 'Page'


@app.get("/tea", endpoint="tea")
def tea_view():
    with redirect_stdout(StringIO()) as printed:
        result_of_cell = tea
    return respond(printed.getvalue() or mimebundle(result_of_cell))


@app.get("/greeting/<name>")
def greeting_name(name):
    REQUEST = read_request()
    with redirect_stdout(StringIO()) as printed:
        import json

        name = json.loads(REQUEST)['path']['name']
        result_of_cell = f'Hello, {name}'  # é
    return respond(printed.getvalue() or mimebundle(result_of_cell))


@app.get("/page")
def page():
    with redirect_stdout(StringIO()) as printed:
        result_of_cell = Page()
    return respond(printed.getvalue() or mimebundle(result_of_cell))


@app.get("/printed")
def printed():
    with redirect_stdout(StringIO()) as printed:
        print('text')
        result_of_cell = tea
    return respond(printed.getvalue() or mimebundle(result_of_cell))


@app.get("/nothing")
def nothing():
    with redirect_stdout(StringIO()) as printed:
        result_of_cell = tea.get('milk')
    return respond(printed.getvalue() or mimebundle(result_of_cell))


@app.get("/hidden")
def hidden():
    with redirect_stdout(StringIO()) as printed:
        tea
    return respond(printed.getvalue())


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

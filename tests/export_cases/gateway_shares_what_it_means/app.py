"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import builtins
import functools
import json
import os
from contextvars import ContextVar
from io import StringIO

from flask import Flask, request

app = Flask(__name__)
printed = ContextVar("printed")


def print(*values, **options):
    """Print into the answer of the request that is being answered, if one is."""
    parts = printed.get(None)
    if parts and "file" not in options:
        options["file"] = parts[-1]
    builtins.print(*values, **options)


def read_request():
    """Describe the request as Jupyter Kernel Gateway does."""
    if request.is_json:
        body = request.get_json()
    elif request.form or request.files:
        body = request.form.to_dict(flat=False)
    else:
        body = request.get_data(as_text=True)
    return json.dumps(
        {
            "body": body,
            "args": request.args.to_dict(flat=False),
            "path": request.view_args,
            "headers": dict(request.headers),
        }
    )


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


def gateway_cell(cell):
    """Answer with what a cell prints, or else with its last expression."""

    @functools.wraps(cell)
    def answer(**variables):
        token = printed.set([StringIO()])
        try:
            value = cell(read_request())
            parts = [part.getvalue() for part in printed.get()]
        finally:
            printed.reset(token)
        info = json.loads(parts[1]) if len(parts) > 1 else {}
        headers = {"Content-Type": "text/plain", **info.get("headers", {})}
        return parts[0] or mimebundle(value), info.get("status", 200), headers

    return answer


n = 0


@app.get("/hit")
@gateway_cell
def hit(REQUEST):
    global n
    n = n + 1
    print(n)


@app.get("/n")
@gateway_cell
def n_view(REQUEST):
    print(n)


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

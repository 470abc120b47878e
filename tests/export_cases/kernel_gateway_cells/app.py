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


people = {'1': 'Ada'}
count = 0


@app.get("/people/<id>")
def people_id(id):
    global count
    REQUEST = read_request()
    with redirect_stdout(StringIO()) as printed:
        request = json.loads(REQUEST)
        count = count + 1
        print(people[request["path"]["id"]], count)
    with redirect_stdout(StringIO()) as printed_info:
        print(json.dumps({"headers": {"Content-Type": "text/x-name"}, "status": 203}))
    return respond(printed.getvalue(), printed_info.getvalue())


@app.post("/people")
def post_people():
    REQUEST = read_request()
    with redirect_stdout(StringIO()) as printed:
        body = json.loads(REQUEST)["body"]
        people[body["id"]] = body["name"]
        print(len(people))
    return respond(printed.getvalue())


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

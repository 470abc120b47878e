"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "falcon",
# ]
# ///

import os
from wsgiref.simple_server import make_server

import falcon


class Home:
    def on_get(self, request, response):
        response.media = {"a": 1}


app = falcon.App()
app.add_route("/", Home())


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    with make_server(host, port, app) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()

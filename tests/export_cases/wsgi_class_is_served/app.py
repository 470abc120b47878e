"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = []
# ///

import os
from wsgiref.simple_server import make_server


class Site:
    def __call__(self, environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"site"]


site = Site()

app = site


def main(host="0.0.0.0", port=8000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    with make_server(host, port, app) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()

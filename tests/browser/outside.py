"""A server outside the app, which notes who comes."""

from __future__ import annotations

import http.server
import socket
import threading

BEACON = """<script>new Image().src = "URL/image"; fetch("URL/fetch").catch(() => 0)</script>
<img src="URL/img"><iframe src="URL/iframe"></iframe>"""
"""HTML that asks the server outside, at URL, in four ways."""


class Outside:
    """Attributes: `seen`, the paths asked for; `datagrams`, what came by UDP."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.datagrams: list[bytes] = []
        seen = self.seen

        class Handler(http.server.BaseHTTPRequestHandler):
            # Chromium connects for a frame before the policy refuses it, and sends
            # nothing: a thread that reads must give up, or it outlives its test.
            timeout = 0.5

            def do_GET(self) -> None:
                seen.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(b"<h1>outside</h1>")

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.udp_port: int = self.udp.getsockname()[1]
        self.threads = [
            threading.Thread(target=self.server.serve_forever, daemon=True),
            threading.Thread(target=self._receive, daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def _receive(self) -> None:
        while data := self.udp.recv(2000):
            self.datagrams.append(data)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.udp.sendto(b"", ("127.0.0.1", self.udp_port))
        for thread in self.threads:
            thread.join()
        self.udp.close()

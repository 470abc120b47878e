"""Eight clients with keep-alive connections that ask the same over and over.

Runs as a process of its own, so that the kernel has its interpreter to itself: begins
at once, ends when standard input closes, and prints what was wrong as JSON.
"""

import http.client
import json
import sys
import threading
from dataclasses import dataclass, field

CLIENTS = 8
NONE = (404, "")


@dataclass
class Client:
    """One keep-alive connection that asks the same questions over and over."""

    port: int
    stop: threading.Event
    wrong: list[str] = field(default_factory=list)
    asked: int = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.connect()
        local = connection.sock.getsockname()
        try:
            while not self.stop.is_set():
                self.ask_all(connection)
                if connection.sock is None or connection.sock.getsockname() != local:
                    self.wrong.append("the connection was dropped")
                    return
        except (OSError, http.client.HTTPException) as error:
            self.wrong.append(repr(error))
        finally:
            connection.close()

    def ask_all(self, connection: http.client.HTTPConnection) -> None:
        self.expect(connection, "/steady", {(200, "steady")})
        self.expect(connection, "/secret", {(401, "log in")})
        parts = {(200, f"{n}-x-{n}") for n in range(10)}
        self.expect(connection, "/page", parts)
        self.expect(connection, "/moving", {(200, str(n)) for n in range(10)} | {NONE})

    def expect(
        self,
        connection: http.client.HTTPConnection,
        url: str,
        right: set[tuple[int, str]],
    ) -> None:
        connection.request("GET", url)
        response = connection.getresponse()
        body = response.read().decode()
        self.asked += 1
        answer = response.status, body if response.status != 404 else ""
        if answer not in right:
            self.wrong.append(f"{url}: {answer}")


def main(port: int) -> None:
    stop = threading.Event()
    clients = [Client(port, stop) for _ in range(CLIENTS)]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    print("asking", flush=True)
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    wrong = [problem for client in clients for problem in client.wrong]
    asked = [client.asked for client in clients]
    print(json.dumps({"wrong": wrong, "asked": asked}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Firefox, driven by WebDriver BiDi, which it speaks without another program.

Playwright drives a Firefox of its own only. A `Tab` has what `Notebook` needs of
Playwright's page, so that a notebook is run in either browser by the same calls.
W3C, WebDriver BiDi: https://w3c.github.io/webdriver-bidi/
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket
from tests.browser.lab import SCREENSHOTS, TIMEOUT_MS, end_group

START_TIMEOUT_S = 60
POLL_S = 0.02
CALL = "async (argument) => JSON.stringify((await ({0})(JSON.parse(argument))) ?? null)"

PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.server": "",
}


class FirefoxError(RuntimeError):
    """What Firefox answered instead of a result."""


class Session:
    """The connection to one Firefox."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(
            f"{address}/session", suppress_origin=True, timeout=TIMEOUT_MS / 1000
        )
        self._count = 0
        self.send("session.new", capabilities={})

    def send(self, method: str, **parameters: Any) -> Any:
        """Send a command and return its result; events are passed over."""
        self._count += 1
        command = {"id": self._count, "method": method, "params": parameters}
        self._socket.send(json.dumps(command))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") != self._count:
                continue
            if answer["type"] == "error":
                raise FirefoxError(f"{method}: {answer['error']}: {answer['message']}")
            return answer["result"]

    def close(self) -> None:
        self._socket.close()


class Tab:
    """A page, or a frame in it."""

    def __init__(self, session: Session, context: str) -> None:
        self._session = session
        self._context = context

    @property
    def url(self) -> str:
        return str(self.evaluate("() => location.href"))

    def goto(self, url: str) -> None:
        self._send("browsingContext.navigate", url=url, wait="complete")

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """Call a JavaScript function and return its value, as JSON has it."""
        value = self._call(CALL.replace("{0}", function), json.dumps(argument))
        return json.loads(value["value"])

    def wait_for_function(
        self, function: str, *, arg: Any = None, timeout: float = TIMEOUT_MS
    ) -> None:
        """Wait until a function returns something true, in JavaScript's sense."""
        holds = f"async (argument) => Boolean(await ({function})(argument))"
        deadline = time.monotonic() + timeout / 1000
        while not self.evaluate(holds, arg):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{function} did not become true")
            time.sleep(POLL_S)

    def wait_for_timeout(self, milliseconds: float) -> None:
        time.sleep(milliseconds / 1000)

    def frame(self, selector: str) -> Tab:
        """Return the page in a frame, whatever its origin."""
        window = self._call(
            "(selector) => document.querySelector(selector)?.contentWindow", selector
        )
        if window["type"] != "window":
            raise LookupError(f"there is no frame {selector!r}")
        return Tab(self._session, window["value"]["context"])

    def text(self, selector: str = "body") -> str:
        """Return the text of an element; empty where there is none."""
        find = "(selector) => document.querySelector(selector)?.innerText ?? ''"
        return str(self.evaluate(find, selector))

    def click(self, selector: str) -> None:
        """Click an element as a hand does: with a pointer, where it is seen."""
        show = "(selector) => document.querySelector(selector).scrollIntoView(%s)"
        self.evaluate(show % "{block: 'center', behavior: 'instant'}", selector)
        located = self._send(
            "browsingContext.locateNodes", locator={"type": "css", "value": selector}
        )
        element = {"sharedId": located["nodes"][0]["sharedId"]}
        origin = {"type": "element", "element": element}
        moves = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": moves})

    def type(self, text: str) -> None:
        """Type on the keyboard."""
        keys = [
            {"type": kind, "value": key}
            for key in text
            for kind in ("keyDown", "keyUp")
        ]
        self._act({"type": "key", "id": "keyboard", "actions": keys})

    def screenshot(self, name: str) -> Path:
        SCREENSHOTS.mkdir(exist_ok=True)
        place = SCREENSHOTS / f"{name}.png"
        taken = self._send("browsingContext.captureScreenshot")
        place.write_bytes(base64.b64decode(taken["data"]))
        return place

    def _act(self, source: dict[str, Any]) -> None:
        self._send("input.performActions", actions=[source])
        try:
            self._send("input.releaseActions")
        except FirefoxError as error:
            if "no such frame" not in str(error):  # a click may have left the page
                raise

    def _call(self, function: str, text: str) -> Any:
        answer = self._session.send(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": "string", "value": text}],
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise FirefoxError(answer["exceptionDetails"]["text"])
        return answer["result"]

    def _send(self, method: str, **parameters: Any) -> Any:
        return self._session.send(method, context=self._context, **parameters)


def firefox_path() -> str | None:
    """Return the Firefox of this machine, None when there is none."""
    asked = os.environ.get("WERKBOOK_FIREFOX")
    return asked or shutil.which("firefox-esr") or shutil.which("firefox")


@contextmanager
def firefox(width_px: int = 1200, height_px: int = 900) -> Iterator[Tab]:
    """Start the machine's Firefox, headless, with a profile of its own."""
    path = firefox_path()
    if path is None:
        raise RuntimeError(
            "The browser tests need Firefox and found none.\n"
            "  Why: looked for firefox-esr and firefox on PATH.\n"
            "  Fix: apt install firefox-esr, or set WERKBOOK_FIREFOX to its path."
        )
    with tempfile.TemporaryDirectory(prefix="werkbook-firefox-") as folder:
        profile = Path(folder) / "profile"
        profile.mkdir()
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in PREFERENCES.items()
        ]
        (profile / "user.js").write_text("".join(lines))
        command = [path, "--headless", "--no-remote", "--profile", str(profile)]
        process = subprocess.Popen(
            [*command, "--remote-debugging-port", "0"],
            env=os.environ | {"HOME": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            session = Session(_address(process, profile))
            tab = _new_tab(session)
            size = {"width": width_px, "height": height_px}
            tab._send("browsingContext.setViewport", viewport=size)
            yield tab
            session.close()
        finally:
            end_group(process)


def _address(process: subprocess.Popen[bytes], profile: Path) -> str:
    """Wait until Firefox has written where it listens."""
    place = profile / "WebDriverBiDiServer.json"
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            found = json.loads(place.read_text())
            return f"ws://{found['ws_host']}:{found['ws_port']}"
        except (OSError, ValueError):
            time.sleep(POLL_S)
    raise RuntimeError("Firefox did not start")


def _new_tab(session: Session) -> Tab:
    """Open a tab: the first one of a headless Firefox never has the focus."""
    return Tab(session, session.send("browsingContext.create", type="tab")["context"])

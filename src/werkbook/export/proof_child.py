"""The process in which an exported file proves itself. Run as a script.

It reads a job from standard input: the file, the app's name, requests. It writes what
it found as JSON into the file that the job names.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import sys
import traceback
from typing import Any


def main() -> None:
    """Import the file, list its URL map, and ask it."""
    job = json.load(sys.stdin)
    sys.path.insert(0, job["folder"])
    sys.path.extend(job["path"])
    found: dict[str, Any] = {"error": "", "kind": "", "rules": [], "answers": []}
    try:
        app = _load(job["file"], job["app"])
        found["rules"] = _rules(app)
        if callable(app):
            found["answers"] = _ask(app, job["requests"])
    except BaseException as error:
        found["kind"] = type(error).__name__
        found["error"] = "".join(traceback.format_exception(error))
    with open(job["result"], "w", encoding="utf-8") as file:
        json.dump(found, file)


def _load(path: str, name: str) -> Any:
    spec = importlib.util.spec_from_file_location("app", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["app"] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


def _rules(app: Any) -> list[list[Any]]:
    if hasattr(app, "url_map"):
        return sorted(
            [rule.rule, sorted(rule.methods or ()), rule.endpoint]
            for rule in app.url_map.iter_rules()
        )
    routes = getattr(app, "routes", [])
    return sorted(
        [
            getattr(route, "rule", None) or getattr(route, "path", ""),
            [getattr(route, "method", "GET")],
            getattr(route, "name", "") or "",
        ]
        for route in routes
    )


def _ask(app: Any, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send the requests in order, with one cookie jar."""
    from werkzeug.test import Client

    client = Client(app)
    return [_answer(client, request) for request in requests]


def _answer(client: Any, request: dict[str, Any]) -> dict[str, Any]:
    errors = io.StringIO()
    try:
        response = client.open(
            request["url"],
            method=request["method"],
            headers=request["headers"],
            data=base64.b64decode(request["body"]),
            errors_stream=errors,
            follow_redirects=request["follow"],
        )
        return {
            "status": response.status_code,
            "content_type": response.content_type or "",
            "body": base64.b64encode(response.get_data()).decode(),
            "log": errors.getvalue()[-4000:],
        }
    except Exception as error:
        return {
            "status": 0,
            "content_type": "",
            "body": "",
            "log": "".join(traceback.format_exception(error))[-4000:],
        }


if __name__ == "__main__":
    main()

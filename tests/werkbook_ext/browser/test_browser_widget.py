# lines of HTML and JavaScript stay whole
from __future__ import annotations

import json
import subprocess
from pathlib import Path

import requests
from playwright._impl._driver import compute_driver_executable

import werkbook_ext.browser
from werkbook_ext.browser.browser_widget import Browser, view_source

NODE = compute_driver_executable()[0]  # Playwright brings a Node.js


def test_bridge_can_stand_in_a_script_element() -> None:
    source = view_source()
    bridge = source.partition("\n")[0]
    assert "</script" not in bridge
    assert "<!--" not in bridge
    assert "__WB_CONFIG__" in bridge


def test_source_has_no_import_left_and_one_export() -> None:
    source = view_source()
    lines = [
        line for line in source.splitlines() if line.startswith(("import ", "export "))
    ]
    assert lines == ["export default { render };"]


def test_joined_text_parses(tmp_path: Path) -> None:
    source = view_source()
    bridge = json.loads(source.partition("\n")[0].removeprefix("const BRIDGE = ")[:-1])
    for name, text in (("view.mjs", source), ("bridge.js", bridge)):
        (tmp_path / name).write_text(text)
        subprocess.run([str(NODE), "--check", str(tmp_path / name)], check=True)


def test_package_ships_its_files() -> None:
    folder = Path(werkbook_ext.browser.__file__).parent
    assert (folder / "js" / "browser.css").is_file()


def test_what_a_page_stored_is_sent_as_unicode() -> None:
    """A page may store half a character: a message with one can't be sent."""
    browser = Browser(lambda: (requests.Session(), "http://127.0.0.1:9"))
    browser.conversation.local.apply([["\ud800", "\udfff"]])
    browser.go("/\udc00")
    assert json.dumps(browser.first, default=str, ensure_ascii=False).encode()
    assert browser.first["local"] == {"\\ud800": "\\udfff"}
    browser.close()

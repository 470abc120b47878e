"""Python 2's statements as Python 3 writes them: print, except, raise, exec.

Notebooks live long. What only names moved (`urllib2`) is not touched: it needs thought.
"""

from __future__ import annotations

import re

from werkbook.cells.source.lines import scan

_PRINT = re.compile(
    r"(?P<head>\s*|.*?[:;]\s+)print\b(?!\s*=|\s*\.)(?P<rest>.*)\Z", re.S
)
_EXCEPT = re.compile(r"(\s*except\s+[^:,]+?|\s*except\s*\([^)]*\)\s*),\s*(\w+)\s*:")
_RAISE = re.compile(r"(\s*raise\s+[\w.]+)\s*,\s*(.+)\Z", re.S)
_EXEC = re.compile(r"(\s*)exec\s+(?!\()(.+?)(?:\s+in\s+(.+))?\Z", re.S)
_REDIRECT = re.compile(r"\s*>>\s*([\w.]+)\s*(?:,(.*))?\Z", re.S)
_PIECES = re.compile(
    r"\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|\#[^\n]*|.",
    re.S,
)


def modernise(source: str) -> str:
    """Rewrite Python 2's statements; the number of lines stays."""
    logical: list[list[str]] = []
    for line in scan(source):
        if line.is_start or not logical:
            logical.append([])
        logical[-1].append(line.text)
    return "\n".join(_modernise_line("\n".join(lines)) for lines in logical)


def _modernise_line(text: str) -> str:
    code, comment = _split_comment(text)
    code = _EXCEPT.sub(r"\1 as \2:", code)
    code = re.sub(r"\b(\d+)[lL]\b", r"\1", code) if '"' not in code else code
    code = _replace_print(code)
    code = _RAISE.sub(_raise_call, code)
    code = _EXEC.sub(r"\1exec(\2)", code)
    return code + comment


def _raise_call(match: re.Match[str]) -> str:
    return f"{match[1]}({match[2].strip()})"


def _split_comment(text: str) -> tuple[str, str]:
    for match in _PIECES.finditer(text):
        if match[0].startswith("#"):
            code = text[: match.start()]
            return code.rstrip(), code[len(code.rstrip()) :] + text[match.start() :]
    return text.rstrip(), text[len(text.rstrip()) :]


def _replace_print(code: str) -> str:
    match = _PRINT.match(code)
    if match is None or _is_inside_string(code, len(match["head"])):
        return code
    rest = match["rest"].strip()
    if rest.startswith("(") and _closes_at_end(rest):
        return code
    tail = ""
    if rest.endswith(";"):
        rest = rest[:-1].rstrip()
    redirect = _REDIRECT.match(rest)
    arguments = []
    if redirect:
        rest = (redirect[2] or "").strip()
        arguments.append(f"file={redirect[1]}")
    if rest.endswith(","):
        rest = rest[:-1].rstrip()
        arguments.append('end=" "')
    if rest:
        arguments.insert(0, rest)
    return f"{match['head']}print({', '.join(arguments)}){tail}"


def _is_inside_string(code: str, position: int) -> bool:
    return any(
        match.start() < position < match.end() and len(match[0]) > 1
        for match in _PIECES.finditer(code)
    )


def _closes_at_end(text: str) -> bool:
    depth = 0
    for match in _PIECES.finditer(text):
        depth += (match[0] in "([{") - (match[0] in ")]}")
        if depth == 0:
            return match.end() == len(text)
    return False

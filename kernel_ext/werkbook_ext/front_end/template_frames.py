"""The frame that `%debug` opens after an error in a template.

The innermost frames are Jinja's own, where no variable means anything to a reader. In
their place stands one frame: the view's, with the variables of the template beside its
own. Jinja makes its frames of templates in the same way (`jinja2.debug`).
"""

from __future__ import annotations

from types import CodeType, FrameType, TracebackType
from typing import Any

from werkbook.dispatch.error_page import is_users_file

JINJA_MARK = "__jinja_exception__"
"""What Jinja puts among the globals of a frame that stands for a template's line."""


def traceback_for_debugger(exception: BaseException) -> TracebackType | None:
    """Return the traceback whose last frame a debugger should open."""
    entries = _list_entries(exception.__traceback__)
    templates = [place for place, one in enumerate(entries) if _is_template(one)]
    views = [
        place
        for place, one in enumerate(entries[: templates[0]] if templates else [])
        if is_users_file(one.tb_frame.f_code.co_filename)
    ]
    if not views:
        return exception.__traceback__
    view = entries[views[-1]]
    variables = dict(entries[templates[-1]].tb_frame.f_locals)
    found: TracebackType | None = _view_with(view, variables)
    for entry in reversed(entries[: views[-1]]):
        found = TracebackType(found, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return found


def _list_entries(traceback: TracebackType | None) -> list[TracebackType]:
    entries = []
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    return entries


def _is_template(entry: TracebackType) -> bool:
    return JINJA_MARK in entry.tb_frame.f_globals


def _view_with(view: TracebackType, variables: dict[str, Any]) -> TracebackType | None:
    """Return a traceback of one frame: the view's line, with more variables."""
    frame = view.tb_frame
    names = {**frame.f_locals, **variables}
    try:
        exec(_raising_at(frame, view.tb_lineno), dict(frame.f_globals), names)
    except ZeroDivisionError as raised:
        made = _list_entries(raised.__traceback__)[-1].tb_frame
        return TracebackType(None, made, -1, view.tb_lineno)
    return None


def _raising_at(frame: FrameType, line: int) -> CodeType:
    """Compile code that raises at a line of a frame's file, by the frame's name."""
    source = "\n" * (line - 1) + "1 / 0"
    code = compile(source, frame.f_code.co_filename, "exec")
    return code.replace(co_name=frame.f_code.co_name)

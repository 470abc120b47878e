"""A trace as a picture: the steps from top to bottom, inner ones to the right."""

from __future__ import annotations

from markupsafe import Markup, escape

from werkbook.exercises.trace import Step, Trace

from ..bodies.masking import steady_text

WIDTH_PX, INDENT_PX, LINE_PX, GAP_PX, PAD_PX = 720, 28, 18, 18, 8
MAX_LINES = 14
_COLOURS = {
    "request": "#e8f0fe",
    "match": "#fef7e0",
    "converter": "#fef7e0",
    "hook": "#f3e8fd",
    "view": "#e6f4ea",
    "handler": "#fce8e6",
    "template": "#e4f7fb",
    "response": "#e8f0fe",
}
_NAMES = {
    "request": "request",
    "match": "",
    "converter": "",
    "hook": "",
    "view": "view",
    "handler": "",
    "template": "template",
    "response": "response",
}


def name_step(step: Step) -> str:
    """Return a step's title with its kind in front."""
    return f"{_NAMES[step.kind]} {step.title}".strip()


def write_text(trace: Trace) -> str:
    """Return a trace as text, the same in each run: without times."""
    lines = []
    for step in trace.steps:
        indent = "  " * step.depth
        place = f"  ({_steady(step.place)})" if step.place else ""
        lines.append(f"{indent}{name_step(step)}{place}")
        lines += [f"{indent}    {steady_text(line)}" for line in step.details]
    return "\n".join(lines)


def _steady(place: str) -> str:
    """Return a place without the cell's number, which grows with each run."""
    name, _, line = place.rpartition(", ")
    return line if name.startswith("Cell In[") else place


def write_picture(trace: Trace) -> str:
    """Return a trace as an SVG picture, the same in each run: without times.

    All that came from the app is escaped.
    """
    parts, top = [], GAP_PX
    for number, step in enumerate(trace.steps):
        height = _height(step)
        parts.append(_box(step, top, height))
        top += height + GAP_PX
        if number + 1 < len(trace.steps):
            parts.append(_arrow(step, trace.steps[number + 1], top - GAP_PX))
    label = escape(write_text(trace))
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {w} {h}"'
        ' style="max-width:{w}px;width:100%;background:#fff;border-radius:6px"'
        ' font-family="system-ui, sans-serif" font-size="13" fill="#1f1f1f">'
        "<title>The way of the request</title><desc>{label}</desc>"
    ).format(w=WIDTH_PX, h=top, label=label)
    return str(head + Markup("").join(parts) + Markup("</svg>"))


def shown_lines(step: Step) -> tuple[str, ...]:
    """Return a step's details; of very many the first ones, and how many are left."""
    if len(step.details) <= MAX_LINES:
        return step.details
    kept = step.details[: MAX_LINES - 1]
    return (*kept, f"… {len(step.details) - len(kept)} more")


def _height(step: Step) -> int:
    return 2 * PAD_PX + LINE_PX * (1 + len(shown_lines(step)))


def _box(step: Step, top: int, height: int) -> Markup:
    left = GAP_PX + INDENT_PX * step.depth
    rows = [
        Markup(
            '<text x="{}" y="{}" font-family="ui-monospace, monospace">{}</text>'
        ).format(
            left + PAD_PX, top + PAD_PX + LINE_PX * (number + 2) - 5, steady_text(line)
        )
        for number, line in enumerate(shown_lines(step))
    ]
    frame = Markup(
        '<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="6" fill="{fill}"'
        ' stroke="#9aa0a6"/><text x="{tx}" y="{ty}" font-weight="600">{title}</text>'
        '<text x="{ax}" y="{ty}" text-anchor="end" fill="#5f6368">{aside}</text>'
    ).format(
        x=left,
        y=top,
        w=WIDTH_PX - left - GAP_PX,
        h=height,
        fill=_COLOURS[step.kind],
        tx=left + PAD_PX,
        ty=top + PAD_PX + LINE_PX - 5,
        ax=WIDTH_PX - GAP_PX - PAD_PX,
        title=name_step(step),
        aside=_steady(step.place),
    )
    return frame + Markup("").join(rows)


def _arrow(step: Step, following: Step, top: int) -> Markup:
    left = GAP_PX + INDENT_PX * min(step.depth, following.depth) + 14
    tip = top + GAP_PX - 3
    return Markup(
        '<path d="M{x} {top}V{tip}m-4 -5l4 5l4 -5" fill="none" stroke="#5f6368"/>'
    ).format(x=left, top=top + 1, tip=tip)

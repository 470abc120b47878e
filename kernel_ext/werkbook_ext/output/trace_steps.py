"""A trace as HTML for widgets: it has the notebook's colours, and room in any width."""

from __future__ import annotations

from markupsafe import Markup

from werkbook.exercises.trace import Step, Trace

from ..bodies.masking import steady_text
from .trace_picture import name_step, shown_lines


def write_steps(trace: Trace) -> str:
    """Return a trace as a list, with times; all that came from the app is escaped.

    Its looks are in `widgets/js/trace.css`.
    """
    items = Markup("").join(map(_item, trace.steps))
    return str(Markup('<ol class="wb-trace">{}</ol>').format(items))


def _item(step: Step) -> Markup:
    time = f"{step.duration_s * 1000:.2f} ms" if step.duration_s else ""
    aside = " · ".join(filter(None, (step.place, time)))
    lines = "\n".join(map(steady_text, shown_lines(step)))
    head = Markup("<strong>{}</strong><span>{}</span>").format(name_step(step), aside)
    return Markup(
        '<li class="wb-trace-step" data-kind="{}" style="--wb-depth:{}">'
        '<div class="wb-trace-head">{}</div>{}</li>'
    ).format(
        step.kind,
        step.depth,
        head,
        Markup("<pre>{}</pre>").format(lines) if lines else "",
    )

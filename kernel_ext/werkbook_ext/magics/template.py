"""`%%template`: the cell is a Jinja template of every app of the notebook."""

from __future__ import annotations

from IPython.core.magic import Magics
from markupsafe import escape

from werkbook.cells.routes import TEMPLATE_USAGE, CellLineError, parse_template_line

from ..magic_cells.template_cells import register_template, render_preview
from ..notebook.flask_itself import refuse_flask_itself
from ..output import show, show_note
from .arguments import cell_magic, get_shell, magics_class
from .errors import as_usage_error, shown_briefly

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:;"
    " media-src data:"
)
"""That of pages in cards, too: `PAGE_POLICY` in cards/js/page.js."""
AROUND = (
    f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    "<style>html,body,iframe{display:block;width:100%;height:100%;margin:0;border:0;"
    "overflow:hidden}</style>"
)


@magics_class
class TemplateMagics(Magics):
    """`%%template`."""

    @cell_magic("template")
    def template(self, line: str, cell: str) -> None:
        """Make this cell a Jinja template.

        `%%template NAME [--with EXPR]`

        `render_template`, `{% extends %}`, `{% include %}` and `{% import %}` find it
        in every app of the notebook, before files. `--with` shows it rendered: EXPR
        is a dict, or arguments such as `name="Ada", n=3`.
        """
        try:
            template = parse_template_line(line)
        except CellLineError as error:
            raise as_usage_error("%%template", error, TEMPLATE_USAGE) from None
        shell = get_shell(self)
        with shown_briefly():
            refuse_flask_itself(shell, f"%%template {template.name}")
            register_template(shell, template.name, line, cell)
        show_note([f"template {template.name}"])
        if template.preview is not None:
            with shown_briefly():
                text = render_preview(shell, template.name, template.preview)
            show_sandboxed(template.name, text)


def show_sandboxed(name: str, text: str) -> None:
    """Show a rendered template in a frame that runs and loads nothing.

    The frame around it has the policy, which the template inherits, whatever it says.
    Its source is folded below: a notebook that is not trusted shows no frame.
    """
    within = f'{AROUND}<iframe sandbox="" srcdoc="{escape(text)}"></iframe>'
    frame = (
        f'<iframe sandbox="" srcdoc="{escape(within)}" title="{escape(name)}" '
        'style="width:100%;height:240px;border:1px solid #ccc"></iframe>'
    )
    source = f"<details><summary>HTML</summary><pre>{escape(text)}</pre></details>"
    show({"text/plain": text, "text/html": frame + source}, raw=True)


MAGICS: list[type[Magics]] = [TemplateMagics]

"""Short texts under a cell: notes, lines about registrations, tables.

What is saved of them is the same in each run. Everything that shows something imports
it; it knows the notebook, and nothing above.
"""

from .notes import Note, show, show_note
from .tables import html_table, text_table
from .varying import Varying

__all__ = ["Note", "Varying", "html_table", "show", "show_note", "text_table"]

"""What a machine offers beside computing: threads, sockets and processes, or none.

JupyterLite's Python (Pyodide) has none of the three. Whoever needs one of them asks
`this_system()`, and nobody else asks which platform this is.
"""

from .chosen import this_system, using
from .protocol import System

__all__ = ["System", "this_system", "using"]

"""Which apps a notebook makes, how they are served, and which of them is exported.

The other modules of `flow` and the exporter import from here.
"""

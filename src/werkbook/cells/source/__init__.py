"""The text of cells: IPython's syntax, statements with their places, names, trees.

It knows no notebook file; the other modules of `cells` and all above import from here.
"""

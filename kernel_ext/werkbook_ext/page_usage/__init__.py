"""What a shown page used of its app, and whether a change touches that.

It knows no widget: it looks at apps, at functions and at the notebook's names. The mini
browser asks it which pages to show anew when a cell has run.
"""

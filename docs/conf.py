"""How Sphinx builds the guide."""

project = "Werkbook"
author = "The Werkbook developers"
copyright = "2026, The Werkbook developers"  # Sphinx reads this name
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "Werkbook"
exclude_patterns = ["_build"]
myst_heading_anchors = 3
autodoc_typehints = "description"

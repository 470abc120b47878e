"""The importer: from the files of a Flask app to the cells of a notebook.

Nothing of the app is executed here. LibCST reads the files, since it keeps comments and
layout and knows which name means what.
"""

"""Objects of Flask's extensions to which cells tell functions.

`@login_manager.user_loader` in a cell keeps its function on the manager, not on the
app. The manager of a cell stays the same object when the cell runs again (law L4), and
what cells tell it are registrations, its private attributes included.
"""

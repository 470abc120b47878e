"""The Python of an app: its modules as one sequence of statements, cut into cells."""

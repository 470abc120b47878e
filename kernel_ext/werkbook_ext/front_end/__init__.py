"""What the front end is, and what the framework asks of it."""

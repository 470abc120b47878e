"""How a request of a cell or a page reaches the app."""

"""Short texts under a cell: notes, lines and tables."""

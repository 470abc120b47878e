"""Cards: what a response looks like under the cell that asked for it."""

"""The text of the exported file, from the statements that stay."""

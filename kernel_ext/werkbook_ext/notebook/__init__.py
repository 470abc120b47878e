"""The notebook in this kernel: its cells, their runs, its apps and its saved file."""

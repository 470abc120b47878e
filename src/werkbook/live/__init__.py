"""What a notebook drives: runs of cells, deletions, apps made again, modules."""

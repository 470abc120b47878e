"""The comparison of the exported file's answers with those of the notebook's app."""

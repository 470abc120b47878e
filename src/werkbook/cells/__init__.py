"""Notebooks as data: cells, their text, what they ask and which routes they define."""

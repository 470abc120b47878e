"""What Restart and Run All gives: the notebook's document, exported and compared.

`%export` and `%check` are made of this. Only magics import it.
"""

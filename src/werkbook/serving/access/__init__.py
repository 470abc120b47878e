"""Who may ask, and what of a request is Jupyter's alone: hosts, tokens, peers.

`server` and `recording` above import from here.
"""

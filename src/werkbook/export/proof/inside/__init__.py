"""What runs in the clean processes of a proof; it imports nothing of Werkbook.

`launch.py` is started as a script. It makes a package of this folder under a name of
its own, so that no name of ours stands in the way of what an app imports.
"""

"""The notebook as a document: what front ends show, what is saved, where its file is.

The other modules of `notebook` import from here.
"""

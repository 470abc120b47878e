"""The magics, one file each: arguments in, a call of a package below, output.

`arguments`, `errors` and `completion` serve all of them. Only `loading` and the face of
the extension import magics: what two of them need stands in a package below.
"""

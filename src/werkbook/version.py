"""The version of Werkbook, for every module that writes or shows it."""

__version__ = "0.1.0"

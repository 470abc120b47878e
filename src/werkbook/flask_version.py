"""The version of Flask whose API Werkbook has."""

from __future__ import annotations

FLASK_VERSION = "3.1.3"
"""What `importlib.metadata.version("flask")` answers where Flask is not installed."""

"""Which statements of a notebook the app needs."""

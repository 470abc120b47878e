"""The contexts that `current_app`, `g`, `request` and `session` refer to."""

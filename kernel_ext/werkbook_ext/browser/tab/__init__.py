"""The mini browser in a tab of its own: its page, and messages over HTTP."""

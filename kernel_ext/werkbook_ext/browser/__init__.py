"""The mini browser: the live app in a sandboxed frame, without a network path to it."""

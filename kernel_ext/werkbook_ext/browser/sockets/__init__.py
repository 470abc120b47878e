"""WebSockets of the mini browser's pages."""

"""Mistakes with ASGI's frameworks: FastAPI, Starlette, Quart."""

"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

# The event loop that the notebook's cells await in. It stands still while they do not
# await; it goes on for a moment where a cell with tasks ends, and beside the server.
_event_loop = asyncio.new_event_loop()
_loop_thread = ThreadPoolExecutor(1)


def _run_in_loop(coroutine):
    return _loop_thread.submit(_event_loop.run_until_complete, coroutine).result()


def _start_in_loop(function):
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(_event_loop)  # the tasks are its own, and wait for it
    try:
        function()
    finally:
        asyncio._set_running_loop(running)


app = Flask(__name__)


async def count(limit):
    for number in range(limit):
        await asyncio.sleep(0)
        yield number


async def double(number):
    return 2 * number


lock = asyncio.Lock()

# Several at once.
total = _run_in_loop(double(5))


async def _awaited():
    global numbers, text
    async with lock:
        text = """
  kept as it is"""
        numbers = [number async for number in count(3)]


_run_in_loop(_awaited())


async def _awaited():
    global doubled
    doubled = await asyncio.gather(*(double(n) for n in numbers))


_run_in_loop(_awaited())


last: int = _run_in_loop(double(7))

state = {}


async def tick():
    state["ticks"] = state.get("ticks", 0) + 1


def _started():
    global task
    task = asyncio.create_task(tick())


_start_in_loop(_started)


async def _awaited():
    await task


_run_in_loop(_awaited())


_run_in_loop(asyncio.sleep(0.01))


@app.get("/")
def index():
    return f"{total} {numbers} {doubled} {last} {state} {text!r} {task.done()}"


_loop_thread.shutdown()
threading.Thread(target=_event_loop.run_forever, daemon=True).start()


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()

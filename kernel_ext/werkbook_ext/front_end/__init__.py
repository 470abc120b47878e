"""What the framework asks of a notebook: `app.run`, names of cells, failed views.

And the servers that magics start and show. Magics and `loading` import it.
"""

from .notebook_front_end import NotebookFrontEnd
from .servers import (
    find_links,
    follow_options,
    serve,
    show_server,
    start_server,
    stop_servers,
)

__all__ = [
    "NotebookFrontEnd",
    "find_links",
    "follow_options",
    "serve",
    "show_server",
    "start_server",
    "stop_servers",
]

"""What the framework asks of a notebook: `app.run`, names of cells, failed views.

And the servers that magics start and show. Magics and `loading` import it.
"""

from .hub_shares import check_hub, take_back_shares
from .notebook_front_end import NotebookFrontEnd
from .servers import (
    find_links,
    follow_options,
    serve,
    show_server,
    show_share,
    start_server,
    stop_servers,
)

__all__ = [
    "NotebookFrontEnd",
    "check_hub",
    "find_links",
    "follow_options",
    "serve",
    "show_server",
    "show_share",
    "start_server",
    "stop_servers",
    "take_back_shares",
]

"""The mini browser: the live app in a sandboxed frame, without a network path to it.

The kernel's side is here, the front end's in `js/`; what they say to each other is
listed in one table. Only magics, `loading` and the face of the extension import it.
"""

from .browser_widget import Browser
from .browsers import browse, offer_tabs, open_browser
from .refresh import close_watch

__all__ = ["Browser", "browse", "close_watch", "offer_tabs", "open_browser"]

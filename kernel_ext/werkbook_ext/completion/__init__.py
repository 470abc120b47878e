"""What can stand at the cursor in a cell: words of templates and of requests.

It reads the notebook's apps and cells. `magics.completion` asks it for the Tab key.
"""

from .request_words import request_words
from .template_words import template_words

__all__ = ["request_words", "template_words"]

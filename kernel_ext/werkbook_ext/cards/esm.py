"""Join JavaScript modules into the one ESM text that anywidget loads."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r"^import \{[^}]*\} from \"\./[^\"]+\";\n", re.MULTILINE)
_EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function|const|class)\b)|^export default .*\n",
    re.MULTILINE,
)


def joined(*paths: Path) -> str:
    """Return one ES module of several, each of which imports from the ones before.

    The browser gets a widget's code as one text, which cannot import its neighbours;
    as files they can be tested one by one, without a build step. Of the last module
    the exports stay. Names are shared, so no two modules declare the same.
    """
    texts = [path.read_text("utf-8") for path in paths]
    inner = [_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts[:-1]]
    return "\n".join([*inner, _IMPORT.sub("", texts[-1])])

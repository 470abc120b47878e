"""Which character sets a body can have: those that browsers know (WHATWG Encoding).

Python knows more: `base64` is none, `unicode_escape` and `utf-7` turn into text what no
browser shows, `punycode` takes quadratic time.
"""

from __future__ import annotations

import codecs

_BROWSERS_OWN = frozenset(
    """ascii big5 big5hkscs cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257
    cp1258 cp866 cp874 cp932 cp949 euc_jp euc_kr gb18030 gb2312 gbk iso2022_jp
    iso8859-1 iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16
    iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9
    koi8-r koi8-u mac-cyrillic mac-roman shift_jis utf-16 utf-16-be utf-16-le utf-8
    utf-8-sig""".split()  # noqa: SIM905  # reads as a text
)

# What browsers call those that Python names in a way of its own.
_LABELS = {
    "big5hkscs": "big5",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "euc_jp": "euc-jp",
    "euc_kr": "euc-kr",
    "iso2022_jp": "iso-2022-jp",
    "iso8859-16": "iso-8859-16",
    "mac-cyrillic": "x-mac-cyrillic",
    "mac-roman": "macintosh",
    "utf-16-be": "utf-16be",
    "utf-16-le": "utf-16le",
    "utf-8-sig": "utf-8",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def browser_label(codec: str) -> str:
    """Return what `TextDecoder` calls a codec that `codec_name` gave."""
    return _LABELS.get(codec, codec)


def marked_codec(content: bytes) -> str | None:
    """Return the codec that a byte order mark tells; it counts more than a header."""
    return next((name for mark, name in _MARKS if content.startswith(mark)), None)


def codec_name(label: str) -> str | None:
    """Return the codec of a character set; None where browsers do not know it.

    Args:
        label: As a header or a page names it.
    """
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):  # ValueError is for a name with a null byte
        return None
    return name if name in _BROWSERS_OWN else None

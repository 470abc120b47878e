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

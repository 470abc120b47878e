"""Imports that libraries moved since a notebook was written, at their present place.

Only moves that change nothing else: the old place is gone, the new one has the same.
"""

from __future__ import annotations

from werkbook.export.text.imports import Import

_NAMES = {
    ("flask", "escape"): "markupsafe",
    ("flask", "Markup"): "markupsafe",
    ("jinja2", "escape"): "markupsafe",
    ("jinja2", "Markup"): "markupsafe",
    ("werkzeug", "secure_filename"): "werkzeug.utils",
    ("werkzeug", "redirect"): "werkzeug.utils",
    ("werkzeug", "generate_password_hash"): "werkzeug.security",
    ("werkzeug", "check_password_hash"): "werkzeug.security",
    ("werkzeug", "FileStorage"): "werkzeug.datastructures",
    ("werkzeug", "DispatcherMiddleware"): "werkzeug.middleware.dispatcher",
    ("werkzeug.wsgi", "DispatcherMiddleware"): "werkzeug.middleware.dispatcher",
    ("werkzeug.contrib.fixers", "ProxyFix"): "werkzeug.middleware.proxy_fix",
    ("collections", "Mapping"): "collections.abc",
    ("collections", "Iterable"): "collections.abc",
    ("StringIO", "StringIO"): "io",
    ("cStringIO", "StringIO"): "io",
    ("urlparse", "urlparse"): "urllib.parse",
    ("urlparse", "urljoin"): "urllib.parse",
    ("urlparse", "parse_qs"): "urllib.parse",
    ("urllib", "quote"): "urllib.parse",
    ("urllib", "unquote"): "urllib.parse",
    ("urllib", "urlencode"): "urllib.parse",
    ("urllib2", "urlopen"): "urllib.request",
    ("urllib2", "Request"): "urllib.request",
    ("HTMLParser", "HTMLParser"): "html.parser",
    ("Queue", "Queue"): "queue",
}
_MODULES = {
    "cPickle": "pickle",
    "ConfigParser": "configparser",
    "Queue": "queue",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "Cookie": "http.cookies",
    "httplib": "http.client",
    "BaseHTTPServer": "http.server",
    "thread": "_thread",
    "__builtin__": "builtins",
}


def moved(one: Import) -> Import:
    """An import as it is written today; most stay as they are."""
    if one.module.startswith("flask.ext."):
        module = "flask_" + one.module.removeprefix("flask.ext.")
        return Import(module, one.name, one.alias)
    if one.module == "flask.ext" and one.name:
        return Import(f"flask_{one.name}", alias=one.alias or one.name)
    if one.module == "sklearn.externals" and one.name == "joblib":
        return Import("joblib", alias=one.alias)
    place = _NAMES.get((one.module, one.name))
    if place is not None:
        return Import(place, one.name, one.alias)
    if not one.name and one.module in _MODULES:
        return Import(_MODULES[one.module], alias=one.alias or one.module)
    return one

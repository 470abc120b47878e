"""Registrations that take their name from a function: kept when that is renamed."""

from __future__ import annotations

import libcst as cst

from .source_modules import dotted_name

_ROUTES = ("route", "get", "post", "put", "patch", "delete")
_NAMED = (
    "template_filter",
    "template_test",
    "template_global",
    "app_template_filter",
    "app_template_test",
    "app_template_global",
)


def renamed_decorator(decorator: cst.Decorator, name: str) -> cst.Decorator:
    """Let a decorator register under the name that a function had.

    Args:
        decorator: A decorator of the function.
        name: The name that it had.
    """
    call = decorator.decorator
    if not isinstance(call, cst.Call):
        return decorator
    last = dotted_name(call.func).rpartition(".")[2]
    text = cst.SimpleString(f'"{name}"')
    if last in _ROUTES and not _has(call, "endpoint"):
        return decorator.with_changes(decorator=_with_keyword(call, "endpoint", text))
    if last in _NAMED and not call.args:
        return decorator.with_changes(decorator=call.with_changes(args=[cst.Arg(text)]))
    if last == "command" and not call.args and not _has(call, "name"):
        shown = cst.SimpleString(f'"{name.lower().replace("_", "-")}"')
        return decorator.with_changes(
            decorator=call.with_changes(args=[cst.Arg(shown)])
        )
    return decorator


def name_registration(original: cst.Call, updated: cst.Call) -> cst.Call:
    """Let `add_url_rule(rule, view_func=f)` keep its endpoint when `f` is renamed."""
    if dotted_name(original.func).rpartition(".")[2] != "add_url_rule":
        return updated
    positional = [one for one in original.args if one.keyword is None and not one.star]
    if len(positional) > 1 or _has(original, "endpoint"):
        return updated
    for old, new in zip(original.args, updated.args, strict=True):
        is_view = old.keyword is not None and old.keyword.value == "view_func"
        if not is_view or not isinstance(new.value, cst.Name):
            continue
        name = dotted_name(old.value).rpartition(".")[2]
        if name and name != new.value.value:
            return _with_keyword(updated, "endpoint", cst.SimpleString(f'"{name}"'))
    return updated


def _has(call: cst.Call, keyword: str) -> bool:
    return any(
        one.keyword is not None and one.keyword.value == keyword for one in call.args
    )


def _with_keyword(call: cst.Call, name: str, value: cst.BaseExpression) -> cst.Call:
    args = list(call.args)
    if args:
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        if isinstance(args[-1].comma, cst.MaybeSentinel) or (
            args[-1].comma.whitespace_after.empty
        ):
            args[-1] = args[-1].with_changes(comma=comma)
    equal = cst.AssignEqual(
        whitespace_before=cst.SimpleWhitespace(""),
        whitespace_after=cst.SimpleWhitespace(""),
    )
    args.append(cst.Arg(value, keyword=cst.Name(name), equal=equal))
    return call.with_changes(args=args)

"""Rules and endpoints that two statements claim: the one that ran last has them."""

from __future__ import annotations

import ast
from dataclasses import replace

from werkbook.cells.source.statements import Statement, parse_source
from werkbook.cells.source.texts import quote
from werkbook.cells.source.trees import first_line
from werkbook.export.flow.apps.rule_calls import RuleCall, find_rules
from werkbook.export.flow.program import Program, Version
from werkbook.routing.variables import strip_names
from werkbook.routing.view_functions import EndpointTakenError
from werkbook.syntax_trees import parse_python

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def settle(program: Program, kept: set[int]) -> list[Statement] | None:
    """Give each endpoint, and each rule and method, to its last claim.

    An endpoint's earlier rules go over to its last view. Two claims of one rule in
    one cell are left to the framework, as there is no later run.

    Returns:
        The program's statements without the claims that were lost, or None when
        nothing is claimed twice.
    """
    rules = _rules(program, kept)
    moved = _lost_endpoints(rules)
    gone = {number for number, _ in moved}
    rest = [(family, rule) for family, rule in rules if rule.number not in gone]
    rest += [
        (family, replace(rule, number=moved[rule.number, rule.endpoint or ""]))
        for family, rule in rules
        if (rule.number, rule.endpoint or "") in moved
    ]
    lost = _lost_rules(program, rest)
    if not moved and not lost:
        return None
    return _rewrite(program, rules, moved, lost)


def check(program: Program, kept: set[int]) -> list[str]:
    """Look for endpoints with two views; say which cell's view has each.

    Raises:
        EndpointTakenError: The two stand in one cell, where no framework lets them.
    """
    first: dict[tuple[Version, str], int] = {}
    notes = []
    for owner, rule in _rules(program, kept):
        key = owner, rule.endpoint or ""
        known = first.setdefault(key, rule.number)
        if known == rule.number:
            continue
        one, other = program.statements[known], program.statements[rule.number]
        if one.cell == other.cell:
            raise EndpointTakenError(
                f"{other.place} defines a second view named {rule.endpoint!r}.",
                why=f"{one.place} has the endpoint already, and Flask refuses another"
                " view function for it.",
                fix="give one of the functions another name.",
            )
        notes.append(
            f"{other.place}: the view {rule.endpoint!r} of {one.cell} is defined again,"
            " and answers for both. Flask refuses that outside of a live notebook."
        )
        first[key] = rule.number
    return notes


def _rules(program: Program, kept: set[int]) -> list[tuple[Version, RuleCall]]:
    found = []
    for number in sorted(kept):
        for rule in find_rules(program.statements[number].node, number):
            versions = program.resolve(rule.owner, number)
            if versions and rule.is_decorator and rule.rule is not None:
                found.append((versions[0], rule))
    return found


def _lost_endpoints(
    rules: list[tuple[Version, RuleCall]],
) -> dict[tuple[int, str], int]:
    """Statements whose endpoint a later one takes, with that later one."""
    last: dict[tuple[Version, str], int] = {}
    for owner, rule in rules:
        if rule.endpoint:
            last[owner, rule.endpoint] = rule.number
    return {
        (rule.number, rule.endpoint): last[owner, rule.endpoint]
        for owner, rule in rules
        if rule.endpoint and last[owner, rule.endpoint] != rule.number
    }


def _lost_rules(
    program: Program, rules: list[tuple[Version, RuleCall]]
) -> dict[int, dict[int, set[str]]]:
    """Methods that decorators lose, by statement and line of the decorator."""
    holder: dict[tuple[Version, str, str], RuleCall] = {}
    for owner, rule in rules:
        for method in rule.methods or ():
            key = (owner, strip_names(rule.rule or ""), method)
            known = holder.get(key)
            if known is None or known.number <= rule.number:
                holder[key] = rule
    lost: dict[int, dict[int, set[str]]] = {}
    for owner, rule in rules:
        for method in rule.methods or ():
            key = (owner, strip_names(rule.rule or ""), method)
            winner = holder[key]
            if winner.number == rule.number:
                continue
            cells = {program.statements[one.number].cell for one in (winner, rule)}
            if len(cells) > 1:
                methods = lost.setdefault(rule.number, {})
                methods.setdefault(rule.node.lineno, set()).add(method)
    return lost


def _rewrite(
    program: Program,
    rules: list[tuple[Version, RuleCall]],
    moved: dict[tuple[int, str], int],
    lost: dict[int, dict[int, set[str]]],
) -> list[Statement]:
    additions: dict[int, list[str]] = {}
    for _, rule in rules:
        target = moved.get((rule.number, rule.endpoint or ""))
        if target is not None:
            line = _decorator_text(program.statements[rule.number], rule)
            additions.setdefault(target, []).append(line)
    gone = {number for number, _ in moved}
    result = []
    for statement in program.statements:
        number = statement.number
        if number in gone:
            continue
        text = statement.text
        if number in lost:
            rest = _without_lost(statement, rules, lost[number])
            if rest is None:
                continue
            text = rest
        new = additions.get(number, [])
        own_rules = {
            (rule.rule, rule.methods) for _, rule in rules if rule.number == number
        }
        new = [line for line in dict.fromkeys(new) if _key(line) not in own_rules]
        text = "\n".join([*new, text])
        if text != statement.text:
            statement = replace(statement, text=text, node=parse_source(text).body[0])
        result.append(statement)
    return result


def _key(line: str) -> tuple[str | None, tuple[str, ...] | None]:
    node = parse_python(line + "\ndef f(): ...").body[0]
    rule = find_rules(node, 0)[0]
    return rule.rule, rule.methods


def _decorator_text(statement: Statement, rule: RuleCall) -> str:
    """The decorator as its author wrote it."""
    node = parse_source(statement.text).body[0]
    position = statement.node.decorator_list.index(rule.node)  # type: ignore[attr-defined]  # a definition
    decorator = node.decorator_list[position]  # type: ignore[attr-defined]  # as above
    text = ast.get_source_segment(statement.text, decorator)
    return "@" + (text or ast.unparse(decorator))


def _without_lost(
    statement: Statement,
    rules: list[tuple[Version, RuleCall]],
    lost: dict[int, set[str]],
) -> str | None:
    """Take lost methods off; None when the view keeps no rule."""
    node = parse_source(statement.text).body[0]
    if not isinstance(node, (*_Function.__args__, ast.ClassDef)):
        return statement.text
    own = [rule for _, rule in rules if rule.number == statement.number]
    lines: list[str | None] = list(statement.text.split("\n"))
    left = len(own)
    shift = first_line(node) - first_line(statement.node)
    for rule in own:
        methods = lost.get(rule.node.lineno)
        if not methods:
            continue
        start = rule.node.lineno + shift - 1
        end = (rule.node.end_lineno or rule.node.lineno) + shift
        lines[start:end] = [None] * (end - start)
        rest = [method for method in rule.methods or () if method not in methods]
        if rest:
            names = ", ".join(quote(method) for method in rest)
            lines[start] = (
                f"@{rule.owner}.route({quote(rule.rule or '')}, methods=[{names}])"
            )
        else:
            left -= 1
    if left == 0:
        return None
    return "\n".join(line for line in lines if line is not None)

"""Queries that only read, and the connections made for them alone."""

from __future__ import annotations

import ast

import pytest

from werkbook.export.flow.context import Context
from werkbook.export.flow.effects import find_effects
from werkbook.export.flow.looking import (
    connections_looked_through,
    only_reads,
    reads_table,
)


def call_of(source: str) -> ast.Call:
    """The last call of a text, the outermost one."""
    statement = ast.parse(source).body[-1]
    assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return statement.value


@pytest.mark.parametrize(
    "source",
    [
        "db.execute('select * from notes')",
        "db.execute('  SELECT 1')",
        "db.execute('-- all of them\\nselect 1')",
        "db.execute('/* all */ (select 1)')",
        "db.execute(text('select 1'))",
        "db.execute('pragma table_info(notes)')",
        "db.execute('explain select 1')",
        "db.execute('with a as (select 1) select * from a')",
        "pd.read_sql('select 1', db)",
        "pd.read_sql_table('notes', db)",
    ],
)
def test_query_that_reads_is_only_a_look(source: str) -> None:
    """It may go: what it finds is not kept."""
    assert only_reads(call_of(source), Context([]))


@pytest.mark.parametrize(
    "source",
    [
        "db.execute('insert into notes values (1)')",
        "db.execute('select 1; delete from notes')",
        "db.execute('select * into copy from notes')",
        "db.execute('select * from notes for update')",
        "db.execute('with a as (select 1) insert into notes select * from a')",
        "db.execute('with a as (delete from notes returning *) select * from a')",
        "db.execute('pragma journal_mode = wal')",
        "db.execute(query)",
        "db.execute(f'select {what}')",
        "db.execute()",
        "db.commit('select 1')",
        "select('select 1')",
    ],
)
def test_query_that_may_change_something_is_kept(source: str) -> None:
    """So is one whose text is not known."""
    assert not only_reads(call_of(source), Context([]))


def test_query_in_a_name_is_read_where_that_is_a_text() -> None:
    """`QUERY = "select 1"` in another cell tells what the call does."""
    nodes = ast.parse("QUERY = 'select 1'\nCHANGE = 'drop table notes'").body
    context = Context(nodes)
    assert only_reads(call_of("db.execute(QUERY)"), context)
    assert not only_reads(call_of("db.execute(CHANGE)"), context)


def test_table_of_a_query_is_one_of_its_own() -> None:
    """What changes it changes no database."""
    assert reads_table(call_of("pd.read_sql('select 1', db)"))
    assert not reads_table(call_of("db.execute('select 1')"))


@pytest.mark.parametrize(
    ("source", "opened"),
    [
        ("sqlite3.connect('a.db').execute('select 1')", ["sqlite3.connect('a.db')"]),
        ("sqlite3.connect('a.db').execute('drop table a')", []),
        (
            "with engine.connect() as db:\n    print(db.execute('select 1').all())",
            ["engine.connect()"],
        ),
        (
            "with engine.connect() as db:\n    db.execute('select 1')\n    db.commit()",
            [],
        ),
        ("with engine.connect() as db:\n    pass", []),
    ],
)
def test_connection_for_looks_alone_is_only_a_look(
    source: str, opened: list[str]
) -> None:
    """One that something else is done with is not."""
    [node] = ast.parse(source).body
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    found = connections_looked_through(node, calls, Context([]))
    assert [ast.unparse(one) for one in calls if id(one) in found] == opened


OWN_CLASS = """
seen = []
class Base:
    def __getitem__(self, key):
        self.last = key
class Box(Base):
    @property
    def size(self):
        seen.append("size")
    def __eq__(self, other):
        return True
    def __iter__(self):
        seen.append("iter")
        return iter([])
    def __init__(self):
        seen.append("made")
box, other = Box(), [1]
box = Box()
"""


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("box['key']", {"box", "seen"}),
        ("box.size", {"box", "seen"}),
        ("for one in box: pass", {"box", "seen"}),
        ("assert box", {"box", "seen"}),
        ("other == 1", set()),
        ("other[0]", set()),
        ("view = lambda: box.size", set()),
    ],
)
def test_look_at_an_own_object_calls_its_methods(
    source: str, changes: set[str]
) -> None:
    """What they change is changed by what looks: which one is called nobody writes."""
    nodes = ast.parse(OWN_CLASS + source).body
    assert find_effects(nodes[-1], Context(nodes)).changes == changes


def test_look_at_an_object_that_changes_nothing_is_only_a_look() -> None:
    """A class whose methods only tell."""
    nodes = ast.parse(
        "class Box:\n    def __len__(self):\n        return 3\nbox = Box()\nbox[1]"
    ).body
    assert find_effects(nodes[-1], Context(nodes)).changes == set()

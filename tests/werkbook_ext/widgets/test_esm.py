"""Several JavaScript modules as one text."""

from __future__ import annotations

from pathlib import Path

import pytest

from werkbook_ext.widgets import esm


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the modules' places are told from."""
    monkeypatch.setattr(esm, "ROOT", tmp_path)
    return tmp_path


def test_imports_become_variables(root: Path) -> None:
    """A module is there once, before those that import it, also under another name."""
    (root / "a.js").write_text(
        'import {\n  one,\n  two as zwei,\n} from "./lower/b.js";\n'
        'import { three } from "./c.js";\n'
        "export default one + zwei + three;\n"
    )
    (root / "c.js").write_text(
        'import { one } from "./lower/b.js";\nexport const three = one * 3;\n'
    )
    (root / "lower").mkdir()
    (root / "lower/b.js").write_text(
        "export const one = 1;\nexport async function two() {}\n"
    )
    assert esm.join_modules(root / "a.js") == (
        "const $lower_b = (() => {\nconst one = 1;\nasync function two() {}\n"
        "return { one, two };\n})();\n"
        "const $c = (() => {\nconst { one } = $lower_b;\nconst three = one * 3;\n"
        "return { three };\n})();\n"
        "const {\n  one,\n  two: zwei,\n} = $lower_b;\nconst { three } = $c;\n"
        "export default one + zwei + three;\n"
    )


def test_comments_that_tell_types_are_left_out(root: Path) -> None:
    """Those within a line stay, and so do all others: they tell what runs."""
    (root / "a.js").write_text(
        '/** @import { B } from "./b.d.ts" */\n'
        "// Why.\n"
        "/**\n * @param {number} a\n */\n"
        "function f(a) {\n"
        "  /** @type {number} */\n"
        "  const b = a;\n"
        "  return /** @type {any} */ (b);\n"
        "}\n"
        "/** @type {any} */ (f)(1); /* kept */\n"
        "/** x */\n"
    )
    assert esm.join_modules(root / "a.js") == (
        "// Why.\n"
        "function f(a) {\n"
        "  const b = a;\n"
        "  return /** @type {any} */ (b);\n"
        "}\n"
        "/** @type {any} */ (f)(1); /* kept */\n"
    )


def test_modules_in_a_circle_are_named(root: Path) -> None:
    (root / "a.js").write_text('import { b } from "./b.js";\nexport const a = 1;\n')
    (root / "b.js").write_text('import { a } from "./a.js";\nexport const b = 1;\n')
    with pytest.raises(ImportError) as caught:
        esm.join_modules(root / "a.js")
    assert str(caught.value) == (
        "JavaScript modules import one another: a.js -> b.js -> a.js"
    )

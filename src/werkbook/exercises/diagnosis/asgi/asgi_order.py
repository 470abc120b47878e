"""What is tried for apps of FastAPI, Starlette and their like, in order.

Of the diagnoses for Flask's apps these are the ones whose words hold for any framework.
"""

from __future__ import annotations

from .. import (
    wrong_cells as cells,
)
from .. import (
    wrong_databases as databases,
)
from .. import (
    wrong_python as slips,
)
from .. import (
    wrong_rules as rules,
)
from .. import (
    wrong_texts as texts,
)
from .. import (
    wrong_values as values,
)
from .. import (
    wrong_views as views,
)
from ..more import (
    wrong_keys as missing,
)
from ..more import (
    wrong_memory as memory,
)
from ..more import (
    wrong_quotes as quotes,
)
from ..order import Diagnosis
from ..slips import (
    wrong_numbers as numbers,
)
from ..slips import (
    wrong_swaps as swaps,
)
from ..slips import (
    wrong_unknown as unknown,
)
from . import (
    wrong_answers as answers,
)
from . import (
    wrong_awaiting as awaiting,
)
from . import (
    wrong_operations as operations,
)

OF_ASGI_APPS: tuple[Diagnosis, ...] = (
    awaiting.not_awaited,
    cells.hangs,
    slips.own_name,
    quotes.without_quotes,
    quotes.round_brackets,
    slips.key_without_quotes,
    slips.is_for_equal,
    slips.compared,
    databases.no_table,
    databases.sql_name,
    databases.sql_values,
    databases.sql_syntax,
    unknown.undefined_name,
    unknown.builtin_name,
    slips.name_shadowed,
    slips.call_forgotten,
    answers.untyped_argument,
    answers.no_key,
    missing.divided,
    values.text_and_number,
    numbers.joined_numbers,
    operations.nothing_returned,
    operations.no_response,
    operations.invalid_input,
    operations.other_method,
    operations.angle_brackets,
    operations.with_braces(rules.trailing_slash),
    operations.fixed_path,
    operations.short_path,
    operations.with_braces(rules.misspelt),
    operations.no_path,
    cells.failed,
    views.exception,
)
"""Why no view answers, or why it fails."""

OF_ASGI_ANSWERS: tuple[Diagnosis, ...] = (
    slips.after_return,
    answers.error_returned,
    answers.tuple_as_json,
    answers.untyped_argument,
    operations.nothing_returned,
    answers.status_not_said,
    answers.other_response,
    memory.default_shared,
    rules.too_many_methods,
    databases.no_commit,
    databases.no_where,
    texts.unescaped,
    quotes.code_in_quotes,
    texts.escaped_twice,
    texts.caret,
    operations.braces,
    operations.text_as_json,
    slips.name_unused,
    slips.list_shown,
    slips.none_shown,
    swaps.swapped_values,
    numbers.digits_compared,
    slips.early_return,
    texts.letter_case,
    texts.near_text,
    numbers.other_number,
)
"""What is wrong with what a view answers."""

"""The order in which diagnoses are tried."""

from __future__ import annotations

from collections.abc import Callable

from . import (
    wrong_cells as cells,
)
from . import (
    wrong_databases as databases,
)
from . import (
    wrong_keeping as keeping,
)
from . import (
    wrong_layouts as layouts,
)
from . import (
    wrong_pages as pages,
)
from . import (
    wrong_python as slips,
)
from . import (
    wrong_reading as received,
)
from . import (
    wrong_rules as rules,
)
from . import (
    wrong_session as session,
)
from . import (
    wrong_texts as texts,
)
from . import (
    wrong_values as values,
)
from . import (
    wrong_views as views,
)
from .asgi import (
    wrong_awaiting as awaiting,
)
from .case import Case, Finding
from .more import (
    wrong_forms as forms,
)
from .more import (
    wrong_headers as headers,
)
from .more import (
    wrong_json as data,
)
from .more import (
    wrong_keys as missing,
)
from .more import (
    wrong_markup as markup,
)
from .more import (
    wrong_memory as memory,
)
from .more import (
    wrong_names as names,
)
from .more import (
    wrong_owners as owners,
)
from .more import (
    wrong_places as places,
)
from .more import (
    wrong_quotes as quotes,
)
from .more import (
    wrong_returns as returns,
)
from .more import (
    wrong_rows as rows,
)
from .more import (
    wrong_statuses as statuses,
)
from .more import (
    wrong_visits as visits,
)
from .slips import (
    wrong_calls as calls,
)
from .slips import (
    wrong_copies as copies,
)
from .slips import (
    wrong_given as given,
)
from .slips import (
    wrong_kinds as kinds,
)
from .slips import (
    wrong_left as left,
)
from .slips import (
    wrong_numbers as numbers,
)
from .slips import (
    wrong_redirects as redirects,
)
from .slips import (
    wrong_swaps as swaps,
)
from .slips import (
    wrong_unknown as unknown,
)

Diagnosis = Callable[[Case], Finding | None]

OF_APPS: tuple[Diagnosis, ...] = (
    awaiting.not_awaited,
    databases.waits,
    cells.hangs,
    cells.name_twice,
    cells.template_syntax,
    slips.own_name,
    left.decorator_above,
    left.value_below_return,
    owners.older_cell,
    owners.outside_context,
    quotes.without_quotes,
    quotes.round_brackets,
    slips.key_without_quotes,
    slips.is_for_equal,
    pages.filters,
    slips.compared,
    session.no_secret_key,
    session.global_missing,
    session.missing_key,
    databases.connection_slips,
    databases.no_table,
    databases.sql_name,
    databases.sql_values,
    databases.other_thread,
    databases.sql_text,
    rows.row_twice,
    rows.rows_sent,
    rows.not_json_value,
    databases.sql_syntax,
    received.post_without_f,
    received.json_for_form,
    received.form_for_json,
    received.args_for_form,
    kinds.form_for_files,
    received.args_for_json,
    received.form_for_args,
    received.missing_key,
    received.method_case,
    layouts.unquoted_parent,
    pages.no_template,
    pages.template_values,
    kinds.python_in_jinja,
    pages.template_names,
    rows.no_row,
    memory.none_kept,
    missing.keys_alone,
    memory.hook_without_return,
    missing.text_for_key,
    unknown.undefined_name,
    unknown.builtin_name,
    slips.name_shadowed,
    statuses.unknown_view,
    statuses.abort_order,
    slips.abort_for_raise,
    statuses.function_for_endpoint,
    returns.function_returned,
    calls.square_brackets,
    calls.kept_without_call,
    slips.call_forgotten,
    kinds.row_by_name,
    statuses.not_a_number,
    missing.no_item,
    missing.divided,
    slips.url_for_path,
    statuses.headers_on_request,
    keeping.set_on_request,
    returns.tuple_returned,
    values.no_attribute,
    values.asks_at_keyboard,
    values.ends_python,
    values.number_of_nothing,
    values.no_number,
    values.text_and_number,
    visits.hash_slips,
    places.handler_slips,
    places.wraps_itself,
    places.hook_arguments,
    numbers.joined_numbers,
    views.argument_names,
    views.text_number,
    views.printed,
    returns.none_returned,
    views.no_return,
    views.bad_return,
    missing.wrong_attribute,
    kinds.format_without_name,
    missing.no_key,
    left.left_alone,
    calls.tested_without_call,
    received.empty_text,
    memory.always_true,
    session.let_in,
    redirects.sent_on,
    places.static_place,
    places.other_app,
    places.not_registered,
    places.handler_for_rule,
    places.sent_to_nothing,
    cells.python_in_template,
    rules.query_in_rule,
    rules.query_as_path,
    rules.braces_in_rule,
    owners.other_prefix,
    rules.methods,
    rules.trailing_slash,
    rules.fixed_rule,
    rules.converter,
    places.separator,
    rules.short_rule,
    rules.bare_route,
    rules.misspelt,
    rules.no_route,
    cells.function_given,
    cells.failed,
    statuses.no_handler,
    views.exception,
)
"""Why no view answers, or why it fails."""

OF_ANSWERS: tuple[Diagnosis, ...] = (
    slips.after_return,
    kinds.number_compared,
    left.kept_in_function,
    numbers.plus_sign,
    visits.session_replaced,
    visits.hash_compared,
    visits.plain_password,
    visits.hash_of_other,
    quotes.quoted_key,
    swaps.values_order,
    visits.session_attribute,
    visits.value_for_key,
    visits.other_key,
    visits.not_forgotten,
    visits.flash_not_shown,
    visits.never_taken_out,
    places.not_deleted,
    names.other_field,
    names.form_for_query,
    names.other_in_g,
    names.whole_path,
    statuses.emptied,
    visits.name_of_its_own,
    memory.default_shared,
    owners.own_container,
    owners.emptied_again,
    rules.too_many_methods,
    keeping.on_another_response,
    keeping.in_session,
    keeping.other_name,
    keeping.other_path,
    memory.key_anew,
    session.in_g,
    session.global_for_session,
    session.not_remembered,
    session.not_modified,
    memory.list_not_put_back,
    copies.copy_changed,
    memory.new_each_time,
    memory.changes_nothing,
    memory.set_to_same,
    memory.in_session_of_one,
    owners.grows,
    session.not_kept,
    session.always_anew,
    statuses.not_allowed,
    statuses.status_in_text,
    statuses.not_reached,
    session.open_door,
    databases.not_in_database,
    databases.other_database,
    databases.no_commit,
    databases.no_where,
    statuses.in_memory,
    rows.rows_counted,
    rows.rows_shown,
    rows.row_names,
    rows.one_row,
    keeping.sent_and_lost,
    quotes.word_of_argument,
    values.text_compared,
    data.truth_of_database,
    rows.no_row,
    swaps.argument_unused,
    statuses.refused,
    redirects.no_redirect,
    names.sent_anywhere,
    redirects.wrong_redirect,
    markup.own_text,
    texts.unescaped,
    quotes.code_in_quotes,
    quotes.f_forgotten,
    quotes.quoted_in_template,
    texts.escaped_twice,
    texts.braces,
    kinds.placeholder_left,
    numbers.outside_braces,
    quotes.no_braces,
    texts.caret,
    layouts.no_parent,
    layouts.not_extended,
    layouts.text_for_layout,
    layouts.layout_rendered,
    layouts.unknown_block,
    layouts.block_replaced,
    layouts.outside_loop,
    layouts.outside_blocks,
    pages.template_names,
    pages.text_names,
    pages.unknown_attribute,
    given.list_for_one,
    given.dict_shown,
    given.given_attribute,
    pages.template_returned,
    pages.quoted_name,
    pages.word_for_value,
    forms.outside_form,
    forms.field_without_name,
    forms.field_names,
    forms.value_not_kept,
    forms.form_encoding,
    forms.form_method,
    views.page_as_json,
    slips.name_unused,
    slips.list_shown,
    calls.helper_without_return,
    slips.none_shown,
    values.none_searched,
    data.not_json,
    visits.hash_shown,
    swaps.swapped_values,
    numbers.all_for_one,
    numbers.digits_compared,
    data.json_shape,
    data.json_value,
    data.not_counted,
    data.json_names,
    headers.content_type,
    headers.no_header,
    headers.near_header,
    names.other_address,
    names.other_header,
    names.address_without_host,
    statuses.fixed_value,
    slips.early_return,
    kinds.loop_slips,
    places.query_unused,
    places.wrapper_lost,
    memory.text_or,
    owners.beside_blueprint,
    data.abort_text,
    data.page_for_json,
    headers.line_ends,
    swaps.negated,
    texts.in_dict,
    swaps.searched_field,
    swaps.swapped_default,
    swaps.wrong_place,
    texts.sql_equal,
    texts.whole_for_part,
    texts.always_there,
    texts.letter_case,
    pages.other_element,
    values.texts_joined,
    pages.template_name_unused,
    values.fixed_answer,
    markup.json_for_page,
    markup.id_missing,
    markup.attribute_missing,
    texts.near_text,
    views.other_status,
    views.status,
    swaps.first_for_last,
    numbers.other_number,
    swaps.slice_side,
    swaps.echoed,
    swaps.other_rows,
)
"""What is wrong with what a view answers."""

"""Names the mistake behind a check that does not hold."""

from __future__ import annotations

from ..check_judging import judge
from . import wrong_cells as cells
from .asgi.asgi_order import OF_ASGI_ANSWERS, OF_ASGI_APPS
from .case import Case, Finding
from .order import OF_ANSWERS, OF_APPS, Diagnosis

DIAGNOSES = OF_APPS + OF_ANSWERS
ASGI_DIAGNOSES = OF_ASGI_APPS + OF_ASGI_ANSWERS


def diagnose(case: Case) -> Finding | None:
    """Name the mistake, or None where it is not a known one.

    What the teacher of the exercise says of it comes first.
    """
    if case.place.app is None or (case.answer.problem and not case.answer.mishap):
        return _remark(case) or cells.failed(case)
    is_without_answer = case.is_lost or case.has_crashed
    if case.is_like_flask:
        tried = OF_APPS if is_without_answer else DIAGNOSES
    else:
        tried = OF_ASGI_APPS if is_without_answer else ASGI_DIAGNOSES
    return _remark(case) or next(
        (found for one in tried if (found := _found(one, case)) is not None), None
    )


def _found(one: Diagnosis, case: Case) -> Finding | None:
    """Ask a diagnosis; one that stumbles over what a student wrote has found nothing.

    What a check found stands in any case: no card may be lost for a hint.
    """
    try:
        return one(case)
    except Exception:
        return None


def _remark(case: Case) -> Finding | None:
    """Return what the teacher says of such an answer."""
    for remark in case.exercise.remarks:
        if remark.phrase is not None:
            holds = judge(remark.phrase, case.answer).holds
        elif remark.where == "code":
            holds = remark.text in case.code.text
        else:
            holds = any(remark.text in text for text in _texts(case))
        if holds:
            return Finding("teacher", remark.say)
    return None


def _texts(case: Case) -> tuple[str, ...]:
    mishap = case.answer.mishap
    error = f"{mishap.kind}: {mishap.message}" if mishap else ""
    answer = case.answer
    return answer.text, answer.visible_text, error, answer.output, case.code.text

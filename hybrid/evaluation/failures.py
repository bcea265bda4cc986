"""What an attempt failed for: one cause each, from its plan, its log and how it says it ended.

The first of these that is true is the cause:

* ``language``: the words were not understood: the plan does not state the goal, or a question or refusal came back.
* ``perception``: a thing could not be seen, or the goal is believed to hold where it does not.
* ``execution``: the last plan that was carried out was broken off, or time ran out while acting.
* ``check``: a plan was accepted and carried out, and nothing else went wrong before the goal was missed.
* ``model``: the last plans were rejected by the check: what was imagined does not happen in physics.
* ``search``: no plan was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hybrid.base import Json
from hybrid.evaluation.base import Attempt

CAUSES: Final = ("language", "perception", "model", "search", "check", "execution")
"""In the order of the sentence: from words to motion."""
UNSEEN: Final = ("is not seen", "are not seen", "cannot be seen", "cannot be perceived", "is not visible")
ERRORS: Final = {"PerceptionError": "perception", "LanguageError": "language"}
"""What an attempt failed for that ended with an error, by its kind; others are of execution."""
Log = Sequence[dict[str, Json]]


def cause(attempt: Attempt, *, plan_valid: bool | None) -> str:
    """Return what an attempt that did not succeed failed for.

    Args:
        attempt: as the arm reports it.
        plan_valid: whether its plan states or reaches the goal; None for arms without a plan.
    """
    error = _last(attempt.log, ("error",))
    if error is not None:
        return ERRORS.get(str(error["kind"]), "execution")
    if attempt.status in ("question", "answered") or plan_valid is False:
        return "perception" if _unseen(attempt.reason) and attempt.plan is not None else "language"
    if attempt.status == "refused":
        return "perception" if _unseen(attempt.reason) else "language"
    if attempt.status == "reached":
        return "perception"
    return _cause_on_the_way(attempt)


def _cause_on_the_way(attempt: Attempt) -> str:
    last = _last(attempt.log, ("plan", "verdict", "acted"))
    if last is None:
        return "execution" if attempt.status == "interrupted" else "search"
    if last["event"] == "plan":
        return "search" if last.get("found") is False else "execution"
    if last["event"] == "verdict":
        return "execution" if last.get("accepted") else "model"
    return "execution" if last.get("left") else "check"


def _last(log: Log, events: tuple[str, ...]) -> dict[str, Json] | None:
    return next((entry for entry in reversed(log) if entry.get("event") in events), None)


def _unseen(reason: str | None) -> bool:
    return reason is not None and any(words in reason for words in UNSEEN)

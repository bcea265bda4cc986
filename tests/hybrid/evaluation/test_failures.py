"""What attempts failed for, from how they ended and what happened on the way."""

from __future__ import annotations

import pytest

from hybrid.base import Decomposition
from hybrid.evaluation.base import Attempt
from hybrid.evaluation.failures import CAUSES, cause

PLAN = Decomposition("planned")


def unmet(*log: dict) -> Attempt:
    return Attempt("unmet", "it did not work", PLAN, log=log)


@pytest.mark.parametrize(
    ("attempt", "valid", "expected"),
    [
        (Attempt("question", "Which one?", PLAN), False, "language"),
        (Attempt("unmet", "x", PLAN), False, "language"),
        (Attempt("refused", "red_cube_1: it is not seen on the table", PLAN), True, "perception"),
        (Attempt("refused", "That cannot be done.", PLAN), None, "language"),
        (Attempt("reached", None, PLAN), True, "perception"),
        (unmet({"event": "plan", "found": False}), True, "search"),
        (unmet({"event": "plan", "found": True}, {"event": "verdict", "accepted": False}), True, "model"),
        (unmet({"event": "verdict", "accepted": True}, {"event": "acted", "left": None}), True, "check"),
        (unmet({"event": "verdict", "accepted": True}, {"event": "acted", "left": "it slipped"}), True, "execution"),
        (Attempt("interrupted", "x", PLAN), True, "execution"),
        (Attempt("failed", "x", log=({"event": "error", "kind": "PerceptionError"},)), None, "perception"),
        (Attempt("failed", "x", log=({"event": "error", "kind": "LanguageError"},)), None, "language"),
    ],
)
def test_every_failure_has_one_cause(attempt: Attempt, valid: bool | None, expected: str) -> None:
    assert cause(attempt, plan_valid=valid) == expected
    assert expected in CAUSES

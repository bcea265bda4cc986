"""What is spent of a budget is counted, kept within it, and the bound that was met first is remembered."""

from __future__ import annotations

import time

from planner.base import Budget, Exhausted
from planner.spending import Spending


def test_candidates_are_granted_while_there_are_any() -> None:
    spending = Spending(Budget(60_000, candidates=10))
    assert [spending.granted(6), spending.granted(6), spending.granted(6)] == [6, 4, 0]
    assert (spending.left, spending.exhausted) == (0, Exhausted("candidates", 10, 12))


def test_a_reserve_is_kept_back_unless_it_is_all_there_is() -> None:
    spending = Spending(Budget(60_000, candidates=30))
    assert spending.granted(10, reserve=24) == 6
    assert spending.exhausted == Exhausted("candidates", 30, 34)
    assert spending.affords(24)
    assert Spending(Budget(60_000, candidates=24)).granted(10, reserve=24) == 10


def test_what_is_not_afforded_is_not_counted() -> None:
    spending = Spending(Budget(60_000, candidates=10))
    assert not spending.affords(11)
    assert (spending.candidates, spending.exhausted) == (0, Exhausted("candidates", 10, 11))
    assert spending.affords(10)


def test_time_runs_out_for_all_of_it_and_for_a_share_first() -> None:
    spending = Spending(Budget(60_000), began=time.perf_counter() - 40)
    assert not spending.late()
    assert spending.exhausted is None
    assert spending.late(0.5)
    assert spending.exhausted is not None
    assert (spending.exhausted.bound, spending.exhausted.given) == ("milliseconds", 60_000)
    assert 40_000 <= spending.exhausted.needed < 60_000
    assert not Spending(Budget(1.0), began=time.perf_counter() - 1).affords(1)

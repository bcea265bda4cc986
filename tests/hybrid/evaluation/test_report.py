"""The machine-readable report of an evaluation, from rows alone."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hybrid.evaluation.report import Row, in_a_row, report, summary, without_times


def row(seed: int, *, success: bool, plan_ms: tuple[float, ...] = (), planner_share: float | None = 1.0) -> Row:
    return Row(
        seed=seed,
        kind="on" if seed % 2 else "in",
        instruction="Put the red cube on the blue cube.",
        status="reached" if success else "unmet",
        success=success,
        partial=1.0 if success else 0.5,
        plan_valid=True,
        planner_share=planner_share,
        plan_ms=plan_ms,
        language_calls=1,
        checks=2,
        milliseconds=100.0,
        reason=None,
    )


def test_a_summary_counts_episodes_and_pools_searches() -> None:
    rows = [row(1, success=True, plan_ms=(10.0, 30.0)), row(2, success=False, plan_ms=(20.0,), planner_share=0.5)]
    figures = summary(rows)
    assert (figures["n"], figures["success"], figures["rate"], figures["partial"]) == (2, 1, 0.5, 0.75)
    assert figures["plan_ms"] == {"p50": 20.0, "p95": pytest.approx(29.0)}
    assert (figures["planner_share"], figures["language_calls"], figures["checks"]) == (0.75, 1.0, 2.0)


def test_successes_are_counted_by_kind_of_request() -> None:
    rows = [row(1, success=True), row(2, success=False), row(3, success=False), row(4, success=True)]
    kinds = summary(rows)["by_kind"]
    assert {kind: (figures["success"], figures["n"]) for kind, figures in kinds.items()} == {"in": (1, 2), "on": (1, 2)}
    assert summary(rows)["in_a_row"] is None


def test_a_chain_is_as_long_as_what_was_done_before_the_first_failure() -> None:
    done = in_a_row([row(9, success=True, plan_ms=(4.0,)), row(9, success=True), row(9, success=False)], 9, "chain", 5)
    assert (done.in_a_row, done.success, done.partial) == (2, False, 0.4)
    assert (done.checks, done.language_calls, done.milliseconds, done.plan_ms) == (6, 3, 300.0, (4.0,))
    whole = in_a_row([row(9, success=True)] * 5, 9, "chain", 5)
    assert (whole.in_a_row, whole.success) == (5, True)
    assert summary([done, whole])["in_a_row"] == 3.5


def test_episodes_without_actions_say_nothing_of_who_chose_them() -> None:
    assert summary([row(1, success=False, planner_share=None)])["planner_share"] is None


def test_the_report_is_the_published_contract_and_plain_json() -> None:
    arms = {
        "random": [row(k, success=False) for k in range(8)],
        "hybrid": [row(k, success=k > 0) for k in range(8)],
    }
    whole = report("place", 500_000, arms)
    assert json.loads(json.dumps(whole)) == whole
    assert {"suite", "seed", "arms", "mcnemar"} <= set(whole)
    promised = "n success rate wilson95 partial plan_valid planner_share plan_ms language_calls checks"
    assert set(promised.split()) <= set(whole["arms"]["hybrid"])
    test = whole["mcnemar"]["hybrid:random"]
    assert (test["only_first"], test["only_second"], test["difference"]) == (7, 0, 7 / 8)
    assert test["p"] == pytest.approx(1 / 2**7)
    assert [kept["seed"] for kept in whole["episodes"]["random"]] == list(range(8))
    assert whole["command"] == "hybrid evaluate --suite place --arms random,hybrid --episodes 8 --seed 500000"
    tuned = report("place", 4000, arms, tuning=True)
    assert tuned["tuning"] is True
    assert tuned["command"] == "hybrid evaluate --suite place --arms random,hybrid --episodes 8 --seed 4000 --tuning"


def test_success_is_told_by_length_and_failures_by_cause() -> None:
    rows = [
        replace(row(1, success=True), length=2),
        replace(row(2, success=False), length=2, failure="search"),
        replace(row(3, success=False), length=5, failure="search"),
        replace(row(4, success=False), length=5, failure="model"),
    ]
    figures = summary(rows)
    assert {n: (part["success"], part["n"]) for n, part in figures["by_length"].items()} == {"2": (1, 2), "5": (0, 2)}
    assert figures["failures"] == {"model": 1, "search": 2}


def test_a_row_survives_being_written() -> None:
    kept = replace(row(1, success=False, plan_ms=(1.5, 2.25)), failure="check", steps=12, length=3, in_a_row=2)
    assert Row.from_json(json.loads(json.dumps(kept.as_json()))) == kept


def test_arms_on_fewer_tasks_are_compared_on_those_that_both_attempted() -> None:
    arms = {"hybrid": [row(k, success=True) for k in range(8)], "flat": [row(k, success=k > 0) for k in range(3)]}
    test = report("place", 500_000, arms)["mcnemar"]["hybrid:flat"]
    assert (test["n"], test["only_first"], test["only_second"], test["difference"]) == (3, 1, 0, 1 / 3)
    low, high = test["difference95"]
    assert low < 1 / 3 < high


def test_two_runs_differ_in_their_times_only() -> None:
    slow = [replace(row(1, success=True, plan_ms=(10.0,)), milliseconds=900.0)]
    quick = [replace(row(1, success=True, plan_ms=(1.0,)), milliseconds=90.0)]
    one, two = (report("place", 500_000, {"hybrid": rows}) for rows in (slow, quick))
    assert one != two
    assert without_times(one) == without_times(two)

"""Episode rows in, the machine-readable report out; knows nothing of processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from hybrid.base import Json
from hybrid.evaluation.statistics import mcnemar, mean, paired_difference, quantile, wilson


@dataclass(frozen=True)
class Row:
    """One task attempted by one arm.

    Attributes:
        seed: the task's.
        kind: which kind of request of the suite it is.
        instruction: what was asked.
        status: how the arm says it ended.
        success: every goal fact holds in the true final state.
        partial: share of the goal facts that hold.
        plan_valid: whether the plan states the goal, None for arms without a plan.
        planner_share: share of executed actions chosen by the planner, None when nothing was executed.
        plan_ms: time of each search, milliseconds.
        language_calls: calls of the language backend.
        checks: candidates checked in the simulator.
        milliseconds: time of the whole attempt.
        reason: in words, when the arm says that it did not reach the goal.
        in_a_row: of a chain, how many instructions were done before the first that was not; None otherwise.
        length: how many manipulations the task takes at least, by its witness.
        steps: control steps executed.
        failure: what it failed for, one of ``hybrid.evaluation.failures.CAUSES``; None when it succeeded.
    """

    seed: int
    kind: str
    instruction: str
    status: str
    success: bool
    partial: float
    plan_valid: bool | None
    planner_share: float | None
    plan_ms: tuple[float, ...]
    language_calls: int
    checks: int
    milliseconds: float
    reason: str | None
    in_a_row: int | None = None
    length: int = 0
    steps: int = 0
    failure: str | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the row with plain JSON values."""
        return {**asdict(self), "plan_ms": [round(value, 3) for value in self.plan_ms]}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Row:
        """Return the row that was written as JSON."""
        rest = {name: value for name, value in record.items() if name != "plan_ms"}
        return cls(plan_ms=tuple(record["plan_ms"]), **rest)


def in_a_row(rows: Sequence[Row], seed: int, kind: str, length: int) -> Row:
    """Return one row for a chain of ``length`` instructions from the rows of those that were asked for, in order."""
    done = sum(row.success for row in rows)
    planned = [row.plan_valid for row in rows if row.plan_valid is not None]
    last = rows[-1]
    return Row(
        seed=seed,
        kind=kind,
        instruction=" / ".join(row.instruction for row in rows),
        status=last.status,
        success=done == length,
        partial=done / length,
        plan_valid=all(planned) if planned else None,
        planner_share=mean([row.planner_share for row in rows if row.planner_share is not None]),
        plan_ms=tuple(value for row in rows for value in row.plan_ms),
        language_calls=sum(row.language_calls for row in rows),
        checks=sum(row.checks for row in rows),
        milliseconds=sum(row.milliseconds for row in rows),
        reason=last.reason,
        in_a_row=done,
        length=sum(row.length for row in rows),
        steps=sum(row.steps for row in rows),
        failure=None if done == length else last.failure,
    )


def by_kind(rows: Sequence[Row]) -> dict[str, Json]:
    """Return successes, episodes, rate and interval of every kind of request, kinds by name."""
    return {kind: share([r.success for r in rows if r.kind == kind]) for kind in sorted({r.kind for r in rows})}


def by_length(rows: Sequence[Row]) -> dict[str, Json]:
    """Return the same by how many manipulations the task takes at least."""
    lengths = sorted({row.length for row in rows})
    return {str(length): share([r.success for r in rows if r.length == length]) for length in lengths}


def share(successes: Sequence[bool]) -> dict[str, Json]:
    """Return how many there are, how many succeeded, the rate and its interval."""
    n, success = len(successes), sum(successes)
    interval = wilson(success, n)
    return {"n": n, "success": success, "rate": success / n, "wilson95": [interval.low, interval.high]}


def failures(rows: Sequence[Row]) -> dict[str, Json]:
    """Return how many episodes failed for each cause, causes by name."""
    causes = [row.failure for row in rows if row.failure is not None]
    return {cause: causes.count(cause) for cause in sorted(set(causes))}


def summary(rows: Sequence[Row]) -> dict[str, Json]:
    """Return one arm's figures: rates over episodes, ``plan_ms`` over searches, mean calls and checks an episode."""
    searches = [value for row in rows for value in row.plan_ms]
    planned = [float(row.plan_valid) for row in rows if row.plan_valid is not None]
    shares = [row.planner_share for row in rows if row.planner_share is not None]
    lengths = [float(row.in_a_row) for row in rows if row.in_a_row is not None]
    return {
        **share([row.success for row in rows]),
        "partial": mean([row.partial for row in rows]),
        "plan_valid": mean(planned),
        "planner_share": mean(shares),
        "plan_ms": {"p50": quantile(searches, 0.5), "p95": quantile(searches, 0.95)},
        "language_calls": mean([float(row.language_calls) for row in rows]),
        "checks": mean([float(row.checks) for row in rows]),
        "episode_ms": {
            "p50": quantile([row.milliseconds for row in rows], 0.5),
            "p95": quantile([row.milliseconds for row in rows], 0.95),
        },
        "by_kind": by_kind(rows),
        "by_length": by_length(rows),
        "failures": failures(rows),
        "steps": mean([float(row.steps) for row in rows]),
        "in_a_row": mean(lengths),
    }


def paired(arms: Mapping[str, Sequence[Row]]) -> dict[str, Json]:
    """Return McNemar's test of every pair of arms on the tasks both attempted, ``hybrid`` named first if it is one."""
    names = sorted(arms, key=lambda name: name != "hybrid")
    tests: dict[str, Json] = {}
    for first, second in combinations(names, 2):
        n = min(len(arms[first]), len(arms[second]))
        test = mcnemar([row.success for row in arms[first][:n]], [row.success for row in arms[second][:n]])
        margin = paired_difference(test.only_first, test.only_second, n)
        difference = (test.only_first - test.only_second) / n
        tests[f"{first}:{second}"] = {
            **asdict(test),
            "n": n,
            "difference": difference,
            "difference95": [margin.low, margin.high],
        }
    return tests


def report(
    suite: str,
    seed: int,
    arms: Mapping[str, Sequence[Row]],
    *,
    tuning: bool = False,
    specs: tuple[str, str] | None = None,
) -> dict[str, Json]:
    """Return the comparison: figures of every arm, paired tests, the command to run it again, every episode's row.

    Args:
        suite: its name.
        seed: of the first task.
        arms: the rows of each arm, in the order of the seeds.
        tuning: nothing may be claimed of it.
        specs: suite and arms as they were asked for, where that is not by these names.
    """
    episodes = max(len(rows) for rows in arms.values())
    asked, by = specs or (suite, ",".join(arms))
    command = f"hybrid evaluate --suite {asked} --arms {by} --episodes {episodes} --seed {seed}"
    return {
        "suite": suite,
        "seed": seed,
        "tuning": tuning,
        "arms": {name: summary(rows) for name, rows in arms.items()},
        "mcnemar": paired(arms),
        "command": f"{command} --tuning" if tuning else command,
        "episodes": {name: [row.as_json() for row in rows] for name, rows in arms.items()},
    }


TIMES = frozenset({"plan_ms", "episode_ms", "milliseconds"})
"""Entries of a report that say how long something took: no two runs share them."""


def without_times(report: dict[str, Json]) -> dict[str, Json]:
    """Return ``report`` less its times: what is left is the same for every run, broken off or not, on any workers."""
    return {name: _timeless(value) for name, value in report.items() if name not in TIMES}


def _timeless(value: Json) -> Json:
    if isinstance(value, dict):
        return without_times(value)
    return [_timeless(entry) for entry in value] if isinstance(value, list) else value

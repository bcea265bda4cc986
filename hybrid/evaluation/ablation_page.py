"""Rows of an ablation in, the page out: Markdown tables with the command that gives each figure again beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hybrid.evaluation.statistics import mcnemar, mean, mean_between, wilson
from hybrid.evaluation.variants import PRIVILEGED

Row = dict[str, Any]
"""The report of one arm on one suite, as ``hybrid.evaluation.report`` makes it, with what the ablation adds."""

HEAD: Final = (
    "| arm | what differs | success | 95 % | n | plan ms p50 / p95 "
    "| against {reference} | p | control steps | command |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)
NOTE: Final = (
    "Success is judged by the world's true final state. Intervals are Wilson's; p is McNemar's mid-p on the same "
    "tasks, with (tasks only {reference} solved / tasks only the row solved). Control steps are the mean of what was "
    "carried out in the tasks both solved, and how many more than {reference} took, resampled 95 %. Arms marked * are "
    "given the true state: they are ceilings, not competitors."
)
Column = Callable[[Row], list[tuple[int, str]]]
"""Puts each task of a row into a column: where it stands among the others, and its head."""
LONGEST: Final = 6
"""Tasks of this many manipulations and more share a column."""
STRIDE: Final = 10
"""Centimetres of a thing's way that share a column."""
FARTHEST: Final = 30
"""Tasks in which a thing goes this many centimetres and more share a column."""


def page(kept: Mapping[str, Mapping[str, Row]], questions: Mapping[str, Mapping[str, str]], reference: str) -> str:
    """Return the page of ``kept`` rows by suite and arm, in the order of ``questions``.

    Args:
        kept: suite to arm to row; rows that have not been run yet are left out.
        questions: what the arms are about, to arms, to what differs from ``reference``.
        reference: the arm that others are compared with.
    """
    parts = ["# Ablations", NOTE.format(reference=reference)]
    for suite, rows in kept.items():
        if not rows:
            continue
        first = next(iter(rows.values()))
        seeds = f"seeds {first['seed']} to {first['seed'] + first['episodes_asked'] - 1}"
        use = "training and tuning seeds: nothing is claimed" if first["tuning"] else "held-out seeds"
        parts.append(f"## {suite}\n\n{seeds} ({use}), weights {first['checkpoint']}")
        for title, arms in questions.items():
            lines = [line(suite, arm, arms[arm], rows, reference) for arm in arms if arm in rows]
            if lines:
                parts.append(f"### {title}\n\n" + "\n".join([HEAD.format(reference=reference), *lines]))
        parts.append(f"### By number of manipulations\n\n{broken_down(rows, questions, by_manipulations)}")
        parts.append(f"### By longest move\n\n{broken_down(rows, questions, by_distance)}")
    return "\n\n".join(parts) + "\n"


def line(suite: str, arm: str, words: str, rows: Mapping[str, Row], reference: str) -> str:
    """Return the line of one arm."""
    figures = rows[arm]["arms"][arm]
    low, high = figures["wilson95"]
    cells = [
        named(arm),
        words,
        f"{100 * figures['rate']:.1f} %",
        f"[{100 * low:.1f}, {100 * high:.1f}]",
        str(figures["n"]),
        milliseconds(figures["plan_ms"]),
        *against(rows[arm], arm, rows.get(reference), reference),
        effort(rows[arm], arm, rows.get(reference), reference),
        f"`{command(suite, arm, rows[arm], reference)}`",
    ]
    return f"| {' | '.join(cells)} |"


def named(arm: str) -> str:
    """Return the arm's name, marked when it is given the true state."""
    return f"{arm} *" if arm in PRIVILEGED else arm


def milliseconds(spent: Mapping[str, float | None]) -> str:
    """Return the median and the 95th percentile, a dash when nothing was planned."""
    middle, most = spent["p50"], spent["p95"]
    return "–" if middle is None or most is None else f"{middle:.0f} / {most:.0f}"


def against(row: Row, arm: str, reference_row: Row | None, reference: str) -> tuple[str, str]:
    """Return the difference to the reference in points, and McNemar's p with the tasks that differ."""
    if reference_row is None or arm == reference:
        return "–", "–"
    test = mcnemar(successes(reference_row, reference), successes(row, arm))
    points = 100 * (test.only_second - test.only_first) / row["arms"][arm]["n"]
    return f"{points:+.1f} points", f"{test.p:.3f} ({test.only_first} / {test.only_second})"


def effort(row: Row, arm: str, reference_row: Row | None, reference: str) -> str:
    """Return the mean control steps in the tasks both arms solved, and the difference to the reference.

    Those of arms that are given the true state are not counted.
    """
    if reference_row is None or arm in PRIVILEGED:
        return "–"
    pairs = [
        (mine["steps"], its["steps"])
        for mine, its in zip(row["episodes"][arm], reference_row["episodes"][reference], strict=True)
        if mine["success"] and its["success"]
    ]
    if len(pairs) < 2:
        return "–"
    steps = f"{mean([mine for mine, _ in pairs]):.1f}"
    more = [mine - its for mine, its in pairs]
    interval = mean_between(more)
    return steps if arm == reference else f"{steps}, {mean(more):+.1f} [{interval.low:+.1f}, {interval.high:+.1f}]"


def successes(row: Row, arm: str) -> list[bool]:
    """Return whether each task was solved, in the order of the seeds."""
    return [bool(episode["success"]) for episode in row["episodes"][arm]]


def command(suite: str, arm: str, row: Row, reference: str) -> str:
    """Return the command that gives the row's figures again, compared with the reference."""
    arms = arm if arm == reference else f"{reference},{arm}"
    asked = f"--episodes {row['episodes_asked']} --seed {row['seed']}"
    return f"hybrid evaluate --suite {suite} --arms {arms} {asked}{' --tuning' if row['tuning'] else ''}"


def broken_down(rows: Mapping[str, Row], questions: Mapping[str, Mapping[str, str]], column: Column) -> str:
    """Return the table of success by a column of each task, columns ascending."""
    columns = sorted({place for row in rows.values() for place in column(row)})
    table = [f"| arm | {' | '.join(head for _, head in columns)} |", f"|---|{'---|' * len(columns)}"]
    for arm in [arm for arms in questions.values() for arm in arms if arm in rows]:
        solved = list(zip(column(rows[arm]), successes(rows[arm], arm), strict=True))
        cells = [share([success for place, success in solved if place == wanted]) for wanted in columns]
        table.append(f"| {named(arm)} | {' | '.join(cells)} |")
    return "\n".join(table)


def by_manipulations(row: Row) -> list[tuple[int, str]]:
    """Return the column of each task by how many manipulations it takes at least."""
    lengths = [min(length, LONGEST) for length in row["manipulations"]]
    return [(length, f"{length}{' or more' if length == LONGEST else ''}") for length in lengths]


def by_distance(row: Row) -> list[tuple[int, str]]:
    """Return the column of each task by its longest move, in steps of ``STRIDE``."""
    strides = [min(int(100 * distance / STRIDE), FARTHEST // STRIDE) * STRIDE for distance in row["distances"]]
    return [(near, f"{near} cm or more" if near == FARTHEST else f"{near}–{near + STRIDE} cm") for near in strides]


def share(solved: Sequence[bool]) -> str:
    """Return the rate with its interval and n, a dash of none."""
    if not solved:
        return "–"
    interval = wilson(sum(solved), len(solved))
    rate = 100 * sum(solved) / len(solved)
    return f"{rate:.0f} % [{100 * interval.low:.0f}, {100 * interval.high:.0f}], n = {len(solved)}"

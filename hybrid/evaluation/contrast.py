"""A page that compares two runs of a study: what became of the same arms on the same tasks, before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any, cast

from hybrid.errors import ConfigError
from hybrid.evaluation.page import Body, difference, document, figure, percent, table
from hybrid.evaluation.report import Row, paired
from hybrid.evaluation.shards import write_whole

BEFORE, AFTER = "first", "second"


def contrast(first: Path, second: Path, out: Path) -> Path:
    """Write to ``out`` how the study in folder ``second`` differs from that in ``first``; return ``out``.

    Raises:
        ConfigError: a folder holds no report, the two share no arm on the same tasks, or ``out`` cannot be written.
    """
    one, two = read_report(first, "first"), read_report(second, "second")
    rows = list(_rows(one, two))
    if not rows:
        problem = "the two runs share no arm of a suite on the same tasks"
        raise ConfigError("second", problem, "Run both with the same --suites, --arms and --seed.")
    heads = ("suite", "arm", BEFORE, AFTER, "points", "only the second / first", "n", "p", "episode p50, ms")
    parts = [
        "<h1>Two runs compared</h1>",
        f"<p>First: <code>{escape(one['command'])}</code><br>Second: <code>{escape(two['command'])}</code></p>",
        "<p class=note>Points are the second less the first, on the tasks that both attempted.</p>",
        table(heads, rows),
        "<h2>Tasks that came out otherwise</h2>",
        table(("suite", "arm", "lost", "won"), _changed(one, two)),
        "<h2>Circumstances that differ</h2>",
        table(("", BEFORE, AFTER), _circumstances(one["circumstances"], two["circumstances"])),
    ]
    write_whole(out, document("Two runs compared", parts))
    return out


def read_report(folder: Path, field: str) -> Body:
    """Return the ``report.json`` of ``folder``; raises ``ConfigError`` about ``field`` when it holds none."""
    file = folder / "report.json" if folder.is_dir() else folder
    try:
        body = cast("Body", json.loads(file.read_text(encoding="utf-8")))
        if body["version"] != 1 or not {"suites", "command", "circumstances"} <= body.keys():
            raise ValueError("it has another form")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(field, f"{file} is no report ({error})", "Name the folder of hybrid report --out.") from error
    return body


def _shared(one: Body, two: Body) -> Iterator[tuple[str, str, list[Row], list[Row]]]:
    """Yield every suite and arm of both with the rows of the tasks that both attempted."""
    for suite, before in one["suites"].items():
        after: Mapping[str, Any] = two["suites"].get(suite, {"episodes": {}})
        for arm, rows in before["episodes"].items():
            earlier = {row["seed"]: Row.from_json(row) for row in rows}
            later = {row["seed"]: Row.from_json(row) for row in after["episodes"].get(arm, [])}
            seeds = [seed for seed in earlier if seed in later and earlier[seed].instruction == later[seed].instruction]
            if seeds:
                yield suite, arm, [earlier[seed] for seed in seeds], [later[seed] for seed in seeds]


def _rows(one: Body, two: Body) -> Iterator[list[str]]:
    for suite, arm, before, after in _shared(one, two):
        test = cast("dict[str, Any]", paired({AFTER: after, BEFORE: before})[f"{AFTER}:{BEFORE}"])
        figures = [body["suites"][suite]["arms"][arm] for body in (one, two)]
        times = " → ".join(figure(f["episode_ms"]["p50"], 0) for f in figures)
        yield [escape(suite), escape(arm), *map(percent, figures), *difference(test), times]


def _changed(one: Body, two: Body) -> Iterator[list[str]]:
    for suite, arm, before, after in _shared(one, two):
        pairs = list(zip(before, after, strict=True))
        lost = [str(b.seed) for b, a in pairs if b.success and not a.success]
        won = [str(b.seed) for b, a in pairs if a.success and not b.success]
        if lost or won:
            yield [escape(suite), escape(arm), ", ".join(lost) or "–", ", ".join(won) or "–"]


def _circumstances(one: Body, two: Body) -> Iterator[list[str]]:
    flat = [{**facts, **facts["packages"]} for facts in (one, two)]
    for name in sorted(flat[0].keys() | flat[1].keys()):
        values = [facts.get(name) for facts in flat]
        if name != "packages" and values[0] != values[1]:
            yield [escape(name), *(escape(str(value)) for value in values)]

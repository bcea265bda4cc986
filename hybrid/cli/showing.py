"""What people read: tables and sentences for the same answers that programs get as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hybrid.base import Decomposition, Json
from hybrid.cli.contracts import Record
from hybrid.doctor import Finding

STYLES = {"reached": "green", "planned": "green", "ok": "green", "question": "yellow", "interrupted": "yellow"}
"""Colours of states; every other one is red."""


def show_decomposition(console: Console, decomposition: Decomposition) -> None:
    """Show the subgoals, or the question or refusal."""
    console.print(f"{coloured(decomposition.status)} by {decomposition.backend} in {decomposition.milliseconds:.0f} ms")
    for number, subgoal in enumerate(decomposition.subgoals, start=1):
        facts = ", ".join(f"{fact.relation}({', '.join(map(str, fact.arguments))})" for fact in subgoal.facts)
        console.print(f"  {number}. {escape(subgoal.words)}  [dim]{escape(facts)}[/dim]")
    if decomposition.message:
        console.print(decomposition.message, markup=False)
    for choice in decomposition.choices:
        console.print(f"  – {choice}", markup=False)


def show_episode(console: Console, record: Record, video: Path | None = None) -> None:
    """Show the record of an episode: subgoals, candidates with their energies and verdicts, how it ended."""
    scene = cast("Record", record["scene"])
    where = escape(f"scene {scene['name']}, seed {record['seed']}")
    console.print(f"[bold]{escape(str(record['instruction']))}[/bold]  [dim]{where}[/dim]")
    subgoals, attempts = _records(record["subgoals"]), _records(record["attempts"])
    for subgoal in subgoals:
        console.print(f"{coloured(subgoal['status'])}  {escape(str(subgoal['words']))}{_because(subgoal['reason'])}")
        where = (subgoal["round"], subgoal["subgoal"])
        tried = [attempt for attempt in attempts if (attempt["round"], attempt["subgoal"]) == where]
        if tried:
            console.print(_attempts(tried))
    console.print(f"{coloured(record['status'])}{_because(record['reason'])}")
    outcome = cast("Record", record["outcome"] or {})
    spent = cast("dict[str, float]", outcome.get("milliseconds") or {})
    times = ", ".join(f"{stage} {milliseconds:.0f} ms" for stage, milliseconds in spent.items())
    console.print(f"{len(_records(record['steps']))} control steps, {outcome.get('checks')} checks; {times}")
    console.print(f"share of the actions chosen by the planner: {_figure(outcome.get('planner_share'))}")
    console.print(f"episode {record['episode']}: hybrid episodes show {record['episode']}")
    if video is not None:
        console.print(f"video {escape(str(video))}")


def show_episodes(console: Console, summaries: Sequence[Record]) -> None:
    """Show one line an episode, newest first."""
    columns = ("episode", "status", "scene", "seed", "instruction")
    table = Table(*columns)
    for summary in summaries:
        table.add_row(*(escape(str(summary[column])) for column in columns))
    console.print(table)


def show_evaluation(console: Console, report: Record) -> None:
    """Show the figures of every arm and the paired tests."""
    table = Table("arm", "success", "95 %", "partial", "plan valid", "planner share", "plan p50 / p95 ms", "checks")
    for name, figures in cast("dict[str, Record]", report["arms"]).items():
        low, high = cast("list[float]", figures["wilson95"])
        plan = cast("Record", figures["plan_ms"])
        table.add_row(
            name,
            f"{figures['success']}/{figures['n']}",
            f"{100 * low:.1f}–{100 * high:.1f}",
            *(_figure(figures[key]) for key in ("partial", "plan_valid", "planner_share")),
            f"{_figure(plan['p50'])} / {_figure(plan['p95'])}",
            _figure(figures["checks"]),
        )
    console.print(table)
    _show_kinds(console, cast("dict[str, Record]", report["arms"]))
    for pair, test in cast("dict[str, Record]", report["mcnemar"]).items():
        difference = 100 * cast("float", test["difference"])
        console.print(f"{pair}: {difference:+.1f} points, McNemar mid-p = {cast('float', test['p']):.2g}")
    console.print(f"[dim]{report['command']}[/dim]")


def _show_kinds(console: Console, arms: dict[str, Record]) -> None:
    """Show successes by kind of request where there are several, and the average length of chains."""
    kinds = {name: cast("dict[str, Record]", figures["by_kind"]) for name, figures in arms.items()}
    rows = sorted({kind for table in kinds.values() for kind in table})
    if len(rows) > 1:
        table = Table("kind", *arms)
        for kind in rows:
            table.add_row(kind, *(f"{kinds[name][kind]['success']}/{kinds[name][kind]['n']}" for name in arms))
        console.print(table)
    for name, figures in arms.items():
        if figures["in_a_row"] is not None:
            console.print(f"{name}: {_figure(figures['in_a_row'])} instructions done in a row on average")


def show_replay(console: Console, summary: Record) -> None:
    """Show whether an episode's actions led to the same state again."""
    deviation = summary["deviation"]
    if not isinstance(deviation, float):
        console.print("the record holds no final state to compare with")
    else:
        ended = "the same final state" if summary["same"] else f"a final state up to {1000 * deviation:.3f} mm away"
        console.print(f"{summary['steps']} control steps, {ended}")


def show_card(console: Console, card: Record) -> None:
    """Show a checkpoint's figures beside its controls, one line a figure."""
    table = Table("figure", "value")
    for name, value in _flat(card["metrics"]):
        table.add_row(name, _figure(value) if isinstance(value, int | float) else escape(str(value)))
    console.print(table)
    console.print(f"checkpoint {escape(str(card['checkpoint']))}")


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Show one line a finding, and the remedy where something is wrong."""
    for finding in findings:
        console.print(f"{coloured('ok' if finding.ok else 'bad')}  {finding.name}: {escape(finding.detail)}")
        if finding.remedy:
            console.print(f"     {escape(finding.remedy)}")


def coloured(status: object) -> str:
    """Return a state's name in its colour."""
    colour = STYLES.get(str(status), "red")
    return f"[{colour}]{status}[/{colour}]"


def _attempts(attempts: Sequence[Record]) -> Table:
    table = Table("attempt", "energy", "plan", "verdict", "executed", box=None, padding=(0, 2))
    for attempt in attempts:
        moves = _records(attempt["manipulations"])
        plan = ", then ".join(f"{str(move['kind']).replace('_', ' and ')} {move['thing']}" for move in moves)
        verdict = cast("Record | None", attempt["verdict"])
        said = "not checked" if verdict is None else str(verdict["reason"])
        executed = "yes" if attempt["executed"] else "no"
        table.add_row(str(attempt["attempt"]), _figure(attempt["energy"]), plan, escape(said), executed)
    return table


def _records(value: Json) -> list[Record]:
    return cast("list[Record]", value or [])


def _because(reason: Json) -> str:
    return escape(f": {reason}") if reason else ""


def _figure(value: Json) -> str:
    return "–" if not isinstance(value, int | float) else f"{value:.3g}"


def _flat(value: Json, prefix: str = "") -> list[tuple[str, Json]]:
    if not isinstance(value, dict):
        return [(prefix, value)]
    return [leaf for name, inner in value.items() for leaf in _flat(inner, f"{prefix} {name}".strip())]

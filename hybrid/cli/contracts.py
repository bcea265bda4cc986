"""What programs read: the JSON of every answer, by the published contracts, and of every error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import typer
from rich.console import Console

from hybrid.base import Decomposition, EpisodeResult, Json
from hybrid.errors import ConfigError, HybridError
from hybrid.store.records import plain

Record = dict[str, Json]
PRINTED_WIDTH = 120
"""Columns of a file or pipe, which has no width of its own."""


def answer(data: Json, *, as_json: bool, people: Callable[[Console], None]) -> None:
    """Write ``data`` as one line of JSON to stdout, or let ``people`` show it there."""
    if as_json:
        typer.echo(json.dumps(data))
    else:
        width = None if sys.stdout.isatty() else PRINTED_WIDTH
        people(Console(highlight=False, width=width))


def refuse_report_path(path: Path) -> None:
    """Refuse early a ``path`` where no report can be written; raises ``ConfigError``."""
    if not path.absolute().parent.is_dir():
        raise ConfigError("json", f"the folder {path.parent} is not there", "Make it first, or name another.")
    if path.is_dir():
        raise ConfigError("json", f"{path} is a folder", "Name a file in it.")


def write_json(path: Path, data: Json) -> None:
    """Write ``data`` to ``path``, whole or not at all; raises ``ConfigError`` when it cannot be written."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise ConfigError("json", f"{path} cannot be written ({error.strerror})", "Name another file.") from error


def error_json(error: HybridError) -> Record:
    """Return an error as JSON: what kind, which field, what is wrong, what to do."""
    kind = type(error).__name__
    return {"error": {"kind": kind, "field": error.field, "problem": error.problem, "remedy": error.remedy}}


def decomposition_json(decomposition: Decomposition) -> Record:
    """Return the contract of ``hybrid decompose --json``; ``choices`` come along with a question."""
    contract: Record = {
        "status": decomposition.status,
        "subgoals": [
            {
                "predicate": subgoal.facts[0].relation,
                "words": subgoal.words,
                "facts": [cast("Json", fact.as_list()) for fact in subgoal.facts],
            }
            for subgoal in decomposition.subgoals
        ],
        "constraints": [list(constraint) for constraint in decomposition.constraints],
        "message": decomposition.message,
        "backend": decomposition.backend,
        "milliseconds": round(decomposition.milliseconds, 1),
    }
    if decomposition.status == "question":
        contract["choices"] = list(decomposition.choices)
    return contract


def result_json(result: EpisodeResult, video: Path | None) -> Record:
    """Return the contract of ``hybrid run --json``; ``best`` comes along when there was no plan, ``video`` with one."""
    outcome = result.outcome
    contract: Record = {
        "status": outcome.status,
        "episode": result.episode,
        "subgoals": list(outcome.subgoals),
        "attempts": outcome.attempts,
        "checks": outcome.checks,
        "planner_share": outcome.planner_share,
        "milliseconds": {stage: round(spent, 1) for stage, spent in outcome.milliseconds.items()},
        "reason": outcome.reason or outcome.message,
    }
    if outcome.best is not None:
        contract["best"] = plain(outcome.best)
    if video is not None:
        contract["video"] = str(video)
    return contract

"""Rows of an episode as the JSON that ``hybrid episodes`` and the api show; arrays become lists of numbers.

A float32 written as a decimal and read back into float32 is the same number: a report is enough to replay an episode.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from hybrid.base import Json
from hybrid.errors import StoreSchemaError
from hybrid.store.records import plain
from hybrid.store.tables import (
    RECORD_VERSION,
    AttemptRow,
    DecompositionRow,
    EpisodeRow,
    ObservationRow,
    StepRow,
    SubgoalRow,
)


def episode_summary(row: EpisodeRow) -> dict[str, Json]:
    """Return what a list of episodes shows of one."""
    scene = cast("dict[str, Json]", row.scene)
    outcome = cast("dict[str, Json]", row.outcome or {})
    return {
        "episode": row.id,
        "instruction": row.instruction,
        "status": row.status,
        "reason": row.reason,
        "scene": scene["name"],
        "seed": row.seed,
        "attempts": outcome.get("attempts"),
        "checks": outcome.get("checks"),
        "planner_share": outcome.get("planner_share"),
        "started_at": moment(row.started_at),
        "finished_at": moment(row.finished_at),
        "video": row.video is not None,
    }


def episode_report(row: EpisodeRow) -> dict[str, Json]:
    """Return everything stored of an episode.

    Raises:
        StoreSchemaError: the record was written by another version.
    """
    if row.version != RECORD_VERSION:
        problem = f"episode {row.id} is of record version {row.version}, this program reads {RECORD_VERSION}"
        raise StoreSchemaError("episode", problem, "Upgrade hybrid-planner.")
    return {
        **episode_summary(row),
        "version": row.version,
        "scene": row.scene,
        "models": row.models,
        "settings": row.settings,
        "outcome": row.outcome,
        "decompositions": [_decomposition(entry) for entry in row.decompositions],
        "subgoals": [_subgoal(entry) for entry in row.subgoals],
        "attempts": [_attempt(entry) for entry in row.attempts],
        "steps": [step_report(entry) for entry in row.steps],
        "observations": [_observation(entry) for entry in row.observations],
        "final": row.final,
    }


def moment(at: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC, to the millisecond."""
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _decomposition(row: DecompositionRow) -> dict[str, Json]:
    return {
        "round": row.round,
        "status": row.status,
        "constraints": row.constraints,
        "message": row.message,
        "choices": row.choices,
        "backend": row.backend,
        "milliseconds": row.milliseconds,
        "at": moment(row.at),
    }


def _subgoal(row: SubgoalRow) -> dict[str, Json]:
    return {
        "round": row.round,
        "subgoal": row.subgoal,
        "words": row.words,
        "facts": row.facts,
        "keep": row.keep,
        "manner": row.manner,
        "status": row.status,
        "margin": row.margin,
        "reason": row.reason,
    }


def _attempt(row: AttemptRow) -> dict[str, Json]:
    return {
        "round": row.round,
        "subgoal": row.subgoal,
        "attempt": row.attempt,
        "before_step": row.before_step,
        "energy": row.energy,
        "first_energy": row.first_energy,
        "milliseconds": row.milliseconds,
        "manipulations": row.manipulations,
        "trace": row.trace,
        "imagined": row.imagined,
        "actions": plain(row.actions.reshape(-1, 4)),
        "verdict": row.verdict,
        "executed": row.executed,
        "at": moment(row.at),
    }


def step_report(row: StepRow) -> dict[str, Json]:
    """Return one executed control step."""
    return {
        "step": row.step,
        "round": row.round,
        "subgoal": row.subgoal,
        "attempt": row.attempt,
        "action": plain(row.action),
        "proprioception": plain(row.proprioception),
        "surprise": row.surprise,
        "chosen_by": row.chosen_by,
    }


def _observation(row: ObservationRow) -> dict[str, Json]:
    return {
        "step": row.step,
        "images": row.images,
        "proprioception": plain(row.proprioception),
        "at": moment(row.at),
    }

"""From nouns to rows: one function builds one row, and nothing here touches a database.

Moments are arguments; ids are drawn by the caller.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np

from hybrid.base import AttemptRecord, Decomposition, Json, StepRecord
from hybrid.store.owner import current_owner
from hybrid.store.records import finite, plain, situation
from hybrid.store.tables import RECORD_VERSION, AttemptRow, DecompositionRow, EpisodeRow, StepRow, SubgoalRow
from simulator.base import Scene


def new_episode(
    episode: str,
    instruction: str,
    scene: Scene,
    *,
    seed: int,
    models: dict[str, str],
    settings: dict[str, Json],
    at: datetime,
) -> EpisodeRow:
    """Return a running episode owned by this process."""
    return EpisodeRow(
        id=episode,
        version=RECORD_VERSION,
        instruction=instruction,
        scene=plain(scene),
        situation=situation(instruction, scene),
        seed=seed,
        models=plain(models),
        settings=plain(settings),
        status="running",
        rounds=0,
        owner=current_owner(),
        started_at=at,
        heartbeat_at=at,
    )


def new_decomposition(row: EpisodeRow, decomposition: Decomposition) -> DecompositionRow:
    """Return the decomposition as the next round of the episode ``row``."""
    return DecompositionRow(
        episode=row.number,
        round=row.rounds,
        status=decomposition.status,
        constraints=plain(decomposition.constraints),
        message=decomposition.message,
        choices=plain(decomposition.choices),
        backend=decomposition.backend,
        milliseconds=float(decomposition.milliseconds),
        at=row.heartbeat_at,
    )


def new_subgoals(row: EpisodeRow, decomposition: Decomposition) -> list[SubgoalRow]:
    """Return the subgoals of the next round, none of them begun."""
    return [
        SubgoalRow(
            episode=row.number,
            round=row.rounds,
            subgoal=index,
            facts=[plain(fact.as_list()) for fact in subgoal.facts],
            words=subgoal.words,
            keep=plain(subgoal.keep),
            manner=subgoal.manner,
            status="pending",
        )
        for index, subgoal in enumerate(decomposition.subgoals)
    ]


def new_attempt(row: EpisodeRow, attempt: AttemptRecord, before_step: int) -> AttemptRow:
    """Return the candidate without its verdict; ``before_step`` control steps had been executed by then."""
    plan = attempt.plan
    return AttemptRow(
        episode=row.number,
        round=latest_round(row),
        subgoal=attempt.subgoal,
        attempt=attempt.attempt,
        before_step=before_step,
        energy=finite(plan.energy),
        first_energy=finite(plan.first_energy),
        milliseconds=float(plan.milliseconds),
        manipulations=plain(plan.manipulations),
        trace=plain(plan.trace),
        imagined=plain(plan.imagined),
        actions=np.asarray(plan.actions, dtype=np.float32),
        executed=False,
        at=row.heartbeat_at,
    )


def new_step(row: EpisodeRow, step: StepRecord) -> StepRow:
    """Return one executed control step."""
    return StepRow(
        episode=row.number,
        step=step.step,
        round=latest_round(row),
        subgoal=step.subgoal,
        attempt=step.attempt,
        action=step.action,
        proprioception=step.proprioception,
        surprise=finite(step.surprise),
        chosen_by=step.chosen_by,
    )


def latest_round(row: EpisodeRow) -> int:
    """Return the round that is under way, 0 before the first decomposition."""
    return max(row.rounds - 1, 0)

"""Episodic memory: episodes recalled by the likeness of their words, and what failed before in the same situation."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hybrid.base import Json
from hybrid.store.embedding import Embedder, rank
from hybrid.store.records import manipulation_of, normalised, same_places, scene_of, situation
from hybrid.store.tables import AttemptRow, EpisodeRow, MemoryRow, SubgoalRow
from planner.base import Manipulation
from simulator.base import Scene


def remember_episode(session: Session, row: EpisodeRow, embedder: Embedder) -> None:
    """Keep the instruction of a reached episode for :func:`similar_episodes`."""
    memory = MemoryRow(
        id=secrets.token_hex(8),
        tenant=row.tenant,
        kind="episode",
        text=row.instruction,
        embedder=embedder.name,
        embedding=embedder.embed(row.instruction),
        uses=0,
        episode=row.number,
        at=datetime.now(UTC),
    )
    session.add(memory)


def similar_episodes(
    session: Session, tenant: str, embedder: Embedder, instruction: str, limit: int
) -> list[dict[str, Json]]:
    """Return the ``limit`` reached episodes most alike in words, each instruction once, its latest episode for all.

    Every entry holds ``episode``, ``instruction``, ``similarity`` (cosine), the reached ``subgoals`` and the executed
    ``manipulations``.
    """
    query = select(MemoryRow).where(
        MemoryRow.tenant == tenant, MemoryRow.kind == "episode", MemoryRow.embedder == embedder.name
    )
    latest: dict[str, MemoryRow] = {}
    for memory in session.scalars(query.order_by(MemoryRow.number.desc())):
        latest.setdefault(normalised(memory.text), memory)
    rows = list(latest.values())
    ranked = rank(embedder.embed(instruction), [memory.embedding for memory in rows])[:limit]
    return [_recollection(session.get_one(EpisodeRow, rows[index].episode), cosine) for index, cosine in ranked]


def rejected_manipulations(session: Session, tenant: str, instruction: str, scene: Scene) -> tuple[Manipulation, ...]:
    """Return the first manipulations that did not work out before in the same situation, latest first, each once.

    The situation is the same when the words are and every thing stands where one of its kind and colour stood when the
    earlier episode began. A manipulation did not work out when the check rejected it, or when it was executed first and
    its subgoal ended unmet. Things are named by the ids of ``scene``.
    """
    query = (
        select(AttemptRow, EpisodeRow, SubgoalRow.status)
        .join(EpisodeRow, EpisodeRow.number == AttemptRow.episode)
        .outerjoin(
            SubgoalRow,
            (SubgoalRow.episode == AttemptRow.episode)
            & (SubgoalRow.round == AttemptRow.round)
            & (SubgoalRow.subgoal == AttemptRow.subgoal),
        )
        .where(
            EpisodeRow.tenant == tenant,
            EpisodeRow.situation == situation(instruction, scene),
            AttemptRow.before_step == 0,
        )
        .order_by(AttemptRow.number.desc())
    )
    found: dict[Manipulation, None] = {}
    for attempt, episode, ended in session.execute(query):
        failed = attempt.accepted is False or (attempt.executed and ended == "unmet")
        manipulations = cast("list[Json]", attempt.manipulations)
        names = same_places(scene_of(episode.scene), scene) if failed and manipulations else None
        if names is not None:
            first = manipulation_of(manipulations[0])
            found[replace(first, thing=names.get(first.thing, first.thing))] = None
    return tuple(found)


def _recollection(row: EpisodeRow, similarity: float) -> dict[str, Json]:
    return {
        "episode": row.id,
        "instruction": row.instruction,
        "similarity": similarity,
        "subgoals": [
            {"words": subgoal.words, "facts": subgoal.facts} for subgoal in row.subgoals if subgoal.status == "reached"
        ],
        "manipulations": [
            cast("list[Json]", attempt.manipulations)[0]
            for attempt in row.attempts
            if attempt.executed and attempt.manipulations
        ],
    }

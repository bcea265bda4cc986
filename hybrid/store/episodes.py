"""The store of episodes over SQL: a record is written before its effect and completed after it.

``open_store`` is the door; ``SqlStore`` implements ``hybrid.base.EpisodeStore`` and adds what the service and the CLI
need: closing what a dead process left open, videos, and the images of an episode. Every write is durable on return.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hybrid.base import AttemptRecord, Decomposition, Json, Outcome, StepRecord
from hybrid.errors import EpisodeNotFoundError, EpisodeStateError, StoreError
from hybrid.store.artifacts import Artifacts, pack_images, picture, unpack_images
from hybrid.store.embedding import Embedder, HashedNgrams, load_embedder
from hybrid.store.engine import Database, open_database
from hybrid.store.leases import Lease, guard
from hybrid.store.memories import Memories
from hybrid.store.memory import rejected_manipulations, remember_episode, similar_episodes
from hybrid.store.owner import alive
from hybrid.store.records import finite, plain
from hybrid.store.reports import episode_report, episode_summary, step_report
from hybrid.store.rows import latest_round, new_attempt, new_decomposition, new_episode, new_step, new_subgoals
from hybrid.store.tables import LOCAL, AttemptRow, EpisodeRow, ModelRow, ObservationRow, StepRow, SubgoalRow
from hybrid.store.tasks import TaskQueue
from planner.base import Manipulation
from simulator.base import FloatArray, Observation, Scene, WorldState

FALLBACK = HashedNgrams()
"""What likeness is measured with unless a model is named."""
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class SqlStore:
    """Episodes in a database, images in a folder; safe to use from several threads.

    Args:
        database: at the current revision.
        artifacts: where images and videos go.
    """

    def __init__(
        self,
        database: Database,
        artifacts: Artifacts,
        *,
        tenant: str = LOCAL,
        task: str | None = None,
        guard: Callable[[Session, bool], None] | None = None,
        embedder: Embedder = FALLBACK,
    ) -> None:
        self.database = database
        self.artifacts = artifacts
        self.tenant = tenant
        self._task = task
        self._guard = guard
        self._embedder = embedder
        self.tasks = TaskQueue(database, tenant)
        """The service's queue, in the same database."""
        self.memory = Memories(database, tenant, embedder)
        """What the tenant's service knows, in the same database."""

    def of(self, tenant: str) -> SqlStore:
        """Return the same store as ``tenant`` sees it."""
        return SqlStore(self.database, self.artifacts, tenant=tenant, embedder=self._embedder)

    def held_by(self, lease: Lease, told: Callable[[], None]) -> SqlStore:
        """Return the same store for whoever holds ``lease``: its writes are refused once the task is held no more.

        Args:
            lease: on the task whose episodes are written.
            told: called when somebody asked to stop the task.
        """
        held = guard(lease, told)
        task, tenant = lease.task.id, lease.task.tenant
        return SqlStore(self.database, self.artifacts, tenant=tenant, task=task, guard=held, embedder=self._embedder)

    def open_episode(
        self, *, instruction: str, scene: Scene, seed: int, models: dict[str, str], settings: dict[str, Json]
    ) -> str:
        """Create a running episode and return its id, ``YYYYMMDD-HHMMSS-xxxxxx`` in UTC."""
        now = datetime.now(UTC)
        name = f"{now:%Y%m%d-%H%M%S}-{''.join(secrets.choice(_ALPHABET) for _ in range(6))}"
        row = new_episode(name, instruction, scene, seed=seed, models=models, settings=settings, at=now)
        row.tenant, row.task = self.tenant, self._task
        with self.database.write() as session:
            self._ask_guard(session)
            session.add(row)
            for role, version in models.items():
                _use_model(session, self.database.backend, role, version, now)
        return name

    def record_decomposition(self, episode: str, decomposition: Decomposition) -> None:
        """Store the decomposition and its subgoals; a further one of the same episode opens the next round."""
        with self.database.write() as session:
            row = self._running(session, episode)
            session.add(new_decomposition(row, decomposition))
            session.add_all(new_subgoals(row, decomposition))
            row.rounds += 1

    def record_observation(self, episode: str, step: int, observation: Observation) -> str:
        """Store images content-addressed and return their name, ``<sha256>.npz``."""
        name = self.artifacts.put(pack_images(observation), "npz")
        with self.database.write() as session:
            row = self._running(session, episode)
            session.add(
                ObservationRow(
                    episode=row.number,
                    step=step,
                    images=name,
                    proprioception=observation.proprioception,
                    at=row.heartbeat_at,
                )
            )
        return name

    def record_attempt(self, episode: str, attempt: AttemptRecord) -> None:
        """Store a candidate with its verdict, before it is executed.

        Recording the same candidate again (same subgoal, attempt and actions) completes the first record: the verdict
        is filled in, and ``executed`` becomes true.
        """
        with self.database.write() as session:
            row = self._running(session, episode, moves=attempt.executed)
            record = _same_attempt(session, row, attempt) or _add_attempt(session, row, attempt)
            if attempt.verdict is not None:
                record.verdict = plain(attempt.verdict)
                record.accepted = attempt.verdict.accepted
            record.executed = record.executed or attempt.executed

    def record_steps(self, episode: str, steps: tuple[StepRecord, ...]) -> None:
        """Store executed control steps; a step number is stored once."""
        with self.database.write() as session:
            row = self._running(session, episode)
            session.add_all(new_step(row, step) for step in steps)

    def record_subgoal(self, episode: str, subgoal: int, status: str, margin: float | None, reason: str | None) -> None:
        """Store how a subgoal of the latest decomposition ended; ``margin`` in metres."""
        with self.database.write() as session:
            row = self._running(session, episode)
            record = session.get(SubgoalRow, (row.number, latest_round(row), subgoal))
            if record is None:
                problem = f"episode {episode} has no subgoal {subgoal}"
                raise StoreError("subgoal", problem, "Record the decomposition first.")
            record.status, record.margin, record.reason = status, finite(margin), reason

    def close_episode(self, episode: str, outcome: Outcome, final: WorldState | None) -> None:
        """Complete the record; the true final state is kept for scoring and replays only."""
        with self.database.write() as session:
            row = self._running(session, episode)
            row.status, row.reason = outcome.status, outcome.reason
            row.outcome, row.final = plain(outcome), plain(final)
            row.finished_at = row.heartbeat_at
            if outcome.status == "reached":
                remember_episode(session, row, self._embedder)

    def mark_interrupted(self, episode: str, reason: str) -> bool:
        """Close a running episode as interrupted; return False when it had ended already."""
        with self.database.write() as session:
            row = _found_by(session, EpisodeRow.id == episode, episode, lock=True)
            if row.status != "running":
                return False
            row.status, row.reason, row.finished_at = "interrupted", reason, datetime.now(UTC)
            return True

    def recover(self) -> tuple[str, ...]:
        """Close as interrupted what dead processes left running; return the ids of those episodes."""
        now = datetime.now(UTC)
        with self.database.read() as session:
            running = session.scalars(select(EpisodeRow).where(EpisodeRow.status == "running")).all()
        orphans = [row.id for row in running if not alive(row.owner, row.heartbeat_at, now)]
        reason = "the process that ran this episode ended before it was complete"
        return tuple(episode for episode in orphans if self.mark_interrupted(episode, reason))

    def episode(self, episode: str) -> dict[str, Json]:
        """Return everything stored of an episode as JSON; raises ``EpisodeNotFoundError`` when there is none."""
        with self.database.read() as session:
            return episode_report(self._found(session, episode))

    def episodes(
        self, *, limit: int = 20, before: str | None = None, status: str | None = None
    ) -> list[dict[str, Json]]:
        """Return summaries, newest first; ``before`` is the id of the last one already seen."""
        with self.database.read() as session:
            mine = select(EpisodeRow).where(EpisodeRow.tenant == self.tenant)
            query = mine.order_by(EpisodeRow.number.desc()).limit(limit)
            if before is not None:
                query = query.where(EpisodeRow.number < self._found(session, before).number)
            if status is not None:
                query = query.where(EpisodeRow.status == status)
            return [episode_summary(row) for row in session.scalars(query)]

    def similar(self, instruction: str, *, limit: int = 3) -> list[dict[str, Json]]:
        """Return past reached episodes whose instruction is most alike."""
        with self.database.read() as session:
            return similar_episodes(session, self.tenant, self._embedder, instruction, limit)

    def rejected(self, instruction: str, scene: Scene) -> tuple[Manipulation, ...]:
        """Return manipulations that failed or were rejected before in the same situation."""
        with self.database.read() as session:
            return rejected_manipulations(session, self.tenant, instruction, scene)

    def actions(self, episode: str) -> FloatArray:
        """Return the executed actions ``[T, A]``, to the bit as they were recorded."""
        with self.database.read() as session:
            rows = self._found(session, episode).steps
        return np.stack([row.action for row in rows]) if rows else np.zeros((0, 4), dtype=np.float32)

    def steps(self, episode: str, *, after: int = -1, limit: int = 100) -> list[dict[str, Json]]:
        """Return executed control steps after number ``after``, in order."""
        with self.database.read() as session:
            number = self._found(session, episode).number
            query = select(StepRow).where(StepRow.episode == number, StepRow.step > after)
            return [step_report(row) for row in session.scalars(query.order_by(StepRow.step).limit(limit))]

    def observations(self, episode: str) -> tuple[Observation, ...]:
        """Return what was seen, in order; raises ``StoreError`` when images are missing or damaged."""
        with self.database.read() as session:
            rows = self._found(session, episode).observations
        return tuple(self._seen(row) for row in rows)

    def _seen(self, row: ObservationRow) -> Observation:
        images = self.artifacts.get(row.images)
        return unpack_images(images, proprioception=row.proprioception, step=row.step)

    def frame(self, episode: str, step: int, view: int) -> Path:
        """Return where one view of what was seen at ``step`` lies as a PNG picture.

        Raises:
            EpisodeNotFoundError: there is no such episode, or nothing was seen at that step by that camera.
            StoreError: the images are missing or damaged.
        """
        with self.database.read() as session:
            number = self._found(session, episode).number
            query = select(ObservationRow).where(ObservationRow.episode == number, ObservationRow.step == step)
            row = session.scalar(query.order_by(ObservationRow.number).limit(1))
        seen = None if row is None else self._seen(row)
        if seen is None or view >= len(seen.rgb):
            problem = f"camera {view} saw nothing at step {step} of episode {episode[:80]}"
            raise EpisodeNotFoundError("frame", problem, "See the `observations` of the episode.")
        return self.artifacts.path(self.artifacts.put(picture(seen.rgb[view]), "png"))

    def refuse_running(self, episode: str) -> None:
        """Raise ``StoreError`` while an episode is running, ``EpisodeNotFoundError`` when there is none of that id."""
        with self.database.read() as session:
            if self._found(session, episode).status == "running":
                raise EpisodeStateError("episode", f"{episode} is still running", "Cancel its task, or wait.")

    def record_video(self, episode: str, data: bytes, suffix: str) -> str:
        """Keep a video of an episode, ended or not, and return its name; a later one replaces it."""
        name = self.artifacts.put(data, suffix)
        with self.database.write() as session:
            self._found(session, episode).video = name
        return name

    def video(self, episode: str) -> Path | None:
        """Return where the video of an episode lies, or None when none was recorded."""
        with self.database.read() as session:
            name = self._found(session, episode).video
        return None if name is None else self.artifacts.path(name)

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    def _ask_guard(self, session: Session, *, moves: bool = False) -> None:
        if self._guard is not None:
            self._guard(session, moves)

    def _found(self, session: Session, episode: str, *, lock: bool = False) -> EpisodeRow:
        mine = (EpisodeRow.id == episode) & (EpisodeRow.tenant == self.tenant)
        return _found_by(session, mine, episode, lock=lock)

    def _running(self, session: Session, episode: str, *, moves: bool = False) -> EpisodeRow:
        self._ask_guard(session, moves=moves)
        row = self._found(session, episode, lock=True)
        if row.status != "running":
            problem = f"{episode} has ended as {row.status}"
            raise StoreError("episode", problem, "Open a new episode; an ended record is not changed.")
        row.heartbeat_at = datetime.now(UTC)
        return row


def open_store(url: str, artifacts: Path, embeddings: str = "") -> SqlStore:
    """Open the store, creating or migrating its tables, and close what dead processes left running.

    Args:
        url: address of the database, as ``hybrid.store.engine.open_database`` takes it.
        artifacts: folder of the images and videos; created when first needed.
        embeddings: what likeness is measured with, as ``hybrid.store.embedding.load_embedder`` takes it.

    Returns:
        A store ready for use; ``close`` it when done.

    Raises:
        StoreError: the database is locked, full, read-only, damaged, missing or of another version.
    """
    store = SqlStore(open_database(url), Artifacts(artifacts), embedder=load_embedder(embeddings))
    store.recover()
    return store


def _found_by(session: Session, condition: ColumnElement[bool], episode: str, *, lock: bool = False) -> EpisodeRow:
    query = select(EpisodeRow).where(condition)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise EpisodeNotFoundError(
            "episode", f"there is none called {episode[:80]!r}", "List them: hybrid episodes list."
        )
    return row


def _same_attempt(session: Session, row: EpisodeRow, attempt: AttemptRecord) -> AttemptRow | None:
    query = select(AttemptRow).where(
        AttemptRow.episode == row.number,
        AttemptRow.round == latest_round(row),
        AttemptRow.subgoal == attempt.subgoal,
        AttemptRow.attempt == attempt.attempt,
    )
    actions = np.asarray(attempt.plan.actions, dtype=np.float32).ravel()
    return next((found for found in session.scalars(query) if np.array_equal(found.actions, actions)), None)


def _add_attempt(session: Session, row: EpisodeRow, attempt: AttemptRecord) -> AttemptRow:
    steps = session.scalar(select(func.count()).where(StepRow.episode == row.number)) or 0
    record = new_attempt(row, attempt, steps)
    session.add(record)
    return record


def _use_model(session: Session, backend: str, role: str, version: str, now: datetime) -> None:
    insert = postgresql.insert if backend == "postgresql" else sqlite.insert
    session.execute(
        insert(ModelRow)
        .values(role=role, version=version, first_used_at=now, last_used_at=now)
        .on_conflict_do_update(index_elements=["role", "version"], set_={"last_used_at": now})
    )

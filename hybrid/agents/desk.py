"""The desk at which runs of the graph work: one engine's parts, the ledger, the worlds, and sessions laid out on it.

A node takes its session from the desk, where it is put together from what is written down, and puts it back in
writing: whether the process that ran the node before is still alive makes no difference.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import select

from hybrid.agents.state import PlanningState
from hybrid.agents.worlds import LedgerWorld, Standing, Worlds
from hybrid.agents.written import read_back, read_scene, read_turns, write_down, write_turns
from hybrid.base import Decomposition, Json, Outcome, StepRecord, Turn
from hybrid.bootstrap import build_engine
from hybrid.config import load_settings
from hybrid.conversation import MOST_TURNS
from hybrid.engine import PlanningEngine, never
from hybrid.errors import ConfigError, EpisodeNotFoundError
from hybrid.session import Parts, Session
from hybrid.store.episodes import SqlStore
from hybrid.store.ledger import Ledger
from hybrid.store.owner import current_owner
from hybrid.store.records import scene_of
from hybrid.store.tables import EpisodeRow, StepRow
from simulator.base import WorldState

EngineMaker = Callable[[], PlanningEngine]


class ResumableStore(SqlStore):
    """The store of episodes for runs that may go on in another process: what was recorded is not recorded twice."""

    @classmethod
    def over(cls, store: SqlStore) -> ResumableStore:
        """Return the same store, for runs that may go on in another process."""
        return cls(store.database, store.artifacts, tenant=store.tenant, embedder=store._embedder)

    def reopen(self, episode: str) -> bool:
        """Let ``episode`` be written by this process, though another one began it and is gone.

        Returns:
            False when it has ended for good.

        Raises:
            EpisodeNotFoundError: it was forgotten.
        """
        with self.database.write() as session:
            row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode).with_for_update()).one_or_none()
            if row is None:
                problem = f"{episode} was forgotten while its thread waited"
                raise EpisodeNotFoundError("episode", problem, "Ask again on this thread; its table is as it was left.")
            if row.status == "interrupted":
                row.status, row.reason, row.finished_at = "running", None, None
            if row.status == "running":
                row.owner, row.heartbeat_at = current_owner(), datetime.now(UTC)
            return row.status == "running"

    def begins_at(self, episode: str, step: int) -> None:
        """Note that ``episode`` begins after ``step`` control steps of its table: others acted before it did."""
        with self.database.write() as session:
            row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode)).one()
            row.settings = {**cast("dict[str, Json]", row.settings), "table_step": step}

    def branch(self, episode: str, decomposition: Decomposition | None, steps: int, table: str) -> str:
        """Open an episode that shares the first ``steps`` control steps with ``episode`` and goes on at ``table``."""
        with self.database.read() as session:
            row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode)).one()
            shared = [step for step in row.steps if step.step < steps]
        settings = {**cast("dict[str, Json]", row.settings), "branched_from": episode, "table": table}
        made = self.open_episode(
            instruction=row.instruction, scene=scene_of(row.scene), seed=row.seed,
            models=cast("dict[str, str]", row.models), settings=settings,
        )  # fmt: skip
        if decomposition is not None:
            self.record_decomposition(made, decomposition)
        if shared:
            self.record_steps(made, tuple(_step(step) for step in shared))
        return made

    def record_steps(self, episode: str, steps: tuple[StepRecord, ...]) -> None:
        """Store executed control steps; those already stored stay as they are."""
        with self.database.read() as session:
            number = select(EpisodeRow.number).where(EpisodeRow.id == episode).scalar_subquery()
            known = set(session.scalars(select(StepRow.step).where(StepRow.episode == number)))
        fresh = tuple(step for step in steps if step.step not in known)
        if fresh:
            super().record_steps(episode, fresh)

    def close_episode(self, episode: str, outcome: Outcome, final: WorldState | None) -> None:
        """Complete the record; one that was completed before the process died stays as it is."""
        with self.database.read() as session:
            status = session.scalar(select(EpisodeRow.status).where(EpisodeRow.id == episode))
        if status == "running":
            super().close_episode(episode, outcome, final)


def _step(row: StepRow) -> StepRecord:
    surprise = 0.0 if row.surprise is None else row.surprise
    return StepRecord(row.step, row.subgoal, row.attempt, row.action, row.proprioception, surprise, row.chosen_by)


class Desk:
    """What all runs of one graph share; put together when first asked for, safe to use from several threads.

    Args:
        engine: whose parts are used; None composes the one that the environment describes.
        standing: opens worlds that outlive this process; None acts on simulated ones.
    """

    def __init__(self, engine: PlanningEngine | EngineMaker | None = None, standing: Standing | None = None) -> None:
        self._engine = engine
        self._standing = standing
        self._lock = threading.Lock()
        self._made: tuple[Parts, ResumableStore, Worlds] | None = None

    @property
    def parts(self) -> Parts:
        """The engine's parts, with a store that a run may come back to."""
        return self._ready()[0]

    @property
    def store(self) -> ResumableStore:
        """The store of episodes."""
        return self._ready()[1]

    @property
    def worlds(self) -> Worlds:
        """The worlds that are acted on."""
        return self._ready()[2]

    @property
    def ledger(self) -> Ledger:
        """What was done to which table."""
        return self.worlds.ledger

    def session(self, state: PlanningState) -> Session:
        """Return the session of a run as it was left, whoever left it."""
        progress, parts = state.get("progress", {}), self.parts
        table = self.ledger.table(progress.get("table", ""))
        assert table is not None, "the run has no table"
        world = LedgerWorld(self.worlds, table.id, progress.get("step", 0))
        session = Session(parts, world, table.scene, state.get("episode", ""), never)
        notes = progress.get("notes", {})
        if notes:
            read_back(session, {name: self.ledger.read(digest) for name, digest in notes.items()})
        if "turns" in progress:
            session.turns = read_turns(self.ledger.read(progress["turns"]))
        return session

    def entered(self, state: PlanningState) -> Session:
        """Return the session of a run that is about to write its record, in a record that can be written.

        A run taken up again at a moment of its past finds its episode ended: it goes on in one that branches off.
        """
        session = self.session(state)
        if not self.store.reopen(session.episode):
            self.branch(session, state.get("progress", {}).get("table", ""))
        return session

    def branch(self, session: Session, table: str) -> None:
        """Let ``session`` go on in an episode of its own, at ``table``."""
        session.episode = self.store.branch(session.episode, session.decomposition, session.steps, table)

    def kept(self, data: bytes, suffix: str, episode: str | None = None) -> str:
        """Keep an artifact that a thread or a message will refer to, and return its name.

        Args:
            data: the bytes of the file.
            suffix: kind of file, without a dot.
            episode: with which it goes; None keeps it as long as what is unrelated is retained.
        """
        name = self.store.artifacts.put(data, suffix)
        self.ledger.keep(name, tenant=self.store.tenant, episode=episode)
        return name

    def written(self, session: Session) -> dict[str, str]:
        """Write down what ``session`` knows and return where, name to digest."""
        return {name: self.ledger.note(data) for name, data in write_down(session).items()}

    def remembered(self, session: Session, said: str, before: str) -> str:
        """Write down the conversation with what was just said and done, and return where.

        Args:
            session: as it ends.
            said: the request as clarified.
            before: digest of what was believed at the first look.
        """
        assert session.decomposition is not None, "nothing was understood"
        seen = read_scene(self.ledger.read(before))
        turn = Turn(said, session.decomposition, seen, session.sure.scene)
        return self.ledger.note(write_turns((*session.turns, turn)[-MOST_TURNS:]))

    def close(self) -> None:
        """Close every open world."""
        with self._lock:
            if self._made is not None:
                self._made[2].close()

    def _ready(self) -> tuple[Parts, ResumableStore, Worlds]:
        with self._lock:
            if self._made is None:
                engine = self._engine
                if engine is None:
                    engine = build_engine(load_settings())
                elif not isinstance(engine, PlanningEngine):
                    engine = engine()
                self._made = _composed(engine.parts, self._standing)
            return self._made


def _composed(parts: Parts, standing: Standing | None) -> tuple[Parts, ResumableStore, Worlds]:
    if not isinstance(parts.store, SqlStore):
        problem = f"its store is a {type(parts.store).__name__}, which keeps no ledger"
        raise ConfigError("engine", problem, "Compose it with hybrid.store.episodes.open_store.")
    store = ResumableStore.over(parts.store)
    return replace(parts, store=store), store, Worlds(Ledger(store.database), parts.world, standing)

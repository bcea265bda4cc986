"""The ledger of physical effects: what is about to be done to a table is written down first, and completed afterwards.

A block of control steps is one row, keyed by table and step. Whoever comes back after a crash reads which blocks were
completed, which one was under way, and carries on from there. It does not know what a world is.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hybrid.base import Json
from hybrid.errors import EpisodeNotFoundError, StoreCorruptError, StoreError, StoreMissingError
from hybrid.store.engine import Database
from hybrid.store.graph_tables import EffectRow, KeptRow, NoteRow, TableRow
from hybrid.store.records import plain, scene_of
from hybrid.store.tables import EpisodeRow
from simulator.base import FloatArray, Scene

ACTION, SENSED = 4, 5
"""Components of a control action and of what is sensed after it, as in ``simulator.base``."""


@dataclass(frozen=True)
class TableRecord:
    """A table that is acted on: its id, the scene it began as, and its seed."""

    id: str
    scene: Scene
    seed: int


@dataclass(frozen=True)
class Effect:
    """One block of control steps of a table.

    Attributes:
        step: control steps since the table was set up, before this block.
        key: who does it.
        actions: ``[K, A]``.
        sensed: ``[K, P]`` once completed, else None.
    """

    step: int
    key: str
    actions: FloatArray
    sensed: FloatArray | None

    @property
    def end(self) -> int:
        """Control steps since the table was set up, after this block."""
        return self.step + len(self.actions)


class Ledger:
    """Tables, effects and notes in ``database``; every write is durable on return."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set_up(self, table: str, scene: Scene, seed: int) -> TableRecord:
        """Return the table called ``table``; it begins as ``scene`` when there is none yet."""
        with self._database.write() as session:
            row = session.get(TableRow, table)
            if row is None:
                row = TableRow(id=table, scene=plain(scene), seed=seed, parent=None, parent_step=0, at=_now())
                session.add(row)
            return _record(row)

    def table(self, table: str) -> TableRecord | None:
        """Return the table called ``table``, or None when there is none."""
        with self._database.read() as session:
            row = session.get(TableRow, table)
            return None if row is None else _record(row)

    def steps(self, table: str) -> int:
        """Return how many control steps were completed on ``table`` since it was set up."""
        with self._database.read() as session:
            row = _found(session, table)
            last = session.scalar(_completed(table).order_by(EffectRow.step.desc()).limit(1))
            return row.parent_step if last is None else _effect(last).end

    def actions(self, table: str, steps: int) -> FloatArray:
        """Return the first ``steps`` completed control actions of ``table`` ``[T, A]``, those before it branched too.

        Raises:
            StoreError: fewer than that were completed.
        """
        with self._database.read() as session:
            row, upto, blocks = _found(session, table), steps, list[FloatArray]()
            while True:
                rows = session.scalars(_completed(row.id).where(EffectRow.step < upto).order_by(EffectRow.step.desc()))
                blocks.extend(_effect(found).actions[: upto - found.step] for found in rows)
                if row.parent is None:
                    break
                row, upto = _found(session, row.parent), min(upto, row.parent_step)
        done = np.concatenate([np.zeros((0, ACTION), np.float32), *reversed(blocks)])
        if len(done) < steps:
            problem = f"{len(done)} of {steps} control steps are on record"
            raise StoreError(f"table {table}", problem, "Begin on a new table, or restore the database.")
        return done

    def branch(self, table: str, step: int, key: str) -> str:
        """Return the table on which ``key`` may act after ``step`` control steps.

        It is ``table`` itself unless somebody else has acted on it since: then a new one that shares its first
        ``step`` control steps. What somebody else only intended there is forgotten.
        """
        with self._database.write() as session:
            row = _found(session, table)
            others = (EffectRow.table == table, EffectRow.step >= step, EffectRow.key != key)
            done = select(func.count()).select_from(EffectRow).where(*others, EffectRow.completed_at.is_not(None))
            if not session.scalar(done):
                session.execute(delete(EffectRow).where(*others))
                return table
            mine = _branch_name(table, step, key)
            if session.get(TableRow, mine) is None:
                session.add(
                    TableRow(id=mine, scene=row.scene, seed=row.seed, parent=table, parent_step=step, at=_now())
                )
            return mine

    def moved_on(self, table: str, step: int, thread: str | None) -> bool:
        """Tell whether others completed something on ``table`` since ``step``, and ``thread`` itself nothing."""
        with self._database.read() as session:
            rows = session.scalars(_completed(table).where(EffectRow.step >= step)).all()
            return bool(rows) and all(row.thread != thread or thread is None for row in rows)

    def effects(self, table: str, key: str) -> tuple[Effect, ...]:
        """Return what ``key`` completed or intended on ``table``, in order."""
        with self._database.read() as session:
            query = select(EffectRow).where(EffectRow.table == table, EffectRow.key == key).order_by(EffectRow.step)
            return tuple(_effect(row) for row in session.scalars(query))

    def intend(self, table: str, effect: Effect, *, episode: str, thread: str | None) -> None:
        """Write down that a block is about to be carried out; the same again changes nothing.

        Raises:
            StoreError: somebody else is at that step of the table, or it was to be something else.
        """
        with self._database.write() as session:
            row = session.get(EffectRow, (table, effect.step))
            if row is None:
                session.add(
                    EffectRow(
                        table=table, step=effect.step, key=effect.key, thread=thread, episode=episode,
                        actions=effect.actions, sensed=None, intended_at=_now(), completed_at=None,
                    )
                )  # fmt: skip
            elif row.key != effect.key or not np.array_equal(row.actions, effect.actions.ravel()):
                problem = f"step {effect.step} belongs to another effect"
                raise StoreError(f"table {table}", problem, "Let one run at a time act on a table.")

    def complete(self, table: str, step: int, sensed: FloatArray) -> None:
        """Write down that the block at ``step`` was carried out, with what was sensed ``[K, P]``."""
        with self._database.write() as session:
            row = session.get_one(EffectRow, (table, step))
            row.sensed, row.completed_at = sensed, _now()

    def note(self, data: bytes) -> str:
        """Keep ``data`` and return its digest."""
        digest = hashlib.sha256(data).hexdigest()
        with self._database.read() as session:
            if session.scalar(select(NoteRow.digest).where(NoteRow.digest == digest)) is not None:
                return digest
        with self._database.write() as session:
            session.merge(NoteRow(digest=digest, data=data, at=_now()))
        return digest

    def keep(self, artifact: str, *, tenant: str, episode: str | None = None) -> None:
        """Note that ``artifact`` is referred to from outside the records, so that it is not collected as garbage.

        Args:
            artifact: its name.
            tenant: whose it is.
            episode: with which it goes; None keeps it until what is as old is cleaned away.

        Raises:
            EpisodeNotFoundError: there is no such episode.
        """
        with self._database.write() as session:
            number = None
            if episode is not None:
                number = session.scalar(select(EpisodeRow.number).where(EpisodeRow.id == episode))
                if number is None:
                    remedy = "List them: hybrid episodes list."
                    raise EpisodeNotFoundError("episode", f"there is none called {episode[:80]!r}", remedy)
            same = (KeptRow.name == artifact, KeptRow.tenant == tenant, KeptRow.episode == number)
            known = session.scalar(select(KeptRow).where(*same))
            if known is None:
                session.add(KeptRow(name=artifact, tenant=tenant, episode=number, at=_now()))
            else:
                known.at = _now()

    def kept(self, artifact: str, *, tenant: str) -> bool:
        """Tell whether ``artifact`` is still kept for ``tenant``, by :meth:`keep`."""
        with self._database.read() as session:
            same = (KeptRow.name == artifact, KeptRow.tenant == tenant)
            return session.scalar(select(KeptRow.number).where(*same).limit(1)) is not None

    def read(self, digest: str) -> bytes:
        """Return what was kept under ``digest``; raises ``StoreMissingError`` when it is not there."""
        with self._database.read() as session:
            row = session.get(NoteRow, digest)
        if row is None:
            remedy = "Point HYBRID_DATABASE_URL at the database the thread was begun with, or begin a new thread."
            raise StoreMissingError("thread", f"its working memory {digest[:12]} is not in this database", remedy)
        return row.data


def earlier_actions(database: Database, settings: dict[str, Json]) -> FloatArray:
    """Return the control actions ``[T, A]`` carried out on an episode's table before it began; none on a fresh one.

    Args:
        database: that holds the ledger.
        settings: the episode's; one taken in from elsewhere brings its own ``earlier`` actions along.

    Raises:
        StoreError: the ledger does not hold them, or what was brought along are none.
    """
    if "earlier" in settings:
        try:
            return np.asarray(settings["earlier"], np.float32).reshape(-1, ACTION)
        except (TypeError, ValueError) as error:
            problem = "settings.earlier holds no control actions"
            raise StoreCorruptError("episode", problem, "Export the episode again.") from error
    step = cast("int", settings.get("table_step", 0))
    return Ledger(database).actions(str(settings["table"]), step) if step else np.zeros((0, ACTION), np.float32)


def new_table() -> str:
    """Return an id for a table that nobody else knows."""
    return f"table-{secrets.token_hex(8)}"


def _branch_name(table: str, step: int, key: str) -> str:
    return f"{table[:120]}@{step}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def _now() -> datetime:
    return datetime.now(UTC)


def _completed(table: str):  # noqa: ANN202  (a statement of the library's own generic kind)
    return select(EffectRow).where(EffectRow.table == table, EffectRow.completed_at.is_not(None))


def _found(session: Session, table: str) -> TableRow:
    row = session.get(TableRow, table)
    if row is None:
        raise StoreMissingError("table", f"there is none called {table[:80]!r}", "Set it up with a scene.")
    return row


def _record(row: TableRow) -> TableRecord:
    return TableRecord(row.id, scene_of(row.scene), row.seed)


def _effect(row: EffectRow) -> Effect:
    sensed = None if row.completed_at is None or row.sensed is None else row.sensed.reshape(-1, SENSED)
    return Effect(row.step, row.key, row.actions.reshape(-1, ACTION), sensed)

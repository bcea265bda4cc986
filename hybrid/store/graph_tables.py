"""The tables behind LangGraph graphs, beside those of the episodes: tables acted on, effects, notes, threads, items."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hybrid.base import Json
from hybrid.store.tables import LOCAL, Base
from simulator.base import FloatArray


class TableRow(Base):
    """A table that is acted on: where it began, and which other one it branched off after how many control steps."""

    __tablename__ = "graph_tables"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    scene: Mapped[Json] = mapped_column(nullable=False)
    seed: Mapped[int] = mapped_column(BigInteger)
    parent: Mapped[str | None] = mapped_column(String(200), index=True)
    parent_step: Mapped[int]
    at: Mapped[datetime]


class EffectRow(Base):
    """One block of control steps: written before it is carried out, completed with what was sensed after it."""

    __tablename__ = "graph_effects"

    table: Mapped[str] = mapped_column(String(200), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    """Control steps since the table was set up, before this block."""
    key: Mapped[str] = mapped_column(String(200))
    """What it is part of: the same key again is the same effect carried on, another key is another effect."""
    thread: Mapped[str | None] = mapped_column(String(200))
    episode: Mapped[str] = mapped_column(String(40))
    actions: Mapped[FloatArray]
    sensed: Mapped[FloatArray | None]
    intended_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class NoteRow(Base):
    """Something written down under the SHA-256 of its bytes."""

    __tablename__ = "graph_notes"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class ThreadRow(Base):
    """A thread that somebody opened at the service; its checkpoints lie with the checkpointer."""

    __tablename__ = "graph_threads"

    tenant: Mapped[str] = mapped_column(String(40), primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    notes: Mapped[Json] = mapped_column(nullable=False)
    """What whoever opened it wants to find it by."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class ItemRow(Base):
    """One item of the long-term store that graphs share; labels of the namespace are joined by full stops."""

    __tablename__ = "graph_items"

    namespace: Mapped[str] = mapped_column(String(400), primary_key=True)
    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    value: Mapped[Json] = mapped_column(nullable=False)
    embedding: Mapped[FloatArray | None]
    """Of the words by which it is searched for; null when it is not to be found that way."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    minutes: Mapped[float | None]
    """Time to live, minutes, by which a reading prolongs it."""


class KeptRow(Base):
    """An artifact that something outside the records refers to: a preview shown for approval, images of a look.

    Those of an episode go with it; others stay until they are older than what is retained.
    """

    __tablename__ = "graph_artifacts"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    tenant: Mapped[str] = mapped_column(String(40), default=LOCAL)
    episode: Mapped[int | None] = mapped_column(ForeignKey("episodes.number", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]

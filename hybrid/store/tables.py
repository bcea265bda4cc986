"""The tables, as SQLAlchemy models; Alembic's migrations beside them build exactly these.

``owner`` columns name the process that works on a row (``hybrid.store.owner``), so that a row left ``running`` by a
killed process can be told from one at work. Arrays are kept as little-endian float32 bytes: a replay is bit for bit.
SQLAlchemy's type hooks take a dialect that these types do not need, hence the linter's exemptions.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

import numpy as np
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from hybrid.base import Json
from simulator.base import FloatArray

RECORD_VERSION = 1
"""Version of an episode's record; a reader refuses others by name."""
LOCAL = "local"
"""The tenant of whoever uses this machine without a key: the command line, and a service that asks for none."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment with its zone."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Floats(TypeDecorator[FloatArray]):
    """A float32 array of any length, flattened, as little-endian bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: FloatArray | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Return the array's bytes."""
        return None if value is None else np.ascontiguousarray(value, dtype="<f4").tobytes()

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> FloatArray | None:  # noqa: ARG002
        """Return the bytes as a one-dimensional array."""
        return None if value is None else np.frombuffer(value, dtype="<f4")

    def compare_values(self, x: FloatArray | None, y: FloatArray | None) -> bool:
        """Tell whether two arrays are the same, of whatever lengths: what SQLAlchemy asks before it writes a change."""
        return x is y or (x is not None and y is not None and np.array_equal(x, y))


class Base(DeclarativeBase):
    """The tables' common ancestor: constraint names are spelt out so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[object, object]] = {
        datetime: Instant(),
        FloatArray: Floats(),
        Json: JSON(none_as_null=True),
    }


class EpisodeRow(Base):
    """One run of one instruction, from words to the final state."""

    __tablename__ = "episodes"
    __table_args__ = (Index("ix_episodes_tenant_number", "tenant", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    tenant: Mapped[str] = mapped_column(String(40), default=LOCAL)
    task: Mapped[str | None] = mapped_column(String(40), index=True)
    """Id of the task it carries out, None when nobody queued it."""
    version: Mapped[int]
    instruction: Mapped[str] = mapped_column(Text)
    scene: Mapped[Json] = mapped_column(nullable=False)
    situation: Mapped[str] = mapped_column(String(64), index=True)
    """Digest of the words and of the kinds and colours on the table: what "the same situation" is looked up by."""
    seed: Mapped[int] = mapped_column(BigInteger)
    models: Mapped[Json] = mapped_column(nullable=False)
    settings: Mapped[Json] = mapped_column(nullable=False)
    status: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    rounds: Mapped[int] = mapped_column(default=0)
    """Decompositions recorded so far."""
    outcome: Mapped[Json]
    final: Mapped[Json]
    video: Mapped[str | None] = mapped_column(String(80))
    owner: Mapped[str] = mapped_column(String(160))
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    decompositions: Mapped[list[DecompositionRow]] = relationship(order_by="DecompositionRow.round")
    subgoals: Mapped[list[SubgoalRow]] = relationship(order_by="(SubgoalRow.round, SubgoalRow.subgoal)")
    attempts: Mapped[list[AttemptRow]] = relationship(order_by="AttemptRow.number")
    steps: Mapped[list[StepRow]] = relationship(order_by="StepRow.step")
    observations: Mapped[list[ObservationRow]] = relationship(order_by="ObservationRow.step")


class DecompositionRow(Base):
    """What the language model made of the instruction; ``round`` counts the decompositions of one episode from 0."""

    __tablename__ = "decompositions"

    episode: Mapped[int] = mapped_column(ForeignKey("episodes.number", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    constraints: Mapped[Json] = mapped_column(nullable=False)
    message: Mapped[str | None] = mapped_column(Text)
    choices: Mapped[Json] = mapped_column(nullable=False)
    backend: Mapped[str] = mapped_column(Text)
    milliseconds: Mapped[float]
    at: Mapped[datetime]


class SubgoalRow(Base):
    """One subgoal of one decomposition and how it ended."""

    __tablename__ = "subgoals"

    episode: Mapped[int] = mapped_column(ForeignKey("episodes.number", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    subgoal: Mapped[int] = mapped_column(primary_key=True)
    facts: Mapped[Json] = mapped_column(nullable=False)
    words: Mapped[str] = mapped_column(Text)
    keep: Mapped[Json] = mapped_column(nullable=False)
    manner: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    margin: Mapped[float | None]
    reason: Mapped[str | None] = mapped_column(Text)


class AttemptRow(Base):
    """One candidate plan with its energies and its verdict; ``number`` keeps the order of recording."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_episode_round_subgoal_attempt", "episode", "round", "subgoal", "attempt"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    episode: Mapped[int] = mapped_column(ForeignKey("episodes.number", ondelete="CASCADE"))
    round: Mapped[int]
    subgoal: Mapped[int]
    attempt: Mapped[int]
    before_step: Mapped[int]
    """Control steps executed when the candidate was recorded: 0 is the situation the episode opened with."""
    energy: Mapped[float | None]
    first_energy: Mapped[float | None]
    milliseconds: Mapped[float]
    manipulations: Mapped[Json] = mapped_column(nullable=False)
    trace: Mapped[Json] = mapped_column(nullable=False)
    imagined: Mapped[Json] = mapped_column(nullable=False)
    actions: Mapped[FloatArray]
    verdict: Mapped[Json]
    accepted: Mapped[bool | None]
    executed: Mapped[bool]
    at: Mapped[datetime]


class StepRow(Base):
    """One executed control step."""

    __tablename__ = "steps"

    episode: Mapped[int] = mapped_column(ForeignKey("episodes.number", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    round: Mapped[int]
    subgoal: Mapped[int]
    attempt: Mapped[int]
    action: Mapped[FloatArray]
    proprioception: Mapped[FloatArray]
    surprise: Mapped[float | None]
    chosen_by: Mapped[str] = mapped_column(String(32))


class ObservationRow(Base):
    """What was seen at one step; the images lie in the artifact folder under their digest."""

    __tablename__ = "observations"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    episode: Mapped[int] = mapped_column(ForeignKey("episodes.number", ondelete="CASCADE"), index=True)
    step: Mapped[int]
    images: Mapped[str] = mapped_column(String(80))
    proprioception: Mapped[FloatArray]
    at: Mapped[datetime]


class MemoryRow(Base):
    """Something worth recalling: what was done (episode), what a name means (fact), what worked (skill)."""

    __tablename__ = "memories"
    __table_args__ = (Index("ix_memories_tenant_kind_subject", "tenant", "kind", "subject"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    tenant: Mapped[str] = mapped_column(String(40), default=LOCAL)
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str | None] = mapped_column(String(200))
    """What it is looked up by: a fact's name, a skill's situation."""
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[Json]
    embedder: Mapped[str] = mapped_column(String(64))
    embedding: Mapped[FloatArray]
    episode: Mapped[int | None] = mapped_column(ForeignKey("episodes.number", ondelete="CASCADE"), index=True)
    uses: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class ModelRow(Base):
    """A checkpoint or backend that took part in an episode, by its role."""

    __tablename__ = "models"
    __table_args__ = (UniqueConstraint("role", "version"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    role: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(400))
    first_used_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class TaskRow(Base):
    """One request to the service; a worker holds it while ``fence`` is the number it took it with."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("tenant", "idempotency_key"),
        Index("ix_tasks_status_priority_number", "status", "priority", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    tenant: Mapped[str] = mapped_column(String(40), default=LOCAL)
    kind: Mapped[str] = mapped_column(String(16), default="run")
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    request_hash: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(64))
    thread: Mapped[str | None] = mapped_column(String(80), index=True)
    instruction: Mapped[str] = mapped_column(Text)
    scene: Mapped[Json] = mapped_column(nullable=False)
    seed: Mapped[int] = mapped_column(BigInteger)
    details: Mapped[Json]
    """What else was asked, by the kind of task."""
    priority: Mapped[int] = mapped_column(default=0)
    deadline_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(16))
    cancel_requested: Mapped[bool]
    episode: Mapped[str | None] = mapped_column(String(40), index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[Json]
    owner: Mapped[str | None] = mapped_column(String(160))
    fence: Mapped[int] = mapped_column(default=0)
    """Counts how often the task changed hands; a holder with a smaller number holds nothing any more."""
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    available_at: Mapped[datetime | None]
    """Not to be taken before this moment; None means at once."""
    acted_at: Mapped[datetime | None]
    """When the first movement was written down, just before it began; from then on the task is never run again."""
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class TaskEventRow(Base):
    """One thing that happened in a task; ``sequence`` counts from 1 without gaps."""

    __tablename__ = "task_events"

    task: Mapped[int] = mapped_column(ForeignKey("tasks.number", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32))
    data: Mapped[Json] = mapped_column(nullable=False)
    at: Mapped[datetime]


class WorkerRow(Base):
    """A process that carries out tasks, and when it last said so."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(160))
    status: Mapped[str] = mapped_column(String(16))
    models: Mapped[Json]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]


class KeyRow(Base):
    """A key to the service: only the digest of its secret is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(40), index=True)
    label: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[Json] = mapped_column(nullable=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]

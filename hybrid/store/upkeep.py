"""Keeps the store small and sound: forgetting, retention, garbage, and looking whether everything is whole.

Images are shared between records, so they are not removed with one of them: what no record names, and has lain there
for a while (a record is written just after its images), is collected later.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, text

from hybrid.errors import StoreCorruptError, StoreMissingError
from hybrid.store.artifacts import Artifacts
from hybrid.store.engine import Database
from hybrid.store.episodes import SqlStore
from hybrid.store.graph_tables import KeptRow
from hybrid.store.tables import EpisodeRow, MemoryRow, ObservationRow, TaskRow

GRACE_SECONDS = 3600.0
"""Age below which a file without a record is left alone: its record may be about to be written."""


@dataclass(frozen=True)
class Swept:
    """What was removed: files no record names, and their bytes."""

    files: int
    bytes: int


@dataclass(frozen=True)
class Soundness:
    """What an inspection of the store found.

    Attributes:
        episodes: how many there are.
        artifacts: how many files records name.
        missing, damaged: names of those that are not there, or not as they were stored.
        database: what the database says of itself, ``ok`` when nothing is wrong.
    """

    episodes: int
    artifacts: int
    missing: tuple[str, ...]
    damaged: tuple[str, ...]
    database: str

    @property
    def ok(self) -> bool:
        """Whether everything is whole."""
        return not self.missing and not self.damaged and self.database == "ok"


def forget_episode(store: SqlStore, episode: str) -> None:
    """Remove an episode with all its records and memories, and unname it in its task.

    Its images are collected by :func:`sweep` once no other record names them.

    Raises:
        EpisodeNotFoundError: there is none of that id.
        StoreError: it is still running, or the store cannot be written.
    """
    store.refuse_running(episode)
    with store.database.write() as session:
        row = session.scalar(select(EpisodeRow).where(EpisodeRow.id == episode, EpisodeRow.tenant == store.tenant))
        if row is None:
            return
        for task in session.scalars(select(TaskRow).where(TaskRow.episode == episode)):
            task.episode = None
        session.execute(delete(EpisodeRow).where(EpisodeRow.number == row.number))


def retain(store: SqlStore, *, days: float) -> int:
    """Forget the tenant's episodes that ended more than ``days`` ago; return how many.

    Artifacts as old that were kept for no episode (what a tool saw) are named no more either.
    """
    with store.database.read() as session:
        before = store.database.now(session) - timedelta(days=days)
        query = select(EpisodeRow.id).where(
            EpisodeRow.tenant == store.tenant, EpisodeRow.status != "running", EpisodeRow.finished_at < before
        )
        old = list(session.scalars(query))
    for episode in old:
        forget_episode(store, episode)
    unrelated = (KeptRow.tenant == store.tenant, KeptRow.episode.is_(None), KeptRow.at < before)
    with store.database.write() as session:
        session.execute(delete(KeptRow).where(*unrelated))
    return len(old)


def sweep(database: Database, artifacts: Artifacts, *, grace_seconds: float = GRACE_SECONDS) -> Swept:
    """Remove files that no record names and that are older than ``grace_seconds``; safe beside running episodes.

    Raises:
        StoreError: the store cannot be read.
    """
    old = time.time() - grace_seconds
    candidates = [path for path in artifacts.files() if path.stat().st_mtime < old]
    named = _named(database)
    files, size = 0, 0
    for path in candidates:
        if path.name not in named and artifacts.stale(path, old):
            size += path.stat().st_size
            path.unlink(missing_ok=True)
            files += 1
    return Swept(files, size)


def inspect_store(database: Database, artifacts: Artifacts) -> Soundness:
    """Read every artifact that a record names and compare it with its name, and let the database look at itself."""
    missing: list[str] = []
    damaged: list[str] = []
    named = _named(database)
    for name in sorted(named):
        try:
            artifacts.get(name)
        except StoreMissingError:
            missing.append(name)
        except StoreCorruptError:
            damaged.append(name)
    with database.read() as session:
        episodes = len(session.scalars(select(EpisodeRow.number)).all())
        told = "ok"
        if database.backend == "sqlite":
            told = str(session.execute(text("PRAGMA quick_check")).scalar())
            broken = session.execute(text("PRAGMA foreign_key_check")).first()
            told = told if broken is None else f"a row of {broken[0]} names nothing"
        lost = session.scalars(
            select(MemoryRow.id).where(MemoryRow.kind == "episode", MemoryRow.episode.is_(None))
        ).first()
    return Soundness(
        episodes,
        len(named),
        tuple(missing),
        tuple(damaged),
        told if lost is None else f"memory {lost} is of no episode",
    )


def _named(database: Database) -> set[str]:
    with database.read() as session:
        images = set(session.scalars(select(ObservationRow.images).distinct()))
        kept = set(session.scalars(select(KeptRow.name).distinct()))
        videos = set(session.scalars(select(EpisodeRow.video).where(EpisodeRow.video.is_not(None))))
        return images | kept | {video for video in videos if video is not None}

"""What a tenant's service knows: names that were taught (facts), manipulations that worked (skills), past episodes.

Facts change the words before they are decomposed; skills begin a search with what worked on the same table. Everything
can be looked at, corrected and forgotten, and what is forgotten is gone: no copy, no embedding, no use of it remains.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

import numpy as np
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hybrid.base import Json, Known, Memory, MemoryKind, Skill
from hybrid.errors import MemoryNotFoundError, MemoryRefusedError
from hybrid.store.embedding import Embedder, rank
from hybrid.store.engine import Database
from hybrid.store.records import manipulation_of, normalised, plain
from hybrid.store.tables import EpisodeRow, MemoryRow
from planner.base import Manipulation
from simulator.base import FloatArray, Subgoal, Thing

NAMED: Final = 60
"""Most characters of a taught name."""
MEANT: Final = 200
"""Most characters of what it means."""
MOST_FACTS: Final = 1000
"""Facts a tenant may teach."""
NEAR: Final = 0.006
"""A skill is of use again where what it moved, and what it names, stands within this of where it stood, metres."""
_DETERMINER: Final = re.compile(r"^(?:the|a|an|my|our|your)\s+", re.IGNORECASE)
_NAME: Final = re.compile(r"[\w][\w '-]*")
_PLAIN: Final = frozenset(
    """cube block cylinder ball bowl tray zone cup thing things it them table one left right top bottom middle centre
    center red green blue yellow orange purple pink cyan brown white black gray grey on in at of and then put move push
    stack the a all""".split()
)
"""Words that mean something already: a name made of these alone would change what everybody says."""


class Memories:
    """The memories of ``tenant`` in ``database``; safe to use from several threads.

    Args:
        database: where they are kept.
        tenant: whose they are.
        embedder: what likeness is measured with.
    """

    def __init__(self, database: Database, tenant: str, embedder: Embedder) -> None:
        self._database, self._tenant = database, tenant
        self.embedder = embedder

    def teach(self, name: str, meaning: str) -> Memory:
        """Remember that ``name`` means ``meaning``; what it meant before is replaced.

        Raises:
            MemoryRefusedError: the name or the meaning is empty, too long, or a word that means something already.
            StoreError: the store cannot be written.
        """
        core, said = checked_name(name), checked_meaning(meaning)
        with self._database.write() as session:
            now = self._database.now(session)
            row = session.scalar(self._mine("fact").where(MemoryRow.subject == core))
            if row is None:
                if self._count(session, "fact") >= MOST_FACTS:
                    raise MemoryRefusedError("name", f"{MOST_FACTS} names are known already", "Forget some first.")
                row = self._row("fact", core, f"{core}: {said}", {"name": core, "meaning": said}, now)
                session.add(row)
            else:
                self._correct(row, {"name": core, "meaning": said}, f"{core}: {said}", now)
            session.flush()
            return _memory(row)

    def understood(self, instruction: str) -> Known:
        """Return ``instruction`` with every taught name replaced by what it means, longest names first."""
        with self._database.read() as session:
            rows = session.scalars(self._mine("fact")).all()
        words, used = instruction, list[str]()
        for row in sorted(rows, key=lambda row: -len(row.subject or "")):
            meaning = str(cast("dict[str, Json]", row.data)["meaning"])
            words, count = _pattern(row.subject or "").subn(lambda _, said=meaning: said, words)
            if count:
                used.append(row.id)
        return Known(words, tuple(used))

    def used(self, memories: Sequence[str]) -> None:
        """Count a use of each of ``memories``."""
        if memories:
            with self._database.write() as session:
                mine = update(MemoryRow).where(MemoryRow.tenant == self._tenant, MemoryRow.id.in_(memories))
                session.execute(mine.values(uses=MemoryRow.uses + 1))

    def learn(
        self,
        subgoal: Subgoal,
        things: Sequence[Thing],
        manipulation: Manipulation,
        actions: FloatArray,
        episode: str | None = None,
    ) -> None:
        """Remember that ``actions`` ``[T, A]`` reached ``subgoal`` from ``things``; the latest of a situation is kept.

        It is forgotten with ``episode``, where it was learned.
        """
        with self._database.write() as session:
            now, subject = self._database.now(session), skill_subject(subgoal, things)
            session.execute(self._forget("skill").where(MemoryRow.subject == subject))
            data = {
                "manipulation": plain(manipulation),
                "actions": plain(np.asarray(actions, dtype=np.float32)),
                "places": {thing.id: plain(thing.position) for thing in things},
            }
            row = self._row("skill", subject, subgoal.words, cast("dict[str, Json]", data), now)
            row.episode = session.scalar(select(EpisodeRow.number).where(EpisodeRow.id == episode))
            session.add(row)

    def skill(self, subgoal: Subgoal, things: Sequence[Thing]) -> Skill | None:
        """Return what reached ``subgoal`` before when everything it names stood where it stands now, or None."""
        with self._database.read() as session:
            row = session.scalar(self._mine("skill").where(MemoryRow.subject == skill_subject(subgoal, things)))
        if row is None:
            return None
        data = cast("dict[str, Json]", row.data)
        places = cast("dict[str, list[float]]", data["places"])
        moved = manipulation_of(data["manipulation"])
        if any(math.dist(places[thing.id], thing.position) > NEAR for thing in things):
            return None
        actions = np.asarray(data["actions"], dtype=np.float32).reshape(-1, 4)
        return Skill(row.id, moved, actions)

    def listing(
        self, *, kind: MemoryKind | None = None, like: str | None = None, limit: int = 50, before: str | None = None
    ) -> tuple[Memory, ...]:
        """Return memories, newest first, or the most alike first when ``like`` says what to look for."""
        with self._database.read() as session:
            query = self._mine(kind).order_by(MemoryRow.number.desc())
            if like is not None:
                rows = list(session.scalars(query.where(MemoryRow.embedder == self.embedder.name)))
                order = rank(self.embedder.embed(like), [row.embedding for row in rows])[:limit]
                return tuple(_memory(rows[index]) for index, _ in order)
            if before is not None:
                query = query.where(MemoryRow.number < self._found(session, before).number)
            return tuple(_memory(row) for row in session.scalars(query.limit(limit)))

    def memory(self, memory: str) -> Memory:
        """Return a memory; raises ``MemoryNotFoundError`` when there is none of that id."""
        with self._database.read() as session:
            return _memory(self._found(session, memory))

    def correct(self, memory: str, meaning: str) -> Memory:
        """Change what a taught name means.

        Raises:
            MemoryNotFoundError: there is no such memory.
            MemoryRefusedError: it is no fact, or the meaning is empty or too long.
        """
        said = checked_meaning(meaning)
        with self._database.write() as session:
            row = self._found(session, memory)
            if row.kind != "fact":
                raise MemoryRefusedError("memory", f"is {row.kind}, not a fact", "Forget it instead.")
            self._correct(
                row, {"name": row.subject, "meaning": said}, f"{row.subject}: {said}", self._database.now(session)
            )
            return _memory(row)

    def forget(self, memory: str) -> None:
        """Forget one memory, completely; raises ``MemoryNotFoundError`` when there is none of that id."""
        with self._database.write() as session:
            session.delete(self._found(session, memory))

    def forget_all(self, kind: MemoryKind | None = None) -> int:
        """Forget every memory, or those of one kind; return how many there were."""
        with self._database.write() as session:
            count = self._count(session, kind)
            session.execute(self._forget(kind))
            return count

    def embed_anew(self) -> int:
        """Embed again what another embedder embedded, so that it can be recalled; return how many there were."""
        with self._database.write() as session:
            rows = session.scalars(self._mine(None).where(MemoryRow.embedder != self.embedder.name)).all()
            for row in rows:
                row.embedder, row.embedding = self.embedder.name, self.embedder.embed(row.text)
            return len(rows)

    def _mine(self, kind: MemoryKind | None):  # noqa: ANN202  (a statement whose type only SQLAlchemy can spell)
        query = select(MemoryRow).where(MemoryRow.tenant == self._tenant)
        return query if kind is None else query.where(MemoryRow.kind == kind)

    def _forget(self, kind: MemoryKind | None):  # noqa: ANN202  (as above)
        statement = delete(MemoryRow).where(MemoryRow.tenant == self._tenant)
        return statement if kind is None else statement.where(MemoryRow.kind == kind)

    def _count(self, session: Session, kind: MemoryKind | None) -> int:
        query = select(func.count()).select_from(self._mine(kind).subquery())
        return session.scalar(query) or 0

    def _row(self, kind: MemoryKind, subject: str, text: str, data: dict[str, Json], now: datetime) -> MemoryRow:
        return MemoryRow(
            id=secrets.token_hex(8),
            tenant=self._tenant,
            kind=kind,
            subject=subject,
            text=text,
            data=cast("Json", data),
            embedder=self.embedder.name,
            embedding=self.embedder.embed(text),
            uses=0,
            at=now,
        )

    def _correct(self, row: MemoryRow, data: dict[str, Json], text: str, now: datetime) -> None:
        row.data, row.text, row.changed_at = cast("Json", data), text, now
        row.embedder, row.embedding = self.embedder.name, self.embedder.embed(text)

    def _found(self, session: Session, memory: str) -> MemoryRow:
        row = session.scalar(self._mine(None).where(MemoryRow.id == memory))
        if row is None:
            raise MemoryNotFoundError(
                "memory", f"there is none called {memory[:80]!r}", "List them: hybrid memory list."
            )
        return row


def checked_name(name: str) -> str:
    """Return ``name`` without its determiner; raises ``MemoryRefusedError`` when it cannot be one."""
    core = _DETERMINER.sub("", normalised(name))
    if not core or len(core) > NAMED or not _NAME.fullmatch(core):
        raise MemoryRefusedError("name", "is no name", f"Use letters, digits and spaces, at most {NAMED}.")
    if all(word in _PLAIN for word in core.split()):
        raise MemoryRefusedError("name", f"{core!r} means something already", "Choose a name of its own.")
    return core


def checked_meaning(meaning: str) -> str:
    """Return ``meaning`` with a determiner; raises ``MemoryRefusedError`` when it is empty or too long."""
    said = " ".join(meaning.split()).rstrip(".")
    if not said or len(said) > MEANT or not said.isprintable():
        raise MemoryRefusedError("meaning", "is empty or too long", f"Say it in 1 to {MEANT} characters.")
    return said if _DETERMINER.match(said) else f"the {said}"


def skill_subject(subgoal: Subgoal, things: Sequence[Thing]) -> str:
    """Return a digest of the facts that are wanted, what must be left alone, and the things that are there."""
    facts = [plain(fact.as_list()) for fact in subgoal.facts]
    inventory = sorted((thing.id, thing.kind) for thing in things)
    wanted = json.dumps([facts, sorted(subgoal.keep), subgoal.manner, inventory])
    return hashlib.sha256(wanted.encode()).hexdigest()


def _pattern(name: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in name.split())
    return re.compile(rf"\b(?:(?:my|the|our|your|a|an)\s+)?{words}\b", re.IGNORECASE)


def _memory(row: MemoryRow) -> Memory:
    data = cast("dict[str, Json]", row.data or {})
    shown = {name: value for name, value in data.items() if name in {"name", "meaning", "manipulation"}}
    return Memory(row.id, cast("MemoryKind", row.kind), row.text, shown, row.uses, row.at, row.changed_at)

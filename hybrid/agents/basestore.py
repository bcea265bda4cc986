"""The SQL memory as a LangGraph ``BaseStore``: any graph's ``store=``, in SQLite or PostgreSQL, beside the episodes.

Items are found again by namespace, by filter, and by the likeness of their words (``hybrid.store.embedding``), which
ranks and never decides. The namespace ``("hybrid", "episodes")`` is a window on what was done before: read only.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    MatchCondition,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
    TTLConfig,
    get_text_at_path,
)
from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from hybrid.errors import EpisodeNotFoundError, StoreError
from hybrid.store.embedding import embed, rank
from hybrid.store.episodes import SqlStore
from hybrid.store.graph_tables import ItemRow

EPISODES = ("hybrid", "episodes")
"""Namespace of past episodes."""
_DOT = "."


class HybridStore(BaseStore):
    """Long-term memory for graphs, in the database of ``store``.

    Args:
        store: the store of episodes, opened with ``hybrid.store.episodes.open_store``.
        ttl: default time to live of items, minutes, and whether readings prolong it.
    """

    supports_ttl = True

    def __init__(self, store: SqlStore, *, ttl: TTLConfig | None = None) -> None:
        self._store = store
        self._database = store.database
        self.ttl_config = ttl

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Carry out ``ops``: readings see what was there before, of writings to one key the last counts.

        Raises:
            StoreError: the database cannot be used, or something was put among the episodes.
            ValueError: an operation or a filter is unknown.
        """
        results: list[Result] = []
        writes: dict[tuple[tuple[str, ...], str], PutOp] = {}
        listed = list(ops)
        with self._database.read() as session:
            for op in listed:
                if isinstance(op, PutOp):
                    writes[op.namespace, op.key] = op
                    results.append(None)
                else:
                    results.append(self._read(session, op))
        prolonged = [found for op, found in zip(listed, results, strict=True) if getattr(op, "refresh_ttl", False)]
        self._write(list(writes.values()), [item for found in prolonged for item in _items(found)])
        return results

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Carry out ``ops`` on a thread, so that the event loop goes on."""
        return await asyncio.to_thread(self.batch, list(ops))

    def sweep_ttl(self) -> int:
        """Delete items whose time is up; return how many."""
        with self._database.write() as session:
            expired = session.scalars(select(ItemRow).where(ItemRow.expires_at <= _now())).all()
            for row in expired:
                session.delete(row)
            return len(expired)

    def _read(self, session: Session, op: Op) -> Result:
        if isinstance(op, GetOp):
            if op.namespace == EPISODES:
                return self._episode(op.key)
            row = session.get(ItemRow, (_joined(op.namespace), op.key))
            return _item(row) if row is not None and not _expired(row) else None
        if isinstance(op, SearchOp):
            return self._episodes(op) if op.namespace_prefix == EPISODES else _search(session, op)
        if isinstance(op, ListNamespacesOp):
            return _namespaces(session, op)
        raise ValueError(f"Unknown operation type: {type(op)}")

    def _write(self, puts: Sequence[PutOp], prolonged: Sequence[Item]) -> None:
        lasting = [item for item in prolonged if item.namespace[:2] != EPISODES]
        if not puts and not lasting:
            return
        if any(op.namespace == EPISODES for op in puts):
            raise StoreError("namespace", "past episodes cannot be changed here", "Put it under another namespace.")
        with self._database.write() as session:
            for item in lasting:
                row = session.get(ItemRow, (_joined(item.namespace), item.key))
                if row is not None and row.minutes is not None:
                    row.expires_at = _now() + timedelta(minutes=row.minutes)
            for op in puts:
                _put(session, op)

    def _episode(self, key: str) -> Item | None:
        try:
            report = self._store.episode(key)
        except EpisodeNotFoundError:
            return None
        at = datetime.fromisoformat(str(report["finished_at"] or report["started_at"]))
        return Item(value=dict(report), key=key, namespace=EPISODES, created_at=at, updated_at=at)

    def _episodes(self, op: SearchOp) -> list[SearchItem]:
        """Return reached episodes like the query, or the latest of all."""
        most = op.offset + op.limit
        found = self._store.similar(op.query, limit=most) if op.query else self._store.episodes(limit=most)
        kept = [entry for entry in found if _fits(dict(entry), op.filter)][op.offset : most]
        return [self._recalled(dict(entry)) for entry in kept]

    def _recalled(self, entry: dict[str, Any]) -> SearchItem:
        item = self._episode(str(entry["episode"]))
        assert item is not None, "it was just found"
        return SearchItem(
            EPISODES, item.key, entry, item.created_at, item.updated_at, score=cast("Any", entry.get("similarity"))
        )


def _search(session: Session, op: SearchOp) -> list[SearchItem]:
    rows = [row for row in session.scalars(_under(op.namespace_prefix)) if _fits(row.value, op.filter)]
    scores: dict[str, float] = {}
    if op.query:
        marked = [row for row in rows if row.embedding is not None]
        order = rank(embed(op.query), [cast("Any", row.embedding) for row in marked])
        scores = {f"{marked[index].namespace}\n{marked[index].key}": score for index, score in order}
        unmarked = [row for row in rows if row.embedding is None]
        rows = [*(marked[index] for index, _ in order), *unmarked]
    return [
        SearchItem(
            tuple(row.namespace.split(_DOT)), row.key, cast("dict[str, Any]", row.value), row.created_at,
            row.updated_at, score=scores.get(f"{row.namespace}\n{row.key}"),
        )
        for row in rows[op.offset : op.offset + op.limit]
    ]  # fmt: skip


def _under(prefix: tuple[str, ...]) -> Select[ItemRow]:
    """Return the statement that finds living items below ``prefix``, the latest first."""
    query = select(ItemRow).where(or_(ItemRow.expires_at.is_(None), ItemRow.expires_at > _now()))
    if prefix:
        name = _joined(prefix)
        below = ItemRow.namespace.startswith(f"{name}{_DOT}", autoescape=True)
        query = query.where(or_(ItemRow.namespace == name, below))
    return query.order_by(ItemRow.updated_at.desc(), ItemRow.namespace, ItemRow.key)


def _namespaces(session: Session, op: ListNamespacesOp) -> list[tuple[str, ...]]:
    living = select(ItemRow.namespace).where(or_(ItemRow.expires_at.is_(None), ItemRow.expires_at > _now()))
    known = {tuple(name.split(_DOT)) for name in session.scalars(living.distinct())}
    known = {name for name in known if all(_matches(condition, name) for condition in op.match_conditions or ())}
    cut = sorted({name[: op.max_depth] for name in known} if op.max_depth is not None else known)
    return cut[op.offset : op.offset + op.limit]


def _matches(condition: MatchCondition, name: tuple[str, ...]) -> bool:
    path = tuple(condition.path)
    if len(name) < len(path):
        return False
    part = name[: len(path)] if condition.match_type == "prefix" else name[len(name) - len(path) :]
    return all(wanted in ("*", label) for label, wanted in zip(part, path, strict=True))


def _put(session: Session, op: PutOp) -> None:
    name, now = _joined(op.namespace), _now()
    if op.value is None:
        session.execute(delete(ItemRow).where(ItemRow.namespace == name, ItemRow.key == op.key))
        return
    row = session.get(ItemRow, (name, op.key))
    if row is None:
        row = ItemRow(namespace=name, key=op.key, created_at=now)
        session.add(row)
    row.value, row.updated_at, row.minutes = dict(op.value), now, op.ttl
    row.expires_at = None if op.ttl is None else now + timedelta(minutes=op.ttl)
    words = _words(op)
    row.embedding = embed(words) if words else None


def _words(op: PutOp) -> str:
    """Return the words by which an item is searched for."""
    if op.index is False:
        return ""
    if op.index is None:
        return " ".join(_leaves(op.value))
    return " ".join(text for path in op.index for text in get_text_at_path(op.value, path))


def _leaves(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = cast("dict[str, object]", value).values() if isinstance(value, dict) else value
    if isinstance(inner, str | bytes) or not isinstance(inner, Iterable):
        return []
    return [text for item in cast("Iterable[object]", inner) for text in _leaves(item)]


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda a, b: a == b,
    "$ne": lambda a, b: a != b,
    "$gt": lambda a, b: _number(a) > _number(b),
    "$gte": lambda a, b: _number(a) >= _number(b),
    "$lt": lambda a, b: _number(a) < _number(b),
    "$lte": lambda a, b: _number(a) <= _number(b),
}


def _fits(value: object, wanted: object) -> bool:
    """Whether ``value`` is as a filter wants it: equal, within bounds, or part by part so."""
    if wanted is None or not isinstance(wanted, dict | list | tuple):
        return wanted is None or value == wanted
    if not isinstance(wanted, dict):
        listed = cast("Sequence[object]", wanted)
        mine = cast("Sequence[object]", value) if isinstance(value, list | tuple) else ()
        return len(mine) == len(listed) and all(_equal(a, b) for a, b in zip(mine, listed, strict=True))
    rules = cast("dict[str, object]", wanted)
    if any(name.startswith("$") for name in rules):
        return all(_operator(name)(value, bound) for name, bound in rules.items())
    held = cast("dict[str, object]", value) if isinstance(value, dict) else None
    return held is not None and all(_equal(held.get(name), part) for name, part in rules.items())


def _equal(value: object, wanted: object) -> bool:
    return value is None if wanted is None else _fits(value, wanted)


def _operator(name: str) -> Callable[[Any, Any], bool]:
    if name not in _COMPARE:
        raise ValueError(f"Unsupported operator: {name}")
    return _COMPARE[name]


def _number(value: object) -> float:
    """Return a value to compare; what is no number compares false with everything."""
    try:
        return float(cast("float", value))
    except (TypeError, ValueError):
        return math.nan


def _item(row: ItemRow) -> Item:
    return Item(
        value=cast("dict[str, Any]", row.value), key=row.key, namespace=tuple(row.namespace.split(_DOT)),
        created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


def _items(found: Result) -> list[Item]:
    if isinstance(found, Item):
        return [found]
    return [item for item in found if isinstance(item, Item)] if isinstance(found, list) else []


def _expired(row: ItemRow) -> bool:
    return row.expires_at is not None and row.expires_at <= _now()


def _joined(namespace: tuple[str, ...]) -> str:
    return _DOT.join(namespace)


def _now() -> datetime:
    return datetime.now(UTC)

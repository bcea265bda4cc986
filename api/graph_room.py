"""Where the service keeps its graphs: one for each tenant, one checkpointer for all, opened when first needed.

``attached`` gives an application the routes that LangGraph's own clients call; it takes and needs no client of ours.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property, partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from sqlalchemy import make_url

from hybrid.agents.basestore import HybridStore
from hybrid.agents.desk import Desk
from hybrid.agents.graph import PlanningGraph, assembled
from hybrid.agents.threads import Thread, Threads
from hybrid.bootstrap import build_engine
from hybrid.config import Settings
from hybrid.engine import PlanningEngine
from hybrid.errors import ConfigError
from hybrid.store.episodes import SqlStore
from hybrid.store.ledger import Ledger


class GraphRoom:
    """The graphs of a service.

    Args:
        settings: of the service; the checkpoints lie beside its database, in a file of their own for SQLite.
        engine: what the graphs plan and act with; None composes the one that ``settings`` describe.
    """

    def __init__(self, settings: Settings, engine: PlanningEngine | None = None) -> None:
        self._settings = settings
        self._given = engine
        self._graphs: dict[str, PlanningGraph] = {}
        self._desks: list[Desk] = []
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._saver: BaseCheckpointSaver[str] | None = None
        self._endings: set[asyncio.Future[None]] = set()
        self.turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One run at a time on a thread."""

    @cached_property
    def engine(self) -> PlanningEngine:
        """What the graphs plan and act with."""
        return self._given or build_engine(self._settings)

    @cached_property
    def threads(self) -> Threads:
        """The threads that callers opened."""
        return Threads(self.store.database)

    @property
    def store(self) -> SqlStore:
        """The store of episodes.

        Raises:
            ConfigError: the engine keeps its episodes elsewhere.
        """
        store = self.engine.parts.store
        if not isinstance(store, SqlStore):
            raise ConfigError("engine", "it keeps no SQL store", "Compose it with hybrid.store.episodes.open_store.")
        return store

    async def graph(self, tenant: str) -> PlanningGraph:
        """Return the graph of ``tenant``, which keeps its episodes as that tenant's."""
        async with self._opening:
            if self._saver is None:
                await run_in_threadpool(lambda: self.threads)
                self._saver = await self._stack.enter_async_context(checkpointer(self._settings.database_url))
            if tenant not in self._graphs:
                self._graphs[tenant] = await run_in_threadpool(self._assembled, tenant, self._saver)
            return self._graphs[tenant]

    def _assembled(self, tenant: str, saver: BaseCheckpointSaver[str]) -> PlanningGraph:
        store = self.store.of(tenant)
        desk = Desk(partial(self.engine.bound, store))
        self._desks.append(desk)
        return assembled(desk, checkpointer=saver, store=HybridStore(store), link=lambda name: f"/previews/{name}")

    def keeps(self, artifact: str, tenant: str) -> bool:
        """Tell whether ``artifact`` is kept for ``tenant``; to every other one it is as if it were not there."""
        return Ledger(self.store.database).kept(artifact, tenant=tenant)

    async def forget(self, thread: Thread) -> None:
        """Forget a thread and its checkpoints."""
        if self._saver is not None:
            await self._saver.adelete_thread(thread.checkpoints)
        await run_in_threadpool(self.threads.forget, thread)
        self.turns.pop(thread.checkpoints, None)

    def forget_soon(self, thread: Thread) -> None:
        """Forget a thread, also when whoever used it has hung up and nothing more can be waited for."""
        ending = asyncio.ensure_future(self.forget(thread))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def close(self) -> None:
        """Close the checkpointer, every world, and the store of an engine that was composed here."""
        await asyncio.gather(*self._endings, return_exceptions=True)
        for desk in self._desks:
            await run_in_threadpool(desk.close)
        await self._stack.aclose()
        if self._given is None and "engine" in self.__dict__:
            await run_in_threadpool(self.store.close)


@asynccontextmanager
async def checkpointer(database_url: str) -> AsyncGenerator[BaseCheckpointSaver[str]]:
    """Open the checkpointer that goes with the store at ``database_url``.

    Raises:
        ConfigError: PostgreSQL's checkpointer is not installed.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        path = ":memory:" if url.database in {None, "", ":memory:"} else str(Path(url.database or "").expanduser())
        name = path if path == ":memory:" else f"{path}-threads"
        async with AsyncSqliteSaver.from_conn_string(name) as saver:
            await saver.setup()
            yield saver
        return
    try:
        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver  # noqa: PLC0415  (an optional extra)
    except ImportError as error:
        remedy = "Install the extra: pip install 'hybrid-planner[postgres]'."
        raise ConfigError("database_url", "PostgreSQL's checkpointer is not installed", remedy) from error
    plain_url = url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with AsyncPostgresSaver.from_conn_string(plain_url) as saver:
        await saver.setup()
        yield saver


def attached(app: FastAPI, room: GraphRoom) -> FastAPI:
    """Return ``app`` with ``room``, which is closed when the application ends."""
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: FastAPI) -> AsyncGenerator[None]:
        async with inner(served):
            yield
        await room.close()

    app.state.graphs = room
    app.router.lifespan_context = lifespan
    return app

"""What the graph's routes ask for by name: the graphs, the tenant, the thread of the path."""

from __future__ import annotations

import uuid
from typing import Annotated, cast

from fastapi import Depends, Path, Request

from api.graph_room import GraphRoom
from api.graph_schemas import THREAD_ID
from hybrid.agents.threads import Thread
from hybrid.errors import TaskNotFoundError
from hybrid.store.tables import LOCAL

PLANNER = "planner"
PLANNER_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "hybrid-planner:planner"))
"""The assistant's id; its name serves as well."""


def planner_only(assistant: str) -> None:
    """Raise ``TaskNotFoundError`` for every assistant but the one there is."""
    if assistant not in (PLANNER, PLANNER_ID):
        raise TaskNotFoundError("assistant_id", f"there is none called {assistant[:80]!r}", f"Name {PLANNER}.")


def _room(request: Request) -> GraphRoom:
    return cast("GraphRoom", request.app.state.graphs)


def _tenant(request: Request) -> str:
    principal = getattr(request.state, "principal", None)
    return LOCAL if principal is None else str(principal.tenant)


Graphs = Annotated[GraphRoom, Depends(_room)]
Tenant = Annotated[str, Depends(_tenant)]
ThreadId = Annotated[str, Path(pattern=THREAD_ID)]


def _thread(room: Graphs, tenant: Tenant, thread: ThreadId) -> Thread:
    return room.threads.thread(tenant, thread)


ExistingThread = Annotated[Thread, Depends(_thread)]

"""The graph's face: everything LangGraph's own clients call, added to an application with one line."""

from __future__ import annotations

from fastapi import FastAPI

from api import graph_assistants, graph_runs, graph_threads
from api.description import PROBLEMS
from api.graph_room import GraphRoom, attached
from hybrid.config import Settings
from hybrid.engine import PlanningEngine


def with_graph(app: FastAPI, settings: Settings, engine: PlanningEngine | None = None) -> FastAPI:
    """Return ``app`` with the routes under ``/runs``, ``/threads`` and ``/assistants``.

    Args:
        app: the service's.
        settings: where the database lies, and what the engine is composed of when none is given.
        engine: what plans and acts; composed when first needed otherwise.
    """
    for room in (graph_runs, graph_threads, graph_assistants):
        app.include_router(room.router, responses=PROBLEMS)
    return attached(app, GraphRoom(settings, engine))

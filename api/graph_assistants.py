"""``/assistants``: the one graph this service has, described as LangGraph's clients expect."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from api.graph_answers import AssistantAnswer, DrawnAnswer, SchemasAnswer
from api.graph_dependencies import PLANNER, PLANNER_ID, Graphs, Tenant, planner_only
from api.graph_schemas import AssistantSearch, graph_view
from hybrid.agents.graph import PlanningGraph

router = APIRouter(prefix="/assistants", tags=["graph"])
BORN = "2026-01-01T00:00:00+00:00"
"""When the assistant was made, for clients that sort by it: it comes with the package."""
ASSISTANT: AssistantAnswer = {
    "assistant_id": PLANNER_ID,
    "graph_id": PLANNER,
    "name": PLANNER,
    "description": "Plans and carries out physical tasks on a table, from plain words.",
    "version": 1,
    "config": {},
    "context": {},
    "metadata": {"created_by": "system"},
    "created_at": BORN,
    "updated_at": BORN,
}


@router.post("/search")
def search(body: AssistantSearch) -> list[AssistantAnswer]:
    """List the assistants."""
    fits = body.graph_id in (None, PLANNER)
    return [ASSISTANT][body.offset : body.offset + body.limit] if fits else []


@router.get("/{assistant}")
def show(assistant: str) -> AssistantAnswer:
    """Show the assistant."""
    planner_only(assistant)
    return ASSISTANT


@router.get("/{assistant}/graph")
async def drawn(assistant: str, room: Graphs, tenant: Tenant) -> DrawnAnswer:
    """Show the graph's nodes and edges."""
    planner_only(assistant)
    graph = await room.graph(tenant)
    return graph_view(await run_in_threadpool(graph.get_graph))


@router.get("/{assistant}/schemas")
async def schemas(assistant: str, room: Graphs, tenant: Tenant) -> SchemasAnswer:
    """Show what goes into the graph and what comes out, as JSON schemas."""
    planner_only(assistant)
    return await run_in_threadpool(_schemas, await room.graph(tenant))


def _schemas(graph: PlanningGraph) -> SchemasAnswer:
    return {
        "graph_id": PLANNER,
        "input_schema": graph.get_input_jsonschema(),
        "output_schema": graph.get_output_jsonschema(),
        "context_schema": graph.get_context_jsonschema(),
        "config_schema": None,
    }

"""``/threads``: open a thread, look at its state and its past, and begin a branch from a moment of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import HTTPException
from langchain_core.runnables import RunnableConfig
from langgraph.errors import InvalidUpdateError

from api.graph_dependencies import ExistingThread, Graphs, Tenant
from api.graph_room import GraphRoom
from api.graph_runs import own_table
from api.graph_schemas import (
    INPUT_KEYS,
    CheckpointQuery,
    HistoryQuery,
    StateUpdate,
    ThreadCreate,
    ThreadPatch,
    ThreadSearch,
    state_view,
    thread_view,
)
from hybrid.agents.threads import Thread

router = APIRouter(prefix="/threads", tags=["graph"])


@router.post("")
async def create(body: ThreadCreate, room: Graphs, tenant: Tenant) -> dict[str, Any]:
    """Open a thread."""
    opened = await run_in_threadpool(
        lambda: room.threads.open(tenant, body.thread_id, body.metadata, exists=body.if_exists)
    )
    return thread_view(opened, None)


@router.post("/search")
async def search(body: ThreadSearch, room: Graphs, tenant: Tenant) -> list[dict[str, Any]]:
    """List threads, the last used first."""
    found = await run_in_threadpool(lambda: room.threads.found(tenant, body.metadata, body.limit, body.offset))
    graph = await room.graph(tenant)
    return [thread_view(thread, await graph.aget_state(at(thread))) for thread in found]


@router.get("/{thread}")
async def show(thread: ExistingThread, room: Graphs, tenant: Tenant) -> dict[str, Any]:
    """Show one thread."""
    graph = await room.graph(tenant)
    return thread_view(thread, await graph.aget_state(at(thread)))


@router.patch("/{thread}")
async def patch(thread: ExistingThread, body: ThreadPatch, room: Graphs) -> dict[str, Any]:
    """Add to what a thread is found by."""
    return thread_view(await run_in_threadpool(room.threads.touch, thread, body.metadata), None)


@router.delete("/{thread}", status_code=204)
async def delete(thread: ExistingThread, room: Graphs, tenant: Tenant) -> None:
    """Forget a thread and its checkpoints; the record of its episodes stays."""
    await room.graph(tenant)
    await room.forget(thread)


@router.get("/{thread}/state")
async def state(thread: ExistingThread, room: Graphs, tenant: Tenant) -> dict[str, Any]:
    """Show a thread's present state: its values, what comes next, and what it waits for."""
    return await _state(room, tenant, thread, None)


@router.get("/{thread}/state/{checkpoint}")
async def state_then(thread: ExistingThread, checkpoint: str, room: Graphs, tenant: Tenant) -> dict[str, Any]:
    """Show a thread's state at a moment of its past."""
    return await _state(room, tenant, thread, checkpoint)


@router.post("/{thread}/state/checkpoint")
async def state_at(thread: ExistingThread, body: CheckpointQuery, room: Graphs, tenant: Tenant) -> dict[str, Any]:
    """Show a thread's state at a moment of its past."""
    moment = body.checkpoint.get("checkpoint_id")
    return await _state(room, tenant, thread, None if moment is None else str(moment))


@router.post("/{thread}/state")
async def update(thread: ExistingThread, body: StateUpdate, room: Graphs, tenant: Tenant) -> dict[str, Any]:
    """Change what was asked for, at the present or at a past moment; a run from there tries it anew."""
    values = own_table(body.values or {}, tenant)
    unknown = sorted(set(values) - INPUT_KEYS)
    if unknown:
        known = ", ".join(sorted(INPUT_KEYS))
        raise HTTPException(422, f"values.{unknown[0]}: is the graph's own; only {known} can be changed")
    moment = body.checkpoint_id or (body.checkpoint or {}).get("checkpoint_id")
    graph = await room.graph(tenant)
    try:
        config = await graph.aupdate_state(at(thread, moment), values, as_node=body.as_node)
    except InvalidUpdateError as error:
        raise HTTPException(422, f"as_node: {error}") from error
    inner = config.get("configurable", {})
    checkpoint = {"thread_id": thread.id, "checkpoint_ns": "", "checkpoint_id": inner.get("checkpoint_id")}
    return {"checkpoint": {**checkpoint, "checkpoint_map": {}}, **checkpoint}


@router.post("/{thread}/history")
async def history(thread: ExistingThread, body: HistoryQuery, room: Graphs, tenant: Tenant) -> list[dict[str, Any]]:
    """List the moments of a thread, the latest first."""
    graph = await room.graph(tenant)
    moment = (body.before or {}).get("checkpoint_id") if isinstance(body.before, dict) else body.before
    before = None if moment is None else at(thread, moment)
    past = graph.aget_state_history(at(thread), filter=body.metadata, before=before, limit=body.limit)
    return [state_view(thread, snapshot) async for snapshot in past]


def at(thread: Thread, checkpoint: object = None) -> RunnableConfig:
    """Return where the checkpointer finds a moment of ``thread``; the present when none is named."""
    configurable: dict[str, Any] = {"thread_id": thread.checkpoints}
    if checkpoint is not None:
        configurable["checkpoint_id"] = str(checkpoint)
    return {"configurable": configurable}


async def _state(room: GraphRoom, tenant: str, thread: Thread, checkpoint: str | None) -> dict[str, Any]:
    graph = await room.graph(tenant)
    return state_view(thread, await graph.aget_state(at(thread, checkpoint)))

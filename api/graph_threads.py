"""``/threads``: open a thread, look at its state and its past, and begin a branch from a moment of it."""

from __future__ import annotations

from typing import Any, cast

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import HTTPException
from langchain_core.runnables import RunnableConfig

from api.graph_answers import CheckpointAnswer, MomentAnswer, ThreadAnswer, UpdateAnswer
from api.graph_dependencies import ExistingThread, Graphs, Tenant
from api.graph_faults import existing, update_refused_by_name
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
    moment_of,
    state_view,
    thread_view,
)
from hybrid.agents.threads import Thread

router = APIRouter(prefix="/threads", tags=["graph"])


@router.post("")
async def create(body: ThreadCreate, room: Graphs, tenant: Tenant) -> ThreadAnswer:
    """Open a thread."""
    opened = await run_in_threadpool(
        lambda: room.threads.open(tenant, body.thread_id, body.metadata, exists=body.if_exists)
    )
    return thread_view(opened, None)


@router.post("/search")
async def search(body: ThreadSearch, room: Graphs, tenant: Tenant) -> list[ThreadAnswer]:
    """List threads, the last used first."""
    found = await run_in_threadpool(lambda: room.threads.found(tenant, body.metadata, body.limit, body.offset))
    graph = await room.graph(tenant)
    return [thread_view(thread, await graph.aget_state(at(thread))) for thread in found]


@router.get("/{thread}")
async def show(thread: ExistingThread, room: Graphs, tenant: Tenant) -> ThreadAnswer:
    """Show one thread."""
    graph = await room.graph(tenant)
    return thread_view(thread, await graph.aget_state(at(thread)))


@router.patch("/{thread}")
async def patch(thread: ExistingThread, body: ThreadPatch, room: Graphs) -> ThreadAnswer:
    """Add to what a thread is found by."""
    return thread_view(await run_in_threadpool(room.threads.touch, thread, body.metadata), None)


@router.delete("/{thread}", status_code=204)
async def delete(thread: ExistingThread, room: Graphs, tenant: Tenant) -> None:
    """Forget a thread and its checkpoints; the record of its episodes stays."""
    await room.graph(tenant)
    await room.forget(thread)


@router.get("/{thread}/state")
async def state(thread: ExistingThread, room: Graphs, tenant: Tenant) -> MomentAnswer:
    """Show a thread's present state: its values, what comes next, and what it waits for."""
    return await _state(room, tenant, thread, None)


@router.get("/{thread}/state/{checkpoint}")
async def state_then(thread: ExistingThread, checkpoint: str, room: Graphs, tenant: Tenant) -> MomentAnswer:
    """Show a thread's state at a moment of its past."""
    return await _state(room, tenant, thread, checkpoint)


@router.post("/{thread}/state/checkpoint")
async def state_at(thread: ExistingThread, body: CheckpointQuery, room: Graphs, tenant: Tenant) -> MomentAnswer:
    """Show a thread's state at a moment of its past."""
    return await _state(room, tenant, thread, moment_of(None, body.checkpoint))


@router.post("/{thread}/state")
async def update(thread: ExistingThread, body: StateUpdate, room: Graphs, tenant: Tenant) -> UpdateAnswer:
    """Change what was asked for, at the present or at a past moment; a run from there tries it anew."""
    values = own_table(body.values or {}, tenant)
    unknown = sorted(set(values) - INPUT_KEYS)
    if unknown:
        known = ", ".join(sorted(INPUT_KEYS))
        raise HTTPException(422, f"values.{unknown[0]}: is the graph's own; only {known} can be changed")
    moment = moment_of(body.checkpoint_id, body.checkpoint)
    graph = await room.graph(tenant)
    if moment is not None:
        existing(await graph.aget_state(at(thread, moment)))
    with update_refused_by_name(body.as_node):
        config = await graph.aupdate_state(at(thread, moment), values, as_node=body.as_node)
    made = cast("str | None", config.get("configurable", {}).get("checkpoint_id"))
    checkpoint = CheckpointAnswer(thread_id=thread.id, checkpoint_ns="", checkpoint_id=made, checkpoint_map={})
    return UpdateAnswer(checkpoint=checkpoint, thread_id=thread.id, checkpoint_ns="", checkpoint_id=made)


@router.post("/{thread}/history")
async def history(thread: ExistingThread, body: HistoryQuery, room: Graphs, tenant: Tenant) -> list[MomentAnswer]:
    """List the moments of a thread, the latest first."""
    graph = await room.graph(tenant)
    moment = moment_of(None, body.before) if isinstance(body.before, dict) else moment_of(body.before, None)
    before = None if moment is None else at(thread, moment)
    past = graph.aget_state_history(at(thread), filter=body.metadata, before=before, limit=body.limit)
    return [state_view(thread, snapshot) async for snapshot in past]


def at(thread: Thread, checkpoint: object = None) -> RunnableConfig:
    """Return where the checkpointer finds a moment of ``thread``; the present when none is named."""
    configurable: dict[str, Any] = {"thread_id": thread.checkpoints}
    if checkpoint is not None:
        configurable["checkpoint_id"] = str(checkpoint)
    return {"configurable": configurable}


async def _state(room: GraphRoom, tenant: str, thread: Thread, checkpoint: str | None) -> MomentAnswer:
    graph = await room.graph(tenant)
    snapshot = await graph.aget_state(at(thread, checkpoint))
    return state_view(thread, snapshot if checkpoint is None else existing(snapshot))

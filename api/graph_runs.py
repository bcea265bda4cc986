"""``/runs`` and ``/threads/{thread}/runs``: run the graph as LangGraph's own servers do, streamed or waited for.

A ``RemoteGraph`` node of somebody else's graph calls these; no client of ours is needed.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import HTTPException
from fastapi.responses import StreamingResponse
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from api.graph_dependencies import Graphs, Tenant, ThreadId, planner_only
from api.graph_faults import existing, refused_by_name
from api.graph_room import GraphRoom
from api.graph_schemas import INPUT_KEYS, RunCreate, context_of, moment_of, sendable
from hybrid.agents.graph import PlanningGraph
from hybrid.agents.state import PlanningContext
from hybrid.agents.threads import Thread
from hybrid.errors import HybridError, TaskConflictError, TaskNotFoundError

router = APIRouter(tags=["graph"])
logger = logging.getLogger(__name__)
EVENTS = "text/event-stream"
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {EVENTS: {}}, "description": "What happens, as it happens."}
}
PREVIEW: dict[int | str, dict[str, Any]] = {200: {"content": {"image/gif": {}}, "description": "The video."}}


@dataclass(frozen=True)
class Run:
    """One run about to begin: on which graph and thread, with what, and in which modes it is followed."""

    id: str
    graph: PlanningGraph
    thread: Thread
    keeps: bool
    given: dict[str, Any] | Command[Any] | None
    config: RunnableConfig
    context: PlanningContext
    body: RunCreate

    @property
    def modes(self) -> list[str]:
        """The streamed modes, as the runtime calls them."""
        asked = [self.body.stream_mode] if isinstance(self.body.stream_mode, str) else self.body.stream_mode
        return list(dict.fromkeys(mode.removesuffix("-tuple") for mode in asked if mode != "events"))


@router.post("/runs/stream", response_class=StreamingResponse, responses=STREAM)
async def stream(body: RunCreate, room: Graphs, tenant: Tenant) -> StreamingResponse:
    """Run the graph once, on a thread that is forgotten afterwards, and stream what happens."""
    return _streamed(room, await prepared(room, tenant, body, None))


@router.post("/runs/wait")
async def wait(body: RunCreate, room: Graphs, tenant: Tenant) -> dict[str, Any]:
    """Run the graph once and return what came of it."""
    return await _awaited(room, await prepared(room, tenant, body, None))


@router.post("/threads/{thread}/runs/stream", response_class=StreamingResponse, responses=STREAM)
async def stream_on(thread: ThreadId, body: RunCreate, room: Graphs, tenant: Tenant) -> StreamingResponse:
    """Run the graph on a thread, or go on with an interrupted run, and stream what happens."""
    return _streamed(room, await prepared(room, tenant, body, thread))


@router.post("/threads/{thread}/runs/wait")
async def wait_on(thread: ThreadId, body: RunCreate, room: Graphs, tenant: Tenant) -> dict[str, Any]:
    """Run the graph on a thread, or go on with an interrupted run, and return what came of it."""
    return await _awaited(room, await prepared(room, tenant, body, thread))


@router.get("/previews/{name}", response_class=Response, responses=PREVIEW)
async def preview(name: str, room: Graphs, tenant: Tenant) -> Response:
    """Show the video of a plan that somebody of the same tenant is asked to approve."""
    if not name.endswith(".gif") or not await run_in_threadpool(room.keeps, name, tenant):
        raise TaskNotFoundError("name", "there is no such preview", "Follow the link of the interrupt.")
    data = await run_in_threadpool(room.store.artifacts.get, name)
    return Response(data, media_type="image/gif")


async def prepared(room: GraphRoom, tenant: str, body: RunCreate, thread: str | None) -> Run:
    """Check what was sent and return the run it means.

    Raises:
        HTTPException: a setting has an unknown value.
        TaskConflictError: another run is under way on the thread, and this one would not wait.
        TaskNotFoundError: there is no such thread or assistant.
    """
    planner_only(body.assistant_id)
    graph = await room.graph(tenant)
    try:
        context = context_of(body, resumable=thread is not None)
        given = _given(body, tenant)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    moment = moment_of(body.checkpoint_id, body.checkpoint)
    if moment is not None and thread is None:
        remedy = "Leave it out, or run on the thread."
        raise TaskNotFoundError("checkpoint_id", "a run without a thread has no moment to begin at", remedy)
    found = await run_in_threadpool(_thread, room, tenant, body, thread)
    if room.turns[found.checkpoints].locked() and body.multitask_strategy != "enqueue":
        remedy = "Wait for its end, or send multitask_strategy enqueue."
        raise TaskConflictError("thread", "another run is under way on it", remedy)
    configurable = {"thread_id": found.checkpoints}
    if moment is not None:
        configurable["checkpoint_id"] = moment
        existing(await graph.aget_state({"configurable": configurable}))
    config: RunnableConfig = {"configurable": configurable, "recursion_limit": body.config.recursion_limit}
    return Run(str(uuid.uuid4()), graph, found, thread is not None, given, config, context, body)


def _thread(room: GraphRoom, tenant: str, body: RunCreate, thread: str | None) -> Thread:
    if thread is None or body.if_not_exists == "create":
        return room.threads.open(tenant, thread, {}, exists="do_nothing")
    return room.threads.touch(room.threads.thread(tenant, thread))


def _given(body: RunCreate, tenant: str) -> dict[str, Any] | Command[Any] | None:
    """Return what the graph is run with; raises ``ValueError`` when it is neither a request nor an answer."""
    if body.command is not None:
        if body.command.goto or body.command.update:
            raise ValueError("command: only resume can be sent; change the state with POST /threads/ID/state")
        if body.command.resume is None:
            raise ValueError("command.resume: says nothing; send the answer, or an input instead of a command")
        return Command(resume=body.command.resume)
    if body.input is None:
        return None
    return own_table({name: value for name, value in body.input.items() if name in INPUT_KEYS}, tenant)


def own_table(values: dict[str, Any], tenant: str) -> dict[str, Any]:
    """Return input whose table, where it names one, is the tenant's own of that name."""
    table = values.get("table")
    return values if not isinstance(table, str) else {**values, "table": f"{tenant}:{table}"}


def _streamed(room: GraphRoom, run: Run) -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    headers["Content-Location"] = f"/threads/{run.thread.id}/runs/{run.id}"
    return StreamingResponse(_events(room, run), media_type=EVENTS, headers=headers)


async def _events(room: GraphRoom, run: Run) -> AsyncIterator[str]:
    """Yield what happens in ``run`` as server-sent events; what goes wrong is the last of them."""
    yield _event("metadata", {"run_id": run.id, "thread_id": run.thread.id})
    try:
        async for mode, chunk in chunks(room, run, run.modes or ["values"]):
            yield _event(mode, sendable(chunk))
    except HybridError as error:
        yield _event("error", {"error": type(error).__name__, "message": str(error)})
    except Exception as error:
        logger.exception("run %s of the graph failed unexpectedly", run.id)
        yield _event("error", {"error": type(error).__name__, "message": "the service's log has the details"})


async def chunks(room: GraphRoom, run: Run, modes: list[str]) -> AsyncIterator[tuple[str, Any]]:
    """Yield mode and chunk of everything that happens in ``run``, while no other run is on its thread."""
    try:
        async with room.turns[run.thread.checkpoints]:
            with refused_by_name():
                async for mode, chunk in run.graph.astream(
                    cast("Any", run.given), run.config, context=run.context, stream_mode=cast("Any", modes),
                    interrupt_before=run.body.interrupt_before, interrupt_after=run.body.interrupt_after,
                ):  # fmt: skip
                    yield mode, chunk
    finally:
        if not run.keeps:
            room.forget_soon(run.thread)


async def _awaited(room: GraphRoom, run: Run) -> dict[str, Any]:
    last: Any = {}
    async for _, chunk in chunks(room, run, ["values"]):
        last = chunk
    return cast("dict[str, Any]", sendable(last))


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"

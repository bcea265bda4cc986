"""Bodies that LangGraph's clients send and read (``langgraph_sdk``, ``RemoteGraph``), as far as our graph has them.

Unknown keys are let through unread: clients of other versions send more than we need.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, cast

from langchain_core.runnables.graph import Graph
from langgraph.types import Interrupt, StateSnapshot
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.graph_answers import CheckpointAnswer, DrawnAnswer, InterruptAnswer, MomentAnswer, ThreadAnswer
from hybrid.agents.state import PlanningContext
from hybrid.agents.threads import Thread
from hybrid.store.records import plain

Mode = Literal["values", "updates", "custom", "messages", "messages-tuple", "debug", "tasks", "checkpoints", "events"]
THREAD_ID = r"^[A-Za-z0-9._:-]{1,80}$"
INPUT_KEYS = frozenset({"instruction", "scene", "seed", "table"})
"""What callers may put into the state; everything else is the graph's own."""


DEEPEST = 50
"""Levels of nesting a body may have: a scene needs six, and writers of JSON end somewhere above two hundred."""
Moment = Annotated[str, Field(max_length=80)]
"""Id of a moment of a thread."""
Noted = str | Annotated[int, Field(ge=-(2**63), le=2**63 - 1)] | float | bool | None
"""A value that moments can be found by."""


class Body(BaseModel):
    """What all of these bodies have in common."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _can_be_kept(cls, body: object) -> object:
        return keepable(body)


class RunCommand(Body):
    """How to go on with an interrupted run."""

    resume: Any = None
    update: dict[str, Any] | None = None
    goto: Any = None


class RunConfig(Body):
    """The part of a LangGraph configuration that a caller may set."""

    configurable: dict[str, Any] = Field(default_factory=dict[str, Any])
    recursion_limit: int = Field(default=1000, ge=1, le=10_000)


class RunCreate(Body):
    """A run of the graph: a new request, or an answer to an interrupt."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "assistant_id": "planner",
                    "input": {"instruction": "put the red block on the blue block", "scene": "demo"},
                    "stream_mode": ["updates", "custom"],
                }
            ]
        },
    )

    assistant_id: str = "planner"
    input: dict[str, Any] | None = None
    command: RunCommand | None = None
    config: RunConfig = Field(default_factory=RunConfig)
    context: dict[str, Any] | None = None
    stream_mode: Mode | list[Mode] = "values"
    checkpoint: dict[str, Any] | None = None
    checkpoint_id: Moment | None = None
    interrupt_before: Literal["*"] | list[str] | None = None
    interrupt_after: Literal["*"] | list[str] | None = None
    if_not_exists: Literal["create", "reject"] = "reject"
    multitask_strategy: Literal["reject", "enqueue", "interrupt", "rollback"] = "enqueue"
    webhook: None = None
    """Not offered: this service calls nobody."""


class ThreadCreate(Body):
    """A thread to open."""

    thread_id: str | None = Field(default=None, pattern=THREAD_ID)
    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])
    if_exists: Literal["raise", "do_nothing"] = "raise"


class ThreadPatch(Body):
    """What a thread is found by."""

    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])


class ThreadSearch(Body):
    """Which threads to list."""

    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])
    limit: int = Field(default=10, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=100_000)


class StateUpdate(Body):
    """A change of a thread's state, which begins a branch."""

    values: dict[str, Any] | None = None
    as_node: str | None = None
    checkpoint: dict[str, Any] | None = None
    checkpoint_id: Moment | None = None


class CheckpointQuery(Body):
    """Which moment of a thread to look at."""

    checkpoint: dict[str, Any] = Field(default_factory=dict[str, Any])
    subgraphs: bool = False


class HistoryQuery(Body):
    """Which moments of a thread to list, the latest first."""

    limit: int = Field(default=10, ge=1, le=1000)
    before: dict[str, Any] | Moment | None = None
    metadata: dict[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=80)], Noted] | None = None
    checkpoint: dict[str, Any] | None = None


class AssistantSearch(Body):
    """Which assistants to list."""

    graph_id: str | None = None
    limit: int = Field(default=10, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=100_000)


def keepable(body: object) -> object:
    """Return ``body`` as it is.

    Raises:
        ValueError: something in it cannot be kept in every database and checkpoint, or sent back.
    """
    waiting = [(0, body)]
    while waiting:
        depth, part = waiting.pop()
        problem = "is nested too deeply. Nest less." if depth > DEEPEST else _unkeepable(part)
        if problem:
            raise ValueError(problem)
        if isinstance(part, dict):
            entries = cast("dict[object, object]", part)
            waiting.extend((depth + 1, entry) for entry in (*entries.keys(), *entries.values()))
        elif isinstance(part, list):
            waiting.extend((depth + 1, entry) for entry in cast("list[object]", part))
    return body


def _unkeepable(part: object) -> str:
    if isinstance(part, str) and any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in part):
        return "holds a NUL or half of a character. Write plain text."
    if isinstance(part, float) and not math.isfinite(part):
        return "holds a number that is not finite. Write finite numbers."
    if isinstance(part, int) and not -(2**63) <= part < 2**63:
        return "holds a whole number of more than 64 bits. Write smaller ones."
    return ""


def moment_of(named: str | None, checkpoint: dict[str, Any] | None) -> str | None:
    """Return the moment that a body means, by its id or by a whole checkpoint; None for the present."""
    moment = named or (checkpoint or {}).get("checkpoint_id")
    return str(moment)[:80] if moment else None


def context_of(body: RunCreate, *, resumable: bool) -> PlanningContext:
    """Return how a run should behave: by its context, by its configuration, or by default.

    Without a thread nobody can answer, so a question is then reported rather than asked.

    Raises:
        ValueError: a setting has an unknown value.
    """
    known = {"approval": ("never", "always"), "questions": ("ask", "report")}
    given: dict[str, Any] = {name: body.config.configurable[name] for name in known if name in body.config.configurable}
    given |= {name: value for name, value in (body.context or {}).items() if name in known}
    for name, value in given.items():
        if value not in known[name]:
            raise ValueError(f"context.{name}: {value!r} is unknown; write {' or '.join(known[name])}")
    usual: dict[str, Any] = {"questions": "ask" if resumable else "report"}
    return PlanningContext(**{**usual, **given})


def thread_view(thread: Thread, snapshot: StateSnapshot | None) -> ThreadAnswer:
    """Return a thread as clients read it."""
    waits = snapshot is not None and bool(snapshot.interrupts)
    return {
        "thread_id": thread.id,
        "created_at": thread.created_at.isoformat(),
        "updated_at": thread.updated_at.isoformat(),
        "metadata": cast("dict[str, Any]", thread.metadata),
        "status": "interrupted" if waits else "idle",
        "config": {},
        "values": _plain(snapshot.values) if snapshot is not None else None,
        "interrupts": {task.id: [interrupt_view(one) for one in task.interrupts] for task in snapshot.tasks}
        if snapshot is not None
        else {},
    }


def state_view(thread: Thread, snapshot: StateSnapshot) -> MomentAnswer:
    """Return a moment of a thread as clients read it."""
    return {
        "values": _plain(snapshot.values),
        "next": list(snapshot.next),
        "checkpoint": _checkpoint(thread, snapshot.config),
        "metadata": _plain(snapshot.metadata or {}),
        "created_at": snapshot.created_at,
        "parent_checkpoint": _checkpoint(thread, snapshot.parent_config) if snapshot.parent_config else None,
        "tasks": [
            {
                "id": task.id, "name": task.name, "error": str(task.error) if task.error else None,
                "interrupts": [interrupt_view(one) for one in task.interrupts], "checkpoint": None, "state": None,
                "result": plain(task.result),
            }
            for task in snapshot.tasks
        ],
        "interrupts": [interrupt_view(one) for one in snapshot.interrupts],
    }  # fmt: skip


def interrupt_view(found: Interrupt) -> InterruptAnswer:
    """Return an interrupt as clients read it."""
    return {"value": plain(found.value), "id": found.id}


def sendable(value: object) -> object:
    """Return a streamed chunk made of JSON's own types; interrupts as clients read them."""
    if isinstance(value, Interrupt):
        return interrupt_view(value)
    if isinstance(value, dict):
        return {str(name): sendable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [sendable(part) for part in value]
    return plain(value)


def graph_view(drawn: Graph) -> DrawnAnswer:
    """Return the graph's nodes and edges as clients read them."""
    return cast("DrawnAnswer", drawn.to_json())


def _plain(values: object) -> dict[str, Any]:
    return cast("dict[str, Any]", plain(values))


def _checkpoint(thread: Thread, config: Any) -> CheckpointAnswer:  # noqa: ANN401  (LangGraph's own open dictionary)
    inner = config.get("configurable", {})
    return {
        "thread_id": thread.id,
        "checkpoint_ns": inner.get("checkpoint_ns", ""),
        "checkpoint_id": inner.get("checkpoint_id"),
        "checkpoint_map": {},
    }

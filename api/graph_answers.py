"""Bodies that LangGraph's clients read: threads, moments of them, and the assistant, as the description shows them."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict


class CheckpointAnswer(TypedDict):
    """Which moment of which thread; the same names as ``langgraph_sdk`` has for it."""

    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str | None
    checkpoint_map: dict[str, Any]


class InterruptAnswer(TypedDict):
    """What a run waits for: a question, or a plan to approve."""

    value: Any
    id: str


class ThreadAnswer(TypedDict):
    """A thread; times are ISO 8601, UTC, and interrupts are by the task that waits."""

    thread_id: str
    created_at: str
    updated_at: str
    metadata: dict[str, Any]
    status: Literal["idle", "interrupted"]
    config: dict[str, Any]
    values: dict[str, Any] | None
    interrupts: dict[str, list[InterruptAnswer]]


class NodeAnswer(TypedDict):
    """A node that runs at a moment, or waits."""

    id: str
    name: str
    error: str | None
    interrupts: list[InterruptAnswer]
    checkpoint: None
    state: None
    result: Any


class MomentAnswer(TypedDict):
    """A moment of a thread: its values, the nodes that come next, and what is waited for."""

    values: dict[str, Any]
    next: list[str]
    checkpoint: CheckpointAnswer
    metadata: dict[str, Any]
    created_at: str | None
    parent_checkpoint: CheckpointAnswer | None
    tasks: list[NodeAnswer]
    interrupts: list[InterruptAnswer]


class UpdateAnswer(TypedDict):
    """Where a change of a thread's state can be gone on from."""

    checkpoint: CheckpointAnswer
    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str | None


class AssistantAnswer(TypedDict):
    """The graph this service has, as an assistant."""

    assistant_id: str
    graph_id: str
    name: str
    description: str
    version: int
    config: dict[str, Any]
    context: dict[str, Any]
    metadata: dict[str, Any]
    created_at: str
    updated_at: str


class DrawnAnswer(TypedDict):
    """The nodes and edges of the graph."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]


class SchemasAnswer(TypedDict):
    """JSON schemas of what goes into the graph and what comes out."""

    graph_id: str
    input_schema: dict[str, Any] | None
    output_schema: dict[str, Any] | None
    context_schema: dict[str, Any] | None
    config_schema: dict[str, Any] | None

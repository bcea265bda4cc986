"""What LangGraph's runtime does not accept, as errors of ours that name the field and the remedy."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from langgraph.errors import EmptyInputError, GraphRecursionError, InvalidUpdateError
from langgraph.types import StateSnapshot

from hybrid.errors import TaskError, TaskNotFoundError


@contextmanager
def refused_by_name() -> Generator[None]:
    """Turn what the runtime refuses about a run into a ``TaskError``."""
    try:
        yield
    except EmptyInputError as error:
        remedy = "Send an input; a command with resume is for a thread that waits."
        raise TaskError("input", "there is nothing to run or to go on with", remedy) from error
    except GraphRecursionError as error:
        remedy = "Leave it out or send a larger one; on a thread, input null goes on from there."
        raise TaskError("config.recursion_limit", "was used up before the run ended", remedy) from error


@contextmanager
def update_refused_by_name(node: str | None) -> Generator[None]:
    """Turn what the runtime refuses about a change of state into a ``TaskError``; ``node`` is who makes it."""
    try:
        yield
    except InvalidUpdateError as error:
        raise TaskError("as_node", str(error)[:200], "Name a node of GET /assistants/planner/graph.") from error
    except KeyError as error:
        problem = f"the thread's state does not lead on from {str(node)[:80]!r}"
        raise TaskError("as_node", problem, "Name the node that ran last, or leave it out.") from error


def existing(snapshot: StateSnapshot) -> StateSnapshot:
    """Return ``snapshot`` of a moment that was named; raises ``TaskNotFoundError`` when the thread had none such."""
    if snapshot.created_at is None:
        raise TaskNotFoundError(
            "checkpoint_id", "the thread has no such moment", "List them: POST /threads/ID/history."
        )
    return snapshot

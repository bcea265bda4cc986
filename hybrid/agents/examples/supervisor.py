"""A supervisor with our planner as one of its workers: ``python -m hybrid.agents.examples.supervisor``.

The planner is a subgraph that shares keys with the supervisor's state; the other worker looks at the table and keeps
the log. The supervisor here splits a list of wishes by rule; a language model may do it instead.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal, TypedDict, cast

import typer
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from hybrid.agents.desk import EngineMaker
from hybrid.agents.graph import build_graph
from hybrid.agents.state import PlanningContext
from hybrid.engine import PlanningEngine

WISHES = ("put the red block on the blue block", "put the purple block in the bowl")


class Work(TypedDict, total=False):
    """The supervisor's state; the keys from ``instruction`` to ``reason`` are shared with the planner.

    Attributes:
        wishes: what is still to be done.
        log: what became of each wish.
        instruction, scene, table, status, reason: as in ``hybrid.agents.state``.
    """

    wishes: list[str]
    log: list[str]
    instruction: str
    scene: str | dict[str, Any]
    table: str | None
    status: str
    reason: str | None


def supervise(state: Work) -> Command[Literal["planner", "__end__"]]:
    """Give the next wish to the planner, all of them on one table."""
    wishes = state.get("wishes", [])
    if not wishes:
        return cast("Command[Literal['planner', '__end__']]", Command(goto="__end__"))
    table = state.get("table") or f"supervised-{uuid.uuid4().hex}"
    update = {"instruction": wishes[0], "wishes": wishes[1:], "table": table}
    return cast("Command[Literal['planner', '__end__']]", Command(goto="planner", update=update))


def note(state: Work) -> Work:
    """Write down what the planner reported."""
    line = f"{state.get('instruction')}: {state.get('status')}"
    reason = state.get("reason")
    return {"log": [*state.get("log", []), f"{line} ({reason})" if reason else line]}


def build_office(
    engine: PlanningEngine | EngineMaker | None = None, checkpointer: BaseCheckpointSaver[Any] | None = None
) -> CompiledStateGraph[Work, PlanningContext, Work, Work]:
    """Return the supervisor with its two workers."""
    office = StateGraph(Work, context_schema=PlanningContext)
    office.add_node("supervisor", supervise)
    office.add_node("planner", build_graph(engine))
    office.add_node("clerk", note)
    office.add_edge(START, "supervisor")
    office.add_edge("planner", "clerk")
    office.add_edge("clerk", "supervisor")
    return office.compile(checkpointer=checkpointer)


def work(wishes: Sequence[str] = WISHES, engine: PlanningEngine | EngineMaker | None = None) -> list[str]:
    """Have ``wishes`` carried out one after the other and return the log."""
    done = build_office(engine).invoke({"wishes": list(wishes), "scene": "demo"}, context=PlanningContext())
    return cast("Work", done).get("log", [])


def main() -> None:
    """Carry the wishes out, and show the log."""
    for line in work():
        typer.echo(line)


if __name__ == "__main__":
    main()

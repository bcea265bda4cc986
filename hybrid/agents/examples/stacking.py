"""A stacking job in which a person approves every move: ``python -m hybrid.agents.examples.stacking [--yes]``.

The thread is kept in a file: stop the program while it waits, start it again, and it asks the same question again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command

from hybrid.agents.desk import EngineMaker
from hybrid.agents.graph import build_graph
from hybrid.agents.state import PlanningContext
from hybrid.config import data_folder
from hybrid.engine import PlanningEngine

JOB = {"instruction": "put the red block on the blue block and then the green block on the red block", "scene": "demo"}
Decide = Callable[[dict[str, Any]], object]
"""Answers an interrupt's payload; see ``hybrid.agents.answers.decision_of`` for what may be said."""


def stack(
    decide: Decide, threads: Path, thread: str = "stacking", engine: PlanningEngine | EngineMaker | None = None
) -> dict[str, Any]:
    """Carry ``JOB`` out, asking ``decide`` before every move, and return what became of it.

    Args:
        decide: shown what would be done and what should come of it.
        threads: file that keeps the thread; one that was left waiting goes on from there.
        thread: its id.
        engine: what plans and acts; None composes the one that the ``HYBRID_*`` variables describe.
    """
    config: RunnableConfig = {"configurable": {"thread_id": thread}}
    context = PlanningContext(approval="always")
    threads.parent.mkdir(parents=True, exist_ok=True)
    with SqliteSaver.from_conn_string(str(threads)) as saver:
        graph = build_graph(engine, checkpointer=saver)
        waiting = graph.get_state(config).interrupts
        if not waiting:
            begun = bool(graph.get_state(config).next)
            graph.invoke(None if begun else cast("Any", JOB), config, context=context)
            waiting = graph.get_state(config).interrupts
        while waiting:
            graph.invoke(Command(resume=decide(waiting[0].value)), config, context=context)
            waiting = graph.get_state(config).interrupts
        return graph.get_state(config).values


def ask(shown: dict[str, Any]) -> object:
    """Show a person what would be done and return what they say."""
    typer.echo(json.dumps({name: value for name, value in shown.items() if name != "subgoals"}, indent=1))
    said = typer.prompt("approve, or why not").strip()
    return said if said.lower() in ("approve", "yes", "ok") else {"decision": "reject", "reason": said}


def main(yes: Annotated[bool, typer.Option("--yes", help="Approve everything.")] = False) -> None:
    """Stack, asking before every move."""
    done = stack((lambda _: "approve") if yes else ask, data_folder() / "stacking.db")
    typer.echo(f"{done['status']}: {done.get('reason') or '; '.join(goal['words'] for goal in done['subgoals'])}")


if __name__ == "__main__":
    typer.run(main)

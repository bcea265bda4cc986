"""``build_graph``: the whole planner as one compiled LangGraph graph, to run alone, inside another one, or remotely.

::

    begin → perceive → recall → decompose → ground → plan → check → act → observe → … → conclude
                                  ↕ ask                        ↕ preview, approve

A run is found again by its thread after a crash; what it does to a table is done once (``hybrid.store.ledger``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache as once
from typing import Any

from langgraph.cache.base import BaseCache
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.types import CachePolicy, RetryPolicy

from hybrid.agents.desk import Desk, EngineMaker
from hybrid.agents.dialogue import Dialogue
from hybrid.agents.stages import Stages, routes
from hybrid.agents.state import PlanningContext, PlanningInput, PlanningOutput, PlanningState
from hybrid.agents.worlds import Standing
from hybrid.engine import STEPS, PlanningEngine
from hybrid.errors import StoreLockedError

PlanningGraph = CompiledStateGraph[PlanningState, PlanningContext, PlanningInput, PlanningOutput]

ONWARD: dict[str, tuple[str, ...]] = {
    "begin": ("perceive",),
    "perceive": ("recall", "conclude"),
    "recall": ("decompose",),
    "decompose": ("ground", "ask", "conclude"),
    "ask": ("decompose", "ask"),
    "ground": ("plan", "conclude"),
    "plan": ("check", "ground", "plan", "decompose", "give_up", "conclude"),
    "check": ("act", "preview", "plan", "decompose", "give_up", "conclude"),
    "preview": ("approve",),
    "approve": ("act", "approve", "ground", "decompose", "give_up"),
    "act": ("observe", "conclude"),
    "observe": ("ground", "plan", "decompose", "give_up", "conclude"),
    "give_up": ("conclude",),
}
"""Where each node may lead."""
SYNC = {"__pregel_durability": "sync"}
"""A checkpoint is on disk before the next node begins, unless the caller says otherwise; this is the runtime's own name
for that setting. Without a checkpointer there is nothing to wait for, and a subgraph does as its parent."""


def build_graph(
    engine: PlanningEngine | EngineMaker | None = None,
    *,
    checkpointer: bool | BaseCheckpointSaver[Any] | None = None,
    store: BaseStore | None = None,
    cache: BaseCache[Any] | None = None,
    standing: Standing | None = None,
    link: Callable[[str], str] | None = None,
) -> PlanningGraph:
    """Return the planner as a compiled graph.

    Args:
        engine: whose parts do the work, or what makes it when first needed; None composes the one that the
            ``HYBRID_*`` variables describe.
        checkpointer: keeps threads, for questions, approvals and resuming; a subgraph uses its parent's.
        store: long-term memory handed to nodes, for instance ``hybrid.agents.basestore.HybridStore``.
        cache: remembers searches; a thread that is run again from the same moment does not search again.
        standing: opens worlds that outlive this process (a robot); None acts on simulated ones, rebuilt when needed.
        link: makes an address that people can open from the name of a video; a ``file:`` address by default.

    Returns:
        A graph over ``PlanningState`` with ``PlanningInput``, ``PlanningOutput`` and ``PlanningContext``.
    """
    desk = Desk(engine, standing)
    return assembled(desk, checkpointer=checkpointer, store=store, cache=cache, link=link)


def assembled(
    desk: Desk,
    *,
    checkpointer: bool | BaseCheckpointSaver[Any] | None = None,
    store: BaseStore | None = None,
    cache: BaseCache[Any] | None = None,
    link: Callable[[str], str] | None = None,
) -> PlanningGraph:
    """Return the graph whose runs work at ``desk``; arguments as in :func:`build_graph`."""
    graph = StateGraph(
        PlanningState, context_schema=PlanningContext, input_schema=PlanningInput, output_schema=PlanningOutput
    )
    stages, dialogue = Stages(desk), Dialogue(desk, link)
    nodes: dict[str, Any] = {name: stages.node(*parts) for name, parts in routes().items()}
    nodes |= {name: getattr(stages, name) for name in ("decompose", "check", "act", "conclude")}
    nodes |= {name: getattr(dialogue, name) for name in ("begin", "ask", "preview", "approve")}
    for name, node in nodes.items():
        remembered = CachePolicy(key_func=moment) if name == "plan" else None
        graph.add_node(name, node, retry_policy=RETRY, cache_policy=remembered)
    graph.add_edge(START, "begin")
    for name, targets in ONWARD.items():
        graph.add_conditional_edges(name, onward, list(targets))
    graph.add_edge("conclude", END)
    compiled = graph.compile(checkpointer=checkpointer, store=store, cache=cache, name="planner")
    kept = SYNC if isinstance(checkpointer, BaseCheckpointSaver) else {}
    return compiled.with_config({"configurable": kept, "recursion_limit": STEPS})


RETRY = RetryPolicy(retry_on=StoreLockedError, max_attempts=3)
"""Only a store that another process holds is worth waiting for."""


def onward(state: PlanningState) -> str:
    """Return the node that the last one chose."""
    return state.get("progress", {}).get("next", "conclude")


def moment(state: PlanningState) -> str:
    """Return what a search depends on, as text: everything written down, and the seed."""
    progress = state.get("progress", {})
    known = sorted(progress.get("notes", {}).items())
    return f"{known} {progress.get('subgoal')} {progress.get('tries')} {state.get('seed', 0)} {state.get('episode')}"


@once
def make_graph() -> PlanningGraph:
    """Return the graph that ``langgraph.json`` serves: without a checkpointer, because its server brings one."""
    return build_graph()

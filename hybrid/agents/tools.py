"""The planner as five tools for agents: carry out, plan, look, ask what if, recall.

Results are short sentences a language model can act on; what is large stays in the store and comes along by name as
the message's artifact. Progress goes to the stream writer as it happens.
"""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict
from typing import Annotated, Any, cast

from langchain_core.tools import BaseTool, StructuredTool, ToolException
from langgraph.prebuilt import ToolRuntime
from pydantic import Field

from hybrid.agents import looking
from hybrid.agents.answers import fact_of
from hybrid.agents.desk import Desk, EngineMaker
from hybrid.agents.dialogue import requested_scene, requested_seed
from hybrid.agents.graph import PlanningGraph, assembled
from hybrid.agents.state import PlanningContext
from hybrid.agents.worlds import Standing
from hybrid.base import Json
from hybrid.engine import PlanningEngine
from hybrid.errors import HybridError
from hybrid.store.ledger import TableRecord

Answer = tuple[str, dict[str, Any]]
"""Words for the model, and the artifact."""
Runtime = ToolRuntime[Any, Any]
OUTSIDE = cast("Runtime", None)
"""Where a tool is called by itself rather than by a graph, nothing is injected: its calls then share one table."""
_WORDS: dict[str, str] = {
    "reached": "Done: the goal is reached.",
    "answered": "{reason}",
    "interrupted": "It was interrupted: {reason}. Ask again to go on.",
    "refused": "Refused: {reason} Look at the table, and ask for something that can be done with what is on it.",
    "question": "Question: {reason} Nothing has moved. Ask again with the words that say which.",
    "unmet": "Not reached: {reason}. Look at the table; clear what is in the way, or ask for one step at a time.",
}

Instruction = Annotated[str, Field(description="What to do, in plain words: put the red block on the blue block.")]
Relation = Annotated[str, Field(description="on, in, left_of, right_of, in_front_of, behind, next_to, clear, ...")]
Things = Annotated[list[str], Field(description="Ids of things, as `look` names them: [red_cube_1, blue_cube_1].")]
Limit = Annotated[int, Field(ge=1, le=20, description="Most requests to return.")]


def planning_tools(
    engine: PlanningEngine | EngineMaker | None = None,
    *,
    scene: str | dict[str, Any] = "demo",
    seed: int = 0,
    context: PlanningContext | None = None,
    standing: Standing | None = None,
) -> list[BaseTool]:
    """Return ``plan_and_execute``, ``plan_only``, ``look``, ``what_if`` and ``recall``, for one table a thread.

    Args:
        engine: whose parts do the work; None composes the one that the ``HYBRID_*`` variables describe.
        scene: what the table of a new thread begins as, by name or as an object.
        seed: of the table and of every search.
        context: how runs behave. By default a question comes back as the tool's answer, for the agent to settle; with
            ``PlanningContext(questions="ask", approval="always")`` people are interrupted, which takes a checkpointer.
        standing: opens worlds that outlive this process (a robot); None acts on simulated ones.

    Raises:
        SceneError: the scene is unknown or malformed.
        InstructionError: the seed is none.
    """
    requested_scene(scene)
    requested_seed(seed)
    kit = _Kit(Desk(engine, standing), scene, seed, context or PlanningContext(questions="report"))
    made = (kit.plan_and_execute, kit.plan_only, kit.look, kit.what_if, kit.recall)
    return [
        StructuredTool.from_function(
            function, name=function.__name__, response_format="content_and_artifact", handle_tool_error=True
        )
        for function in made
    ]


class _Kit:
    """The functions behind the tools, over one desk."""

    def __init__(self, desk: Desk, scene: str | dict[str, Any], seed: int, context: PlanningContext) -> None:
        self._desk = desk
        self._scene = scene
        self._seed = seed
        self._context = context
        self._graph: PlanningGraph = assembled(desk)
        self._nonce = secrets.token_hex(8)
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def plan_and_execute(self, instruction: Instruction, runtime: Runtime = OUTSIDE) -> Answer:
        """Carry out a request on the table: plan it, check it in a simulator, and move things until it holds.

        Answers whether the goal was reached, and what to do if not.
        """
        table = self._name(runtime)
        request = {"instruction": instruction, "scene": self._scene, "seed": self._seed, "table": table}
        try:
            with self._turn(table):
                return self._told(self._followed(request, runtime))
        except HybridError as error:
            raise ToolException(str(error)) from error

    def plan_only(self, instruction: Instruction, runtime: Runtime = OUTSIDE) -> Answer:
        """Say how a request would be carried out on the table as it is, checked in a simulator; nothing moves."""
        try:
            return looking.plan(self._desk, self._table(runtime), instruction)
        except HybridError as error:
            raise ToolException(str(error)) from error

    def look(self, runtime: Runtime = OUTSIDE) -> Answer:
        """Look at the table: which things are there, where they are in centimetres, and what lies on what."""
        try:
            seen = looking.look(self._desk, self._table(runtime))
        except HybridError as error:
            raise ToolException(str(error)) from error
        rows = cast("list[dict[str, Json]]", seen["things"])
        places = ", ".join(f"{row['id']} at x {row['x_cm']} y {row['y_cm']}" for row in rows)
        return f"{seen['words']} Places in cm: {places}.", seen

    def what_if(self, relation: Relation, things: Things, runtime: Runtime = OUTSIDE) -> Answer:
        """Predict what would happen if a relation between things were brought about; nothing moves."""
        table = self._table(runtime)
        try:
            seen = looking.believed(self._desk, table).scene
            return looking.what_if(self._desk, table, fact_of([relation, *things], seen))
        except HybridError as error:
            raise ToolException(str(error)) from error

    def recall(self, request: Instruction, limit: Limit = 3, runtime: Runtime = OUTSIDE) -> Answer:  # noqa: ARG002
        """Recall earlier requests like this one that were carried out, with what was done for them."""
        try:
            past = looking.recall(self._desk, request, limit)
        except HybridError as error:
            raise ToolException(str(error)) from error
        said = "; ".join(f'"{entry["instruction"]}" (episode {entry["episode"]})' for entry in past)
        return (f"Carried out before: {said}." if past else "Nothing like it was carried out before."), {"past": past}

    def _turn(self, table: str) -> threading.Lock:
        """Return what one call after the other holds: the calls of one message of an agent run side by side."""
        with self._lock:
            return self._turns[table]

    def _followed(self, request: dict[str, Any], runtime: Runtime | None) -> dict[str, Any]:
        """Carry ``request`` out, pass progress on, and return the last state."""
        last: dict[str, Any] = {}
        for mode, chunk in self._graph.stream(
            cast("Any", request),
            None if runtime is None else runtime.config,
            context=self._context,
            stream_mode=["custom", "values"],
        ):
            if mode == "values":
                last = cast("dict[str, Any]", chunk)
            elif runtime is not None:
                runtime.stream_writer(chunk)
        return last

    def _told(self, last: dict[str, Any]) -> Answer:
        reason = str(last.get("reason") or last.get("message") or "").rstrip(".")
        done = [goal["words"] for goal in last.get("subgoals", []) if goal["status"] == "reached"]
        words = _WORDS.get(str(last.get("status")), "{reason}").format(reason=_sentence(reason, last))
        if done and last.get("status") != "reached":
            words += f" Reached so far: {'; '.join(done)}."
        artifact = {name: last.get(name) for name in ("status", "episode", "subgoals", "outcome", "reason")}
        return words, artifact

    def _name(self, runtime: Runtime | None) -> str:
        """Return the id of the table of the caller's thread, the same for as long as its messages are kept."""
        if runtime is None:
            return f"table:{self._nonce}"
        thread = (runtime.config.get("configurable") or {}).get("thread_id")
        state = cast("dict[str, Any]", runtime.state) if isinstance(runtime.state, dict) else {}
        first = next(iter(state.get("messages") or []), None)
        begun = getattr(first, "id", None) or self._nonce
        return f"{thread or 'table'}:{begun}"[:120]

    def _table(self, runtime: Runtime | None) -> TableRecord:
        name = self._name(runtime)
        known = self._desk.ledger.table(name)
        return known or self._desk.ledger.set_up(name, requested_scene(self._scene), self._seed)


def _sentence(reason: str, last: dict[str, Any]) -> str:
    ends = reason[-1:] in "?!" or last.get("status") in ("unmet", "interrupted")
    return reason if ends else f"{reason}."

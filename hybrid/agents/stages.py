"""The nodes of the graph that are the pipeline's own: each takes its session from the desk and puts it back in writing.

Which node comes next is decided here too, by the pipeline's own rules, because only a session knows it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
from langgraph.runtime import Runtime

from hybrid import pipeline
from hybrid.agents.desk import Desk
from hybrid.agents.state import PlanningContext, PlanningState, PlanningUpdate, Progress
from hybrid.agents.worlds import LedgerWorld
from hybrid.base import Json
from hybrid.engine import outcome, subgoal_reports
from hybrid.errors import ActionError, HybridError, LanguageError, PerceptionError, SceneError
from hybrid.pipeline import State, Update
from hybrid.session import Session
from hybrid.store.records import plain
from simulator.base import FloatArray

REFUSALS: tuple[type[HybridError], ...] = (PerceptionError, LanguageError, ActionError, SceneError)
"""What ends a run as a refusal with its reason; every other error is the caller's to handle."""
MOVED_ON = "the table has moved on since this was planned"
QUESTIONS = 5
"""Questions asked back in one request before it ends with the last of them."""
_COUNTERS = ("round", "subgoal", "tries", "moves", "failed")

Inner = Callable[[State, Runtime[Session]], Update]
Route = Callable[[State, Session], str]
Node = Callable[[PlanningState, Runtime[PlanningContext]], PlanningUpdate]


def context_of(state: PlanningState, runtime: Runtime[PlanningContext]) -> PlanningContext:
    """Return how the run should behave: as the caller says now, or as it began; an approval once asked for stays."""
    progress = state.get("progress", {})
    begun = PlanningContext(progress.get("approval", "never"), progress.get("questions", "ask"))
    now = cast("PlanningContext | None", runtime.context) or begun
    return replace(now, approval="always") if begun.approval == "always" else now


def inner_state(state: PlanningState) -> State:
    """Return the pipeline's state that ``state`` holds."""
    progress = state.get("progress", {})
    counters: dict[str, Any] = {name: progress.get(name, 0) for name in _COUNTERS}
    begun = {**pipeline.opening(progress.get("said", ""), state.get("seed", 0)), **counters}
    begun.update(status=state.get("status", "running"), reason=state.get("reason"), message=state.get("message"))
    begun["failed"] = bool(begun["failed"])
    return cast("State", begun)


def outer_update(state: PlanningState, inner: State, changes: Progress) -> PlanningUpdate:
    """Return the graph's update for the pipeline's state ``inner`` and further ``changes`` of the progress."""
    counters = {name: inner[name] for name in _COUNTERS}
    progress = {**state.get("progress", {}), **counters, **changes}
    return {
        "status": inner["status"], "reason": inner["reason"], "message": inner["message"],
        "progress": cast("Json", progress),
    }  # fmt: skip


class Stages:
    """The pipeline's nodes over ``desk``."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def node(self, inner: Inner, route: Route) -> Node:
        """Return the node that does what ``inner`` does in the pipeline, and goes where ``route`` says."""

        def run(state: PlanningState, runtime: Runtime[PlanningContext]) -> PlanningUpdate:
            return self.carried_out(state, self.desk.entered(state), inner, route, runtime)

        return run

    def carried_out(
        self,
        state: PlanningState,
        session: Session,
        inner: Inner,
        route: Route,
        runtime: Runtime[PlanningContext],
    ) -> PlanningUpdate:
        """Run ``inner`` on ``session`` and return the update; what cannot be perceived or said ends as a refusal."""
        before = inner_state(state)
        try:
            changed = inner(before, Runtime(context=session, stream_writer=runtime.stream_writer))
            after = cast("State", {**before, **changed})
            goes_to = route(after, session)
        except REFUSALS as error:
            after = cast("State", {**before, "status": "refused", "reason": str(error), "message": str(error)})
            goes_to = "conclude"
        world = cast("LedgerWorld", session.world)
        notes = self.desk.written(session)
        changes = Progress(next=goes_to, table=world.table, step=world.clock, notes=notes)
        if "belief" in notes and "before" not in state.get("progress", {}):
            changes["before"] = notes["belief"]
        return {**outer_update(state, after, changes), "episode": session.episode}

    def decompose(self, state: PlanningState, runtime: Runtime[PlanningContext]) -> PlanningUpdate:
        """Ask the language model for subgoals; go and ask the person where the words are ambiguous."""
        session = self.desk.entered(state)
        asked = state.get("progress", {}).get("asked", 0)
        asks = context_of(state, runtime).questions == "ask" and asked < QUESTIONS

        def route(after: State, _: Session) -> str:
            if after["status"] == "question" and asks:
                return "ask"
            return pipeline.after_decomposition(after)

        update = self.carried_out(state, session, pipeline.decomposed, route, runtime)
        reports = subgoal_reports(session, inner_state(state)) if session.decomposition is not None else ()
        return {**update, "subgoals": plain(reports)}

    def check(self, state: PlanningState, runtime: Runtime[PlanningContext]) -> PlanningUpdate:
        """Try the plan in a twin; an accepted one is shown to the person first where that was asked for."""
        session = self.desk.entered(state)

        def route(after: State, session: Session) -> str:
            goes_to = pipeline.after_check(after, _inside(session))
            return "preview" if goes_to == "act" and context_of(state, runtime).approval == "always" else goes_to

        return self.carried_out(state, session, pipeline.checked, route, runtime)

    def act(self, state: PlanningState, runtime: Runtime[PlanningContext]) -> PlanningUpdate:
        """Carry the plan out, every block of it exactly once however often this node is run."""
        session = self.desk.entered(state)
        with self.desk.worlds.turn(cast("LedgerWorld", session.world).table):
            return self._acted(state, session, runtime)

    def _acted(self, state: PlanningState, session: Session, runtime: Runtime[PlanningContext]) -> PlanningUpdate:
        world, info = cast("LedgerWorld", session.world), runtime.execution_info
        assert session.plan is not None, "nothing was planned"
        key = effect_key(world.table, world.clock, session.plan.actions)
        thread = None if info is None else info.thread_id
        shared = state.get("table") is not None
        if not world.intend(key, session.episode, thread, session.plan.actions, shared=shared):
            if not session.steps:
                self.desk.store.begins_at(session.episode, world.clock)
            return self.carried_out(state, session, _moved_on, lambda after, _: pipeline.after_acting(after), runtime)
        if world.table != state.get("progress", {}).get("table"):
            self.desk.branch(session, world.table)
        if not world.caught_up:
            session.began = time.monotonic()  # what had begun before a crash is finished, however long ago that was
        return self.carried_out(state, session, pipeline.acted, lambda after, _: pipeline.after_acting(after), runtime)

    def conclude(self, state: PlanningState, runtime: Runtime[PlanningContext]) -> PlanningUpdate:
        """Complete the record of the episode and say what became of the request."""
        session, ended = self.desk.session(state), inner_state(state)
        if self.desk.store.reopen(session.episode):
            pipeline.concluded(ended, Runtime(context=session, stream_writer=runtime.stream_writer))
        result = outcome(session, ended)
        self.desk.store.close_episode(session.episode, result, session.world.state())
        record = cast("dict[str, Json]", plain(result))
        subgoals = record.pop("subgoals")
        progress = state.get("progress", Progress()).copy()
        progress["next"] = "end"
        if session.decomposition is not None and "before" in progress:
            progress["turns"] = self.desk.remembered(session, progress.get("said", ""), progress["before"])
        return {"subgoals": subgoals, "outcome": record, "progress": cast("Json", progress)}


def effect_key(table: str, step: int, actions: FloatArray) -> str:
    """Name an effect by what it is: these control steps ``[T, A]``, at this step of this table.

    Whoever comes to the same effect again, after a crash or from a past moment, finds it done.
    """
    shape = np.ascontiguousarray(actions, dtype="<f4").tobytes()
    return hashlib.sha256(f"{table} {step} ".encode() + shape).hexdigest()[:32]


def _moved_on(state: State, runtime: Runtime[Session]) -> Update:
    session = runtime.context
    session.expected = session.belief
    return {"moves": state["moves"] + 1, "reason": MOVED_ON}


def _inside(session: Session) -> Runtime[Session]:
    return Runtime(context=session)


def routes() -> dict[str, tuple[Inner, Route]]:
    """Return the pipeline's nodes that need nothing further, each with the rule that says what comes next."""
    return {
        "perceive": (pipeline.perceive, lambda _state, _session: "recall"),
        "recall": (pipeline.recall, lambda _state, _session: "decompose"),
        "ground": (pipeline.grounded, lambda state, _session: pipeline.after_grounding(state)),
        "plan": (pipeline.planned, lambda state, session: pipeline.after_planning(state, _inside(session))),
        "observe": (pipeline.observed, lambda state, session: pipeline.after_observation(state, _inside(session))),
        "give_up": (pipeline.gave_up, lambda _state, _session: "conclude"),
    }

"""The engine behind every door: runs the graph on a world, keeps the record whole, and reports the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from langchain_core.runnables import RunnableConfig

from hybrid.base import Decomposition, EpisodeResult, EpisodeStatus, Json, Listener, Outcome, Turn
from hybrid.decompose import checked_instruction, decompose
from hybrid.errors import HybridError
from hybrid.pipeline import State, build_graph, opening
from hybrid.rehearsal import Asked, Foresight, Rehearsal, foresee, only_approved, rehearse
from hybrid.remembered import words_for
from hybrid.session import Parts, Session
from hybrid.store.episodes import SqlStore
from hybrid.store.records import plain
from planner.base import Plan
from simulator.base import FloatArray, Scene, Subgoal, World

STEPS = 1000
"""Most nodes one episode may pass; the limits of going back end it long before."""


def never() -> bool:
    """Return False: nobody interrupts."""
    return False


class PlanningEngine:
    """Implements ``hybrid.base.Engine``.

    Args:
        parts: what the engine is composed of.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.graph = build_graph()

    def bound(self, store: SqlStore, *, approved: Plan | None = None) -> PlanningEngine:
        """Return the same engine writing to ``store``; with ``approved``, no other plan may move first there."""
        check = self.parts.check if approved is None else only_approved(self.parts.check, approved)
        memory = None if self.parts.memory is None else store.memory
        return PlanningEngine(replace(self.parts, store=store, check=check, memory=memory))

    def rehearse(
        self,
        instruction: str,
        scene: Scene,
        seed: int,
        cancel: Callable[[], bool],
        *,
        turns: tuple[Turn, ...] = (),
    ) -> Rehearsal:
        """Plan and check ``instruction`` on ``scene`` without moving or storing anything.

        Raises:
            InstructionError: the instruction is empty, too long or not text.
        """
        return rehearse(self.parts, Asked(instruction, scene, seed, turns), cancel)

    def foresee(
        self, scene: Scene, seed: int, *, actions: FloatArray | None = None, subgoal: Subgoal | None = None
    ) -> Foresight:
        """Imagine and simulate ``actions`` ``[T, A]``, or those of the first step towards ``subgoal``.

        Raises:
            PerceptionError: the subgoal names what is not seen, or nothing imagined brings it nearer.
        """
        return foresee(self.parts, scene, seed, actions=actions, subgoal=subgoal)

    def decompose(self, instruction: str, scene: Scene, seed: int) -> Decomposition:
        """Decompose ``instruction`` on ``scene`` as perceived; nothing moves and nothing is stored.

        Raises:
            InstructionError: the instruction is empty, too long or not text.
        """
        checked_instruction(instruction)
        world = self.parts.world(scene)
        try:
            belief = self.parts.perceiver.look(world.reset(seed), names=scene)
        finally:
            world.close()
        return decompose(self.parts.language, words_for(self.parts, instruction), belief.scene)

    def run(
        self,
        instruction: str,
        scene: Scene,
        seed: int,
        listener: Listener | None = None,
        cancel: Callable[[], bool] | None = None,
        world: World | None = None,
        *,
        turns: tuple[Turn, ...] = (),
    ) -> EpisodeResult:
        """Carry ``instruction`` out on ``scene``; the record is complete however it ends.

        Args:
            instruction: in plain words.
            scene: what the world is made from, and whose names the things have.
            seed: of the world and of every search.
            listener: told what happens.
            cancel: asked once a control block whether to stop.
            world: acted on instead of one made from ``scene``; it stands already, and is neither reset nor closed here.
                Such an episode is replayed from ``scene``, so only where the world had just been reset to it.
            turns: what was said and done before in this conversation, oldest first.

        Raises:
            InstructionError: the instruction is empty, too long or not text; nothing is stored.
        """
        text = checked_instruction(instruction)
        settings: dict[str, Json] = {
            "robot": "tool",
            "limits": plain(self.parts.limits),
            "budget": plain(self.parts.budget),
        }
        episode = self.parts.store.open_episode(
            instruction=text, scene=scene, seed=seed, models=self.parts.models, settings=settings
        )
        acted_on = self.parts.world(scene) if world is None else world
        session = Session(self.parts, acted_on, scene, episode, cancel or never, turns)
        try:
            if world is None:
                acted_on.reset(seed)
            state = self._follow(opening(text, seed), session, listener)
            return self._close(session, state)
        except HybridError as error:
            return self._close(
                session, {**opening(text, seed), "status": "refused", "reason": str(error), "message": str(error)}
            )
        except BaseException:
            fault: State = {
                **opening(text, seed),
                "status": "interrupted",
                "reason": "it was ended by a fault or a signal",
            }
            failed = outcome(session, fault)
            self.parts.store.close_episode(episode, failed, acted_on.state())
            raise
        finally:
            if world is None:
                acted_on.close()

    def _follow(self, begin: State, session: Session, listener: Listener | None) -> State:
        """Run the graph, passing events on; return its last state."""
        last: State = begin
        config = RunnableConfig(recursion_limit=STEPS)
        for mode, chunk in self.graph.stream(begin, config, context=session, stream_mode=["custom", "values"]):
            if mode == "values":
                last = cast("State", chunk)
            elif listener is not None:
                event = cast("dict[str, Json]", chunk)
                listener(str(event["event"]), cast("dict[str, Json]", event["data"]))
        return last

    def _close(self, session: Session, state: State) -> EpisodeResult:
        """Complete the record and return the result."""
        final = session.world.state()
        ended = outcome(session, state)
        self.parts.store.close_episode(session.episode, ended, final)
        return EpisodeResult(
            session.episode, ended, final, session.decomposition, tuple(session.searches), session.language_calls
        )


def outcome(session: Session, state: State) -> Outcome:
    """Return how the episode ended, as the contract reports it."""
    return Outcome(
        status=cast("EpisodeStatus", state["status"]),
        reason=state["reason"],
        subgoals=subgoal_reports(session, state),
        attempts=session.attempts,
        checks=session.checks,
        planner_share=session.chosen / session.steps if session.steps else 1.0,
        milliseconds={stage: round(spent, 1) for stage, spent in session.spent.items()},
        message=state["message"],
        best=session.best if state["status"] == "unmet" else None,
    )


def subgoal_reports(session: Session, state: State) -> tuple[dict[str, Json], ...]:
    """Return each subgoal with its facts and how it ended."""
    if session.decomposition is None:
        return ()
    reports: list[dict[str, Json]] = []
    for index, subgoal in enumerate(session.decomposition.subgoals):
        reached = state["status"] == "reached" or index < state["subgoal"]
        reports.append(
            {
                "predicate": subgoal.facts[0].relation if subgoal.facts else "",
                "words": subgoal.words,
                "facts": plain([fact.as_list() for fact in subgoal.facts]),
                "status": "reached" if reached else "unmet",
            }
        )
    return tuple(reports)

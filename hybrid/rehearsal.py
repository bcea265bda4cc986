"""Plans without moving: what would be done for an instruction, and what would become of actions (what if).

A rehearsal goes through the same stages as an episode, with the same seeds, but imagines the outcome of each accepted
plan instead of carrying it out; its first plan is therefore the one an episode of the same request begins with. It
stores nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hybrid.base import BestCandidate, Decomposition, Turn
from hybrid.decompose import checked_instruction, decompose
from hybrid.errors import PerceptionError, PlanChangedError
from hybrid.ground import ground, margins, out_of_reach, preparation
from hybrid.remembered import remembered_plan, words_for
from hybrid.rest import at_rest, held_thing
from hybrid.session import Parts
from hybrid.shortfall import best_candidate, unplanned
from planner.base import Manipulation, Plan, Searched
from simulator.base import FloatArray, Scene, Subgoal, Thing, Verdict
from simulator.twin import Twin
from world_model.base import Belief

Check = Callable[[Belief, Plan, Subgoal], Verdict]


@dataclass(frozen=True)
class Asked:
    """A request: words, what the world would be made from, the seed of everything, and what was said before."""

    instruction: str
    scene: Scene
    seed: int
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Rehearsed:
    """One plan of a rehearsal, the subgoal it serves, and what the check said of it."""

    subgoal: int
    plan: Plan
    verdict: Verdict


@dataclass(frozen=True)
class Rehearsal:
    """What would be done.

    Attributes:
        status: ``planned`` when every subgoal was imagined reached, ``unmet`` when one could not be planned,
            ``question`` or ``refused`` as the language model said, ``refused`` too where a thing lies out of reach,
            ``interrupted`` when it was stopped.
        reason: why it is not planned, or None.
        decomposition: of the instruction.
        things: as perceived before anything moves.
        plans: in order, rejected ones included.
        imagined: the things as imagined at the end.
        best: where the last search found no plan, the best that it imagined.
    """

    status: Literal["planned", "unmet", "question", "refused", "interrupted", "answered"]
    reason: str | None
    decomposition: Decomposition
    things: tuple[Thing, ...]
    plans: tuple[Rehearsed, ...] = ()
    imagined: tuple[Thing, ...] = ()
    best: BestCandidate | None = None

    @property
    def digest(self) -> str | None:
        """Names the first accepted plan by its subgoals and control steps; None when there is none."""
        first = next((entry for entry in self.plans if entry.verdict.accepted), None)
        return None if first is None else plan_digest(first.plan, self.decomposition.subgoals)


@dataclass(frozen=True)
class Foresight:
    """What would become of control actions.

    Attributes:
        actions: ``[T, A]``.
        before: the things as perceived.
        imagined: at the end, by the world model.
        simulated: at the end, in a twin of what was perceived.
        gap: largest distance between the two, metres.
        plan: where the actions come from, when they were planned for facts.
    """

    actions: FloatArray
    before: tuple[Thing, ...]
    imagined: tuple[Thing, ...]
    simulated: tuple[Thing, ...]
    gap: float
    plan: Plan | None = None


def look(parts: Parts, scene: Scene, seed: int) -> Belief:
    """Return what is believed after a first look at a world made from ``scene``."""
    world = parts.world(scene)
    try:
        world.reset(seed)
        return parts.perceiver.look(world.observe(), names=scene)
    finally:
        world.close()


def rehearse(parts: Parts, asked: Asked, cancel: Callable[[], bool]) -> Rehearsal:
    """Plan and check what is asked without moving anything.

    Args:
        parts: of the engine.
        asked: the request.
        cancel: asked before every plan whether to stop.

    Raises:
        InstructionError: the instruction is empty, too long or not text.
        PerceptionError: a subgoal names what is not seen.
    """
    text = checked_instruction(asked.instruction)
    belief = look(parts, asked.scene, asked.seed)
    examples = tuple(str(past.get("instruction", "")) for past in parts.store.similar(text))
    answer = decompose(parts.language, words_for(parts, text), belief.scene, examples=examples, turns=asked.turns)
    things = belief.scene.things
    if answer.status != "planned":
        return Rehearsal(answer.status, answer.message, answer, things)
    stage = _Stage(parts, answer, asked.seed)
    stage.tabu = () if parts.memory is None else parts.store.rejected(text, asked.scene)
    return _planned(stage, belief, cancel)


def foresee(parts: Parts, scene: Scene, seed: int, *, actions: FloatArray | None, subgoal: Subgoal | None) -> Foresight:
    """Imagine and simulate control ``actions`` ``[T, A]``, or those planned for the first step towards ``subgoal``.

    Of several plans it is the one that would be carried out: the first that passes the check, else the best imagined.

    Raises:
        PerceptionError: the subgoal names what is not seen, or nothing imagined brings it nearer.
        ActionError: an action has the wrong shape or is not finite.
    """
    belief, plan = look(parts, scene, seed), None
    if subgoal is not None:
        searched = likeliest(parts, belief, subgoal, seed)
        if not searched.plans:
            remedy = "Ask for facts that do not hold yet and can be reached."
            raise PerceptionError("facts", unplanned(belief, subgoal, searched), remedy)
        plan = searched.plans[0]
        actions = plan.actions
    steps = np.zeros((0, 4), dtype=np.float32) if actions is None else actions
    imagined = parts.perceiver.predict(belief, steps).scene.things if len(steps) else belief.scene.things
    simulated = _simulated(belief, steps)
    places = {thing.id: thing.position for thing in simulated}
    gap = max((float(np.linalg.norm(np.subtract(t.position, places[t.id]))) for t in imagined), default=0.0)
    return Foresight(steps, belief.scene.things, imagined, simulated, gap, plan)


def likeliest(parts: Parts, belief: Belief, subgoal: Subgoal, seed: int) -> Searched:
    """Return the first plan for ``subgoal`` that passes the check, else the first there is, else why there is none."""
    tabu: tuple[Manipulation, ...] = ()
    first: Searched | None = None
    for attempt in range(parts.limits.attempts):
        searched = parts.planner.plan(belief, subgoal, budget=parts.budget, tabu=tabu, seed=seed * 1009 + attempt)
        first = first or searched
        for plan in searched.plans:
            if parts.check(belief, plan, subgoal).accepted:
                return Searched((plan,))
        if not searched.plans:
            break
        tabu += tuple(plan.manipulations[0] for plan in searched.plans)
    return first or Searched()


def plan_digest(plan: Plan, subgoals: tuple[Subgoal, ...]) -> str:
    """Return a name for ``plan`` under ``subgoals``: the same control steps for the same facts have the same name."""
    facts = repr([[fact.as_list() for fact in subgoal.facts] for subgoal in subgoals])
    actions = np.ascontiguousarray(plan.actions, dtype="<f4").tobytes()
    return hashlib.sha256(facts.encode() + actions).hexdigest()[:32]


def only_approved(check: Check, approved: Plan) -> Check:
    """Return ``check``, but raising ``PlanChangedError`` when another plan than ``approved`` would move first."""
    passed: list[bool] = []

    def checked(belief: Belief, plan: Plan, subgoal: Subgoal) -> Verdict:
        verdict = check(belief, plan, subgoal)
        if verdict.accepted and not passed:
            if plan.manipulations != approved.manipulations or not np.array_equal(plan.actions, approved.actions):
                raise PlanChangedError("plan", "is no longer the one that was approved", "Look at the new one.")
            passed.append(True)
        return verdict

    return checked


@dataclass
class _Stage:
    """Where a rehearsal stands: what was tried in the present situation, and what was planned so far."""

    parts: Parts
    decomposition: Decomposition
    seed: int

    def __post_init__(self) -> None:
        self.entries: list[Rehearsed] = []
        self.tabu: tuple[Manipulation, ...] = ()
        self.settled: set[int] = set()
        self.tries = 0
        self.subgoal = 0
        self.best: BestCandidate | None = None

    def enter(self, index: int) -> None:
        """Go on to subgoal ``index``; what failed before may succeed now."""
        if index != self.subgoal:
            self.subgoal, self.tries, self.tabu = index, 0, ()


def _planned(stage: _Stage, belief: Belief, cancel: Callable[[], bool]) -> Rehearsal:
    parts, subgoals, things = stage.parts, stage.decomposition.subgoals, belief.scene.things
    for _ in range(len(subgoals) * (parts.limits.manipulations + parts.limits.attempts) + 1):
        index = ground(belief, subgoals, parts.planner, stage.settled)
        if index is None:
            return _ended("planned", None, stage, things, belief)
        far = out_of_reach(belief, subgoals[index:])
        if far is not None:
            return _ended("unmet" if stage.entries else "refused", far, stage, things, belief)
        if cancel():
            return _ended("interrupted", "it was interrupted", stage, things, belief)
        stage.enter(index)
        reason, belief = _step(stage, belief, preparation(belief, subgoals, index) or subgoals[index])
        if reason is not None and stage.tries >= parts.limits.attempts:
            return _ended("unmet", reason, stage, things, belief)
    return _ended("unmet", "it takes more manipulations than are allowed", stage, things, belief)


def _step(stage: _Stage, belief: Belief, goal: Subgoal) -> tuple[str | None, Belief]:
    """Plan one manipulation and imagine it; return why that failed, or None, and the belief afterwards."""
    parts = stage.parts
    seed = stage.seed * 1009 + len(stage.entries)
    known = None if stage.tabu or stage.tries else remembered_plan(parts, belief, goal)
    searched = (
        parts.planner.plan(belief, goal, budget=parts.budget, tabu=stage.tabu, seed=seed)
        if known is None
        else Searched((known,))
    )
    plans, stage.best = searched.plans, best_candidate(belief, goal, searched)
    if not plans:
        if margins(belief, goal) >= 0 and stage.subgoal not in stage.settled:
            stage.settled.add(stage.subgoal)
            return None, belief
        stage.tries += 1
        return unplanned(belief, goal, searched), belief
    verdict = parts.check(belief, plans[0], goal)
    stage.entries.append(Rehearsed(stage.subgoal, plans[0], verdict))
    if not verdict.accepted:
        stage.tabu = (*stage.tabu, plans[0].manipulations[0])
        stage.tries += 1
        return verdict.reason, belief
    stage.tabu = ()
    return None, parts.perceiver.predict(belief, plans[0].actions)


def _ended(
    status: Literal["planned", "unmet", "refused", "interrupted"],
    reason: str | None,
    stage: _Stage,
    things: tuple[Thing, ...],
    belief: Belief,
) -> Rehearsal:
    best = stage.best if status == "unmet" else None
    return Rehearsal(status, reason, stage.decomposition, things, tuple(stage.entries), belief.scene.things, best)


def _simulated(belief: Belief, actions: FloatArray) -> tuple[Thing, ...]:
    held = held_thing(belief)
    tip = (float(belief.tool[0]), float(belief.tool[1]), float(belief.tool[2]))
    twin = Twin(at_rest(belief.scene.things, held), tool=tip, held=held)
    try:
        return twin.run(actions).final.things
    finally:
        twin.close()

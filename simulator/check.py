"""Try a plan in the twin and say whether it may be run, or why not, in words for people and language models.

The rules are one function each, asked in order; the first that objects gives the verdict. They judge trajectories only
and know nothing of how plans are made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.base import Fact, FloatArray, Subgoal, Thing, Verdict, WorldState
from simulator.predicates import margin
from simulator.twin import Twin, TwinResult, TwinStep

DISTURBED = 0.015
"""A thing that was to stay and moved further than this was disturbed, metres."""
LEFT_ALONE = 0.004
"""What must be left alone may shift by this much, metres: things settle, and what several plans shift adds up."""
MISSED = 0.025
"""The moved thing may end this far from its aim unless told otherwise, metres."""
LAG = 0.02
"""A tool that far behind its command, touching nothing hard, cannot reach, metres."""
PRESSING = 5.0
"""Contact force from which a lag is due to pressing, newtons."""
HARD = 25.0
"""Contact force of a hard hit against something that was to stay, newtons."""
UPRIGHT = 0.8
"""Cosine of the tilt beyond which a thing has toppled."""
SOUND = 0.95
"""Cosine of the tilt below which a thing did not stand to begin with."""

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Objection:
    """Why a plan may not be run: code and reason as in ``Verdict``, and the control step at which it arose."""

    code: str
    reason: str
    step: int | None


@dataclass(frozen=True)
class Trial:
    """A simulated plan and what was asked of it; the ``restless`` fall or wander off without any plan."""

    result: TwinResult
    keep: tuple[str, ...]
    facts: tuple[Fact, ...]
    moved: str | None
    target: Vector | None
    near: float = MISSED
    restless: frozenset[str] = frozenset()


Rule = Callable[[Trial], Objection | None]


def check(
    twin: Twin,
    actions: FloatArray,
    subgoal: Subgoal,
    imagined: Sequence[Thing],
    *,
    require: bool = True,
    facts_required: tuple[Fact, ...] | None = None,
    moved: str | None = None,
    target: Vector | None = None,
    near: float = MISSED,
) -> Verdict:
    """Simulate ``actions`` ``[T, A]`` and judge what happens.

    Args:
        twin: rebuilt from the present belief; it is left as it was built.
        actions: control actions, metres and suction.
        subgoal: what is wanted and what must be left alone.
        imagined: the things as the planner imagines them at the end.
        require: whether facts must hold at the end; False when more manipulations are to follow.
        facts_required: those of the subgoal's facts that must hold; all when left out.
        moved: id of the thing the plan moves, which may therefore move.
        target: where the moved thing should end, metres.
        near: how far from there it may end, metres.

    Returns:
        The verdict; its margin is the least of the facts' margins and of what is left of ``near``.

    Raises:
        ActionError: an action has the wrong shape or is not finite.
        SceneError: a fact names what is not on the table.
    """
    result = twin.run(actions)
    facts = (subgoal.facts if facts_required is None else facts_required) if require else ()
    trial = Trial(result, subgoal.keep, facts, moved, target, near)
    objection = _first_objection(trial)
    if objection is not None and objection.code in ("toppled", "moved"):
        trial = replace(trial, restless=_restless(twin, len(actions), result.start.held) - {moved})
        objection = _first_objection(trial) if trial.restless else objection
    least = _least_margin(trial)
    if objection is None:
        objection = Objection("accepted", f"accepted with {least * 100:.1f} cm to spare", None)
    return Verdict(
        accepted=objection.code == "accepted",
        code=objection.code,
        reason=objection.reason,
        step=objection.step,
        margin=least,
        peak_force=result.peak_force,
        gap=gap(imagined, result.final.things),
        final=result.final.things,
    )


def _first_objection(trial: Trial) -> Objection | None:
    return next((found for rule in RULES if (found := rule(trial)) is not None), None)


def _restless(twin: Twin, steps: int, held: str | None) -> frozenset[str]:
    """What topples or moves in the twin while nothing is done: it was believed where it cannot stand."""
    still = np.array([0.0, 0.0, 0.0, float(held is not None)], dtype=np.float32)
    idle = Trial(twin.run(np.tile(still, (steps, 1))), (), (), None, None)
    things = idle.result.start.things
    upright = zip(things, idle.result.final.upright, strict=True)
    fallen = {thing.id for thing, cosine in upright if thing.kind != "ball" and cosine < UPRIGHT}
    return frozenset(fallen | {t.id for t in things if _shift(idle, idle.result.final, t.id) > DISTURBED})


def gap(imagined: Sequence[Thing], simulated: Sequence[Thing]) -> float:
    """Return the largest distance in metres between a thing as imagined and as simulated; 0 when none is in both."""
    where = {thing.id: thing.position for thing in simulated}
    return max((math.dist(thing.position, where[thing.id]) for thing in imagined if thing.id in where), default=0.0)


def called(thing: Thing) -> str:
    """Return what people call a thing, with its id when the words alone would not tell which: ``the red block``."""
    kind = {"cube": "block", "zone": "mat"}.get(thing.kind, thing.kind)
    suffix = "" if thing.id.endswith("_1") else f" ({thing.id})"
    return f"the {thing.colour} {kind}{suffix}"


def _things(state: WorldState) -> dict[str, Thing]:
    return {thing.id: thing for thing in state.things}


def _shift(trial: Trial, state: WorldState, thing_id: str) -> float:
    """How far a thing is from where it was before the plan, metres."""
    return math.dist(_things(trial.result.start)[thing_id].position, _things(state)[thing_id].position)


def _toppled(trial: Trial) -> Objection | None:
    """Something that stood has fallen over."""
    start = trial.result.start
    for number, step in enumerate(trial.result.steps):
        for thing, before, after in zip(start.things, start.upright, step.state.upright, strict=True):
            if thing.kind == "ball" or thing.id in trial.restless:
                continue
            if before > SOUND and after < UPRIGHT and step.state.held != thing.id:
                return Objection("toppled", f"{called(thing)} toppled at step {number}", number)
    return None


def _out_of_reach(trial: Trial) -> Objection | None:
    """The tool stays behind its command although nothing is in its way."""
    for number, step in enumerate(trial.result.steps):
        if step.lag > LAG and step.touches.peak_force < PRESSING:
            x, y, z = step.state.tool
            reason = f"out of reach: the tool stopped at ({x:.2f}, {y:.2f}, {z:.2f}) m, {step.lag * 100:.1f} cm short"
            return Objection("out_of_reach", f"{reason}, at step {number}", number)
    return None


def _collision(trial: Trial) -> Objection | None:
    """The tool or what it carries hits something hard, or pushes away something that was to stay."""
    touched: dict[str, str] = {}
    names = _things(trial.result.start)
    for number, step in enumerate(trial.result.steps):
        new = _contacts(step).items()
        touched.update(
            {other: by for other, by in new if other in names and other not in (trial.moved, *trial.restless)}
        )
        for other, by in touched.items():
            if _hit(trial, step, other):
                actor = "the tool" if by == "tool" else called(names[by])
                return Objection(
                    "collision", f"collision at step {number} between {actor} and {called(names[other])}", number
                )
    return None


def _contacts(step: TwinStep) -> dict[str, str]:
    """What was touched, and by what: ``tool`` or the id of the held thing."""
    contacts = dict.fromkeys(step.touches.held, step.state.held or "tool")
    return contacts | dict.fromkeys(step.touches.tool, "tool")


def _hit(trial: Trial, step: TwinStep, other: str) -> bool:
    hard = other in step.touches.tool and step.touches.peak_force > HARD
    return hard or _shift(trial, step.state, other) > DISTURBED


def _disturbed(trial: Trial) -> Objection | None:
    """Something that must be left alone has moved."""
    names = _things(trial.result.start)
    for thing_id in trial.keep:
        if thing_id not in names or thing_id == trial.moved or thing_id in trial.restless:
            continue
        for number, step in enumerate(trial.result.steps):
            far = _shift(trial, step.state, thing_id)
            if far > LEFT_ALONE:
                reason = f"{called(names[thing_id])} must be left alone but moved {far * 100:.1f} cm by step {number}"
                return Objection("moved", reason, number)
    return None


def _dropped(trial: Trial) -> Objection | None:
    """The carried thing came loose while suction was on, and not at its aim."""
    if trial.target is not None and _miss(trial) <= MISSED:
        return None
    carried = trial.result.start.held
    names = _things(trial.result.start)
    for number, step in enumerate(trial.result.steps):
        if carried is not None and step.state.held is None and step.suction:
            return Objection("dropped", f"{called(names[carried])} was dropped at step {number}", number)
        carried = step.state.held
    return None


def _unmet_target(trial: Trial) -> Objection | None:
    """The moved thing did not end where it should."""
    if trial.moved is None or trial.target is None:
        return None
    names = _things(trial.result.final)
    if trial.moved not in names:
        return None
    far = _miss(trial)
    if far <= trial.near:
        return None
    never = all(step.state.held != trial.moved for step in trial.result.steps)
    gripped = " (it was never gripped)" if never and any(step.suction for step in trial.result.steps) else ""
    reason = f"{called(names[trial.moved])} ended {far * 100:.1f} cm from where it should be{gripped}"
    return Objection("unmet", reason, None)


def _unmet_fact(trial: Trial) -> Objection | None:
    """A demanded fact does not hold at the end."""
    for fact in trial.facts:
        short = _margin(trial, fact)
        if short < 0:
            words = ", ".join(str(argument) for argument in fact.arguments)
            return Objection("unmet", f"predicate {fact.relation}({words}) unmet by {-short * 100:.1f} cm", None)
    return None


def _miss(trial: Trial) -> float:
    if trial.moved is None or trial.target is None:
        return 0.0
    return math.dist(_things(trial.result.final)[trial.moved].position, trial.target)


def _margin(trial: Trial, fact: Fact) -> float:
    return margin(fact, trial.result.final.things, trial.result.final.held)


def _least_margin(trial: Trial) -> float:
    margins = [_margin(trial, fact) for fact in trial.facts]
    if trial.target is not None and trial.moved in _things(trial.result.final):
        margins.append(trial.near - _miss(trial))
    return min(margins, default=0.0)


RULES: tuple[Rule, ...] = (
    _out_of_reach,
    _collision,
    _toppled,
    _disturbed,
    _dropped,
    _unmet_target,
    _unmet_fact,
)
"""Asked in this order: what went wrong first along the way is said before what is missing at the end."""

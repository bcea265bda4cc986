"""Trying the steps of a language model's plan in a twin of what is perceived, for a verdict it can read."""

from __future__ import annotations

from collections.abc import Sequence

from hybrid.check import solid
from hybrid.errors import LanguageError
from hybrid.evaluation.base import Step
from hybrid.evaluation.controller import ARRIVED, PUSHED, motion
from hybrid.evaluation.targets import resolved, words
from hybrid.rest import at_rest
from simulator.base import Scene, Subgoal, Thing
from simulator.check import check
from simulator.predicates import margin
from simulator.twin import Twin
from simulator.world import PhysicalWorld
from world_model.base import Belief

SLACK = 0.015
"""How much further off than the controller would accept a thing may end in the twin, metres."""


def rehearsed(steps: Sequence[Step], belief: Belief, goals: Sequence[Subgoal]) -> str | None:
    """Return what goes wrong when ``steps`` are carried out in a twin of ``belief``, None when nothing does.

    ``goals`` are what the request is understood to mean; a plan that is carried out and misses them is told so.
    """
    named = {step.thing for step in steps} | {str(p) for step in steps for p in step.to}
    things = at_rest(solid(belief, named), None)
    for number, step in enumerate(steps, start=1):
        try:
            problem, things = _tried(step, things)
        except LanguageError as error:
            problem = error.problem
        if problem is not None:
            return f"step {number} ({words(step)}) fails: {problem}"
    for goal in goals:
        for fact in goal.facts:
            if {str(a) for a in fact.arguments[:1]} <= {t.id for t in things} and margin(fact, things) < 0.0:
                said = ", ".join(str(argument) for argument in fact.arguments)
                return f"all steps can be done, but at the end {fact.relation}({said}) does not hold"
    return None


def _tried(step: Step, things: tuple[Thing, ...]) -> tuple[str | None, tuple[Thing, ...]]:
    """Carry one step out in a world made of ``things``; return what went wrong, and how they stand afterwards."""
    move = resolved(step, things)
    world = PhysicalWorld(Scene("believed", things), robot="tool")
    try:
        world.restart(0)
        actions = motion(step, move, things, world)
    finally:
        world.close()
    near = (PUSHED if step.act == "push" else ARRIVED) + SLACK
    twin = Twin(things, robot="tool")
    try:
        verdict = check(
            twin, actions, Subgoal(()), things, require=False, moved=move.thing, target=move.target, near=near
        )
    finally:
        twin.close()
    return (None if verdict.accepted else verdict.reason), verdict.final

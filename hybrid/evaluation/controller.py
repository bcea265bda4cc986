"""The fixed controller of the language-only arms: carries the steps of a plan out on perceived poses, without a model.

It moves as the script does that makes the play, but from what is believed: where things were seen, where the tool is
felt to be, whether the vacuum is sealed. It looks after every move and moves again what is not where it should be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from hybrid.base import Json, Perceiver
from hybrid.evaluation.base import Step
from hybrid.evaluation.targets import resolved, words
from hybrid.rest import at_rest, held_thing
from simulator.base import FloatArray, Thing, World, WorldState
from simulator.goals import Move
from simulator.script import TOOL_RADIUS, Intent, Phase, scripted_action
from world_model.base import Belief

TRIES: Final = 3
"""Moves made for one step before the next is taken up."""
ARRIVED, PUSHED = (0.015, 0.025)
"""How far from its target a carried and a pushed thing may be seen, metres."""
LONGEST: Final = {"put": 60, "carry": 60, "push": 120}
"""Control steps after which a move is given up."""
STILL: Final = np.zeros((3, 4), dtype=np.float32)
"""Control steps of standing still, in which what was let go of comes to rest."""
OVER, CEILING = 0.03, 0.2
"""How far above everything else things are carried, and how high at most, metres."""


@dataclass(frozen=True)
class Carried:
    """What became of a plan.

    Attributes:
        belief: what is believed afterwards.
        done: whether every step was seen to be done.
        reason: in words, why not.
        log: one entry a move.
    """

    belief: Belief
    done: bool
    reason: str | None
    log: tuple[dict[str, Json], ...]


def carry_out(steps: tuple[Step, ...], belief: Belief, world: World, perceiver: Perceiver) -> Carried:
    """Carry ``steps`` out one after the other in ``world``, beginning with what is believed of it.

    Raises:
        LanguageError: a step names what is not there, or no place.
        PerceptionError: what is seen cannot be made sense of.
    """
    log: list[dict[str, Json]] = []
    failed: str | None = None
    for number, step in enumerate(steps):
        move = resolved(step, settled(belief))
        for _ in range(TRIES):
            actions = motion(step, move, settled(belief), world)
            expected = perceiver.predict(belief, actions)
            belief = perceiver.look(world.observe(), expected=expected)
            far = missed(move, belief)
            log.append({"event": "acted", "step": number, "words": words(step), "steps": len(actions), "off": far})
            arrived = far is not None and far <= (PUSHED if step.act == "push" else ARRIVED)
            if arrived:
                break
        else:
            failed = failed or f"step {number + 1} ({words(step)}) was not seen to be done"
            log[-1]["left"] = failed
    return Carried(belief, failed is None, failed, tuple(log))


def settled(belief: Belief) -> tuple[Thing, ...]:
    """Return the believed things set down on what carries them."""
    ids = {thing.id for thing in belief.scene.things}
    return tuple(thing for thing in at_rest(belief.scene.things, held_thing(belief)) if thing.id in ids)


def missed(move: Move, belief: Belief) -> float | None:
    """Return how far from its target the moved thing is believed to be, metres; None when it is not seen."""
    where = [thing.position for thing in belief.scene.things if thing.id == move.thing]
    return round(math.dist(where[0], move.target), 4) if where else None


def motion(step: Step, move: Move, things: tuple[Thing, ...], world: World) -> FloatArray:
    """Make ``move`` in ``world`` from where ``things`` are believed; return the actions ``[T, A]``."""
    moved = next(thing for thing in things if thing.id == move.thing)
    others = [thing.top for thing in things if thing.id != move.thing]
    clearance = min(CEILING, max([*others, moved.top]) + OVER)
    intent = Intent(step.act == "push", move.thing, move.target, clearance)
    sensed, phase, grip = world.step(STILL[0]), Phase(), None
    done: list[FloatArray] = [STILL[0]]
    while not phase.done and len(done) < LONGEST[step.act]:
        tool, sealed = sensed[:3], bool(sensed[4] > 0.5)
        grip = (np.array(moved.position) - tool if grip is None else grip) if sealed else None
        moved = _believed(moved, tool, grip, intent, phase)
        state = _state(things, moved, sensed, held=sealed)
        action, phase = scripted_action(state, intent, phase)
        sensed = world.step(action)
        done.append(action)
    for action in STILL:
        world.step(action)
    return np.concatenate([np.array(done, dtype=np.float32), STILL])


def _believed(thing: Thing, tool: FloatArray, grip: FloatArray | None, intent: Intent, phase: Phase) -> Thing:
    """Where the moved thing is while nobody looks: it hangs from the tool, or is shoved along by it."""
    if grip is not None:
        x, y, z = (float(v) for v in tool + grip)
        return replace(thing, position=(x, y, z))
    if not (intent.push and phase.lowered):
        return thing
    centre = np.array(thing.position[:2])
    way = np.array(intent.target[:2]) - centre
    along = way / max(float(np.linalg.norm(way)), 1e-6)
    reach = 0.5 * max(thing.size[:2]) + TOOL_RADIUS
    ahead = float((tool[:2] + along * reach - centre) @ along)
    if ahead <= 0.0:
        return thing
    x, y = (float(v) for v in centre + along * ahead)
    return replace(thing, position=(x, y, thing.position[2]))


def _state(things: tuple[Thing, ...], moved: Thing, sensed: FloatArray, *, held: bool) -> WorldState:
    """The believed table in the form the script reads."""
    now = tuple(moved if thing.id == moved.id else thing for thing in things)
    x, y, z = (float(v) for v in sensed[:3])
    return WorldState(now, (1.0,) * len(now), (x, y, z), moved.id if held else None)

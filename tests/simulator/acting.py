"""Carrying out a task's witness with the scripted manipulator on true poses: what shows that a task can be done."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from simulator.base import World, WorldState
from simulator.goals import Move, after
from simulator.play import clearance_over
from simulator.predicates import rests_on
from simulator.script import Intent, Phase, find, scripted_action
from simulator.tasks import Task

STEPS = 150
"""Control steps after which one move is given up."""
MOST_STEPS = {"push": 300, "any": STEPS, "pick": STEPS}
REPEATS = 3
"""Times a move is tried when its thing was dropped or taken away meanwhile."""
ENDED = 0.02
"""A thing this near its aim needs no second try, metres."""


def act_out(task: Task, world: World) -> None:
    """Carry out the witness, following what carries a thing where it was shifted, and trying again what went wrong."""
    things = task.scene.things
    for move in task.witness:
        if not move.along:
            for _ in range(REPEATS):
                carry_out(task, move, things, world)
                target = _shifted(move, things, world.state())
                if math.dist(find(world.state(), move.thing).position[:2], target[:2]) < ENDED:
                    break
        things = after(things, (move,))
    for _ in range(10):
        world.step(np.zeros(4, dtype=np.float32))


def carry_out(task: Task, move: Move, things: tuple, world: World) -> None:
    """Make one ``move`` out of ``things`` by picking and placing, or by pushing when the task asks for it."""
    manner = task.subgoals[0].manner
    state = world.state()
    clearance = min(clearance_over(state.things, find(state, move.thing)), 0.3)
    phase, steps = Phase(), 0
    while not phase.done and steps < MOST_STEPS[manner]:
        state = world.state()
        intent = Intent(manner == "push", move.thing, _shifted(move, things, state), clearance)
        action, phase = scripted_action(state, intent, phase)
        world.step(action)
        for _ in range(task.physics.latency):
            world.step(np.array([0.0, 0.0, 0.0, action[3]], dtype=np.float32))
        steps += 1


def _shifted(move: Move, things: tuple, state: WorldState) -> tuple[float, float, float]:
    """The target of ``move``, shifted as what is to carry its thing is away from where ``things`` have it."""
    put = replace(next(thing for thing in things if thing.id == move.thing), position=move.target)
    for thing in things:
        if thing.id != move.thing and rests_on(put, thing) >= 0.0:
            x, y = (float(value) for value in np.subtract(find(state, thing.id).position, thing.position)[:2])
            return (move.target[0] + x, move.target[1] + y, move.target[2])
    return move.target

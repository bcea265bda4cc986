"""The stage that moves: a checked plan is executed block by block, and left when the world goes another way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hybrid.base import StepRecord
from hybrid.session import Session
from simulator.base import FloatArray
from world_model.base import BLOCK

DISAGREEMENT = 2
"""Blocks in a row in which the gripper does not hold what it should before the plan is left."""
RISE = 0.06
"""How far the tool rises when it has lost what it held, metres: what begins near a thing would grip that."""
LAG = 0.06
"""Distance between the tool as imagined and as sensed at which the plan is left, metres; pressing explains half.

The way of the last control step comes on top: a robot that obeys a step late does the same a step later.
"""


def act(session: Session, subgoal: int, attempt: int) -> str | None:
    """Execute the session's plan; return why it was left early, or None when it was carried out.

    Steps are recorded block by block. ``session.expected`` is the belief imagined for the moment of return. A tool that
    has lost what it held lets go and rises.
    """
    assert session.plan is not None, "nothing was planned"
    actions, wrong = session.plan.actions, 0
    session.expected = session.sure
    for start in range(0, len(actions), BLOCK):
        if session.stopped():
            return "interrupted"
        block = actions[start : start + BLOCK]
        imagined, sensed = carried_out(session, block, (subgoal, attempt))
        session.chosen += len(block)
        wrong = wrong + 1 if imagined[4] > 0.5 > sensed[4] else 0
        lag = float(np.linalg.norm(imagined[:3] - sensed[:3]))
        if wrong >= DISAGREEMENT and start + BLOCK < len(actions):
            carried_out(session, np.full((BLOCK, 4), (0, 0, RISE / BLOCK, 0), dtype=np.float32), (subgoal, attempt))
            return "the gripper does not hold what it should"
        if lag > LAG + float(np.linalg.norm(block[-1][:3])):
            return f"the tool is {100 * lag:.1f} cm from where it should be"
    return None


def carried_out(session: Session, block: FloatArray, where: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """Execute a block; return the proprioception ``[P]`` imagined after it, and as sensed."""
    assert session.expected is not None, "nothing was expected"
    sensed = execute(session, block, where)
    expected = session.parts.perceiver.predict(session.expected, block)
    session.expected = replace(expected, tool=expected.tool.new_tensor(sensed))
    return expected.tool.numpy(), sensed


def execute(session: Session, block: FloatArray, where: tuple[int, int]) -> FloatArray:
    """Execute and record a block of actions ``[K, A]``; return the proprioception ``[P]`` after it."""
    sensed = np.zeros(5, dtype=np.float32)
    records: list[StepRecord] = []
    for action in block:
        sensed = session.world.step(action)
        records.append(
            StepRecord(session.steps, *where, action=action, proprioception=sensed, surprise=session.sure.surprise)
        )
        session.steps += 1
    session.parts.store.record_steps(session.episode, tuple(records))
    return sensed

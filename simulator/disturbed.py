"""The world of a task: unlike the twin in its constants, and disturbed once or more while it is acted on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from simulator.base import (
    CONTAINERS,
    Disturbance,
    FloatArray,
    Moved,
    Observation,
    Physics,
    Scene,
    Slipped,
    Thing,
    World,
    WorldState,
)
from simulator.overlap import clear_of
from simulator.predicates import rests_on
from simulator.world import PhysicalWorld, RobotName, without_vacuum

GAP: Final = 0.012
"""Free space left around a thing that somebody moved, metres, as between the things of a start."""
EDGE: Final = 0.20
"""Largest coordinate to which a thing is moved, metres: it can still be reached."""
TOOL_GAP: Final = 0.06
"""Nobody moves a thing that is nearer than this to the tool, or puts it there, metres along the table."""
TOOL_HEIGHT: Final = 0.03
"""The same above the thing, metres: what passes higher is not in the way."""
TURNS: Final = (0, 1, -1, 2, -2, 3, -3, 4)
"""Eighths of a circle by which a displacement is turned when something is in the way, in the order tried."""

_USUAL = Physics()


class DisturbedWorld:
    """A ``PhysicalWorld`` in which each disturbance happens once; implements ``World``.

    Args:
        physical: the world; closed with this one.
        disturbances: what happens to it after every reset.
    """

    def __init__(self, physical: PhysicalWorld, disturbances: Sequence[Disturbance]) -> None:
        self.physical = physical
        self._disturbances = tuple(disturbances)
        self._begin()

    def _begin(self) -> None:
        self._due = self._disturbances
        self._step = 0
        self._carried = 0

    @property
    def due(self) -> tuple[Disturbance, ...]:
        """What has not happened yet."""
        return self._due

    def reset(self, seed: int) -> Observation:
        """Build the scene anew, with every disturbance to come; the same seed and actions give the same bytes."""
        self._begin()
        return self.physical.reset(seed)

    def observe(self) -> Observation:
        """Render the cameras now and read the robot's sensors."""
        return self.physical.observe()

    def step(self, action: FloatArray) -> FloatArray:
        """Apply ``[A]`` for one control step, let happen what is due, and return proprioception ``[P]``."""
        failing = [disturbance for disturbance in self._due if self._fails(disturbance)]
        sensed = self.physical.step(without_vacuum(action) if failing else action)
        self._step += 1
        if not self._due:
            return sensed
        state = self.physical.state()
        self._carried = 0 if state.held is None else self._carried + 1
        self._due = tuple(event for event in self._due if event not in failing and not self._moved(event, state))
        return self.physical.proprioception()

    def state(self) -> WorldState:
        """Return the true state, for scoring only."""
        return self.physical.state()

    def close(self) -> None:
        """Release the physics client."""
        self.physical.close()

    def _fails(self, disturbance: Disturbance) -> bool:
        """Whether the vacuum fails in the coming control step."""
        return isinstance(disturbance, Slipped) and self._carried >= disturbance.carried

    def _moved(self, disturbance: Disturbance, state: WorldState) -> bool:
        """Move a thing if the time has come and it can be moved; whether that was done."""
        if not isinstance(disturbance, Moved) or self._step < disturbance.step:
            return False
        spot = free_spot(state, disturbance.thing, disturbance.offset)
        if spot is not None:
            self.physical.place(disturbance.thing, spot)
        return spot is not None


def world_of(
    scene: Scene, physics: Physics = _USUAL, disturbances: Sequence[Disturbance] = (), *, robot: RobotName = "tool"
) -> World:
    """Return the world of a task, standing at its start; ``reset`` seeds it, ``close`` releases it."""
    physical = PhysicalWorld(scene, robot=robot, physics=physics)
    return DisturbedWorld(physical, disturbances) if disturbances else physical


def free_spot(state: WorldState, thing_id: str, offset: tuple[float, float]) -> tuple[float, float, float] | None:
    """Return where the centre of a thing goes when it is moved by ``offset`` or, where that is taken, to its side.

    None when the thing does not stand free on the table now, or no turned ``offset`` leads to a free spot that can be
    reached. Metres, world frame.
    """
    thing = next(thing for thing in state.things if thing.id == thing_id)
    if state.held == thing_id or not _free_on_the_table(thing, state):
        return None
    others = tuple(other for other in state.things if other.id != thing_id and other.kind != "zone")
    length, angle = math.hypot(*offset), math.atan2(offset[1], offset[0])
    for turn in TURNS:
        x = thing.position[0] + length * math.cos(angle + turn * math.pi / 4)
        y = thing.position[1] + length * math.sin(angle + turn * math.pi / 4)
        spot = (x, y, thing.position[2])
        if (
            max(abs(x), abs(y)) <= EDGE
            and not _tool_near(spot, thing.top, state)
            and clear_of(replace(thing, position=spot), others, GAP)
        ):
            return spot
    return None


def _free_on_the_table(thing: Thing, state: WorldState) -> bool:
    """Whether ``thing`` stands on the table or a zone with nothing on it, in no container and not under the tool."""
    others = [other for other in state.things if other.id != thing.id]
    boxed = any(other.kind in CONTAINERS and rests_on(thing, other) >= 0.0 for other in others)
    loaded = any(rests_on(other, thing) >= 0.0 for other in others)
    return thing.bottom < 0.003 and not (boxed or loaded or _tool_near(thing.position, thing.top, state))


def _tool_near(spot: tuple[float, float, float], top: float, state: WorldState) -> bool:
    """Whether the tool or what hangs from it is beside ``spot`` or just above something there up to ``top``."""
    hanging = max([0.0, *(thing.size[2] for thing in state.things if thing.id == state.held)])
    return math.dist(spot[:2], state.tool[:2]) < TOOL_GAP and state.tool[2] - hanging < top + TOOL_HEIGHT

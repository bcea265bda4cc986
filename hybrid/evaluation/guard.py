"""What stands between an arm and the world: it shows what can be sensed, keeps what was done, and notices peeking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hybrid.errors import HybridError
from simulator.base import FloatArray, Observation, Scene, Subgoal, World, WorldState
from simulator.tasks import Task

PEEKED = "it read the true state of the world and moved afterwards"


class GuardedWorld:
    """A world as an arm may use it; implements ``World``.

    The true state may be read once everything is done, for the arm's own record; who moves after that is cheating. The
    arm can neither start the world anew nor close it.

    Args:
        world: the one acted on; it stands already.
    """

    def __init__(self, world: World) -> None:
        self.__world = world
        self._seen = False
        self._foul: str | None = None
        self._actions: list[FloatArray] = []

    @property
    def foul(self) -> str | None:
        """What the arm did that it must not, None when it kept the rules."""
        return self._foul

    @property
    def actions(self) -> FloatArray:
        """Every action ``[T, A]`` since the arm was given the world."""
        return np.array(self._actions, dtype=np.float32).reshape(-1, 4)

    def reset(self, seed: int) -> Observation:
        """Refuse: the runner alone starts worlds; raises ``HybridError``."""
        raise self._caught(f"it reset the world (to seed {seed})")

    def observe(self) -> Observation:
        """Return what the cameras and the robot sense now."""
        return self.__world.observe()

    def step(self, action: FloatArray) -> FloatArray:
        """Apply ``[A]`` for one control step and return proprioception ``[P]``.

        Raises:
            HybridError: the true state was read before.
        """
        if self._seen:
            raise self._caught(PEEKED)
        self._actions.append(np.array(action, dtype=np.float32))
        return self.__world.step(action)

    def state(self) -> WorldState:
        """Return the true state; nothing may move afterwards."""
        self._seen = True
        return self.__world.state()

    def close(self) -> None:
        """Leave the world open: it is still to be scored."""

    def _caught(self, foul: str) -> HybridError:
        self._foul = foul
        return HybridError("arm", foul, "An arm acts on what world.observe() and world.step() return.")


def blindfolded(task: Task) -> Task:
    """Return ``task`` as an arm may see it: no witness, no goal facts, no poses.

    The declared scene lends names. Where several things are alike in colour and kind, their positions say which is
    which, so these stay; all others are put in the middle of the table. The number of subgoals stays for floors whose
    budget depends on it.
    """
    subgoals = tuple(Subgoal((), manner="any") for _ in task.subgoals)
    parts = tuple(blindfolded(part) for part in task.parts)
    return replace(task, scene=without_poses(task.scene), subgoals=subgoals, witness=(), natural="", parts=parts)


def without_poses(scene: Scene) -> Scene:
    """Return ``scene`` with the things that colour and kind tell from all others at the origin, unturned."""
    looks = [(thing.colour, thing.kind) for thing in scene.things]
    things = tuple(
        thing if looks.count(look) > 1 else replace(thing, position=(0.0, 0.0, thing.size[2] / 2), yaw=0.0)
        for thing, look in zip(scene.things, looks, strict=True)
    )
    return replace(scene, things=things)

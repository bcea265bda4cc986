"""The twin: a physics client of its own, rebuilt from what perception believes, in which plans are tried first.

It never sees the acted-on world. Several candidates run from one build: each starts from the same kept state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulator.arm import unseen_arm
from simulator.base import TOOL_HOME, FloatArray, Physics, Thing, WorldState
from simulator.robot import ToolRobot
from simulator.tabletop import RobotFactory, TableSnapshot, Tabletop, Touches

REST_STEPS = 5
"""Control steps without motion after a plan, for things to fall and come to rest (0.5 s)."""

_ROBOTS: dict[str, RobotFactory] = {"tool": ToolRobot, "arm": unseen_arm}
_USUAL = Physics()


@dataclass(frozen=True)
class TwinStep:
    """One simulated control step.

    Attributes:
        state: things, tool and what is held at its end.
        touches: what touched during it.
        lag: distance of the tool tip from where it was told to be, metres.
        suction: whether suction was commanded.
    """

    state: WorldState
    touches: Touches
    lag: float
    suction: bool


@dataclass(frozen=True)
class TwinResult:
    """What became of a sequence of actions.

    Attributes:
        start: the settled state before the first action.
        steps: one for each action ``[T]``, then those in which things come to rest.
        planned: T, the number of actions.
    """

    start: WorldState
    steps: tuple[TwinStep, ...]
    planned: int

    @property
    def final(self) -> WorldState:
        """The state at rest after the last action."""
        return self.steps[-1].state if self.steps else self.start

    @property
    def peak_force(self) -> float:
        """Largest contact force on the tool or the held thing, newtons."""
        return max((step.touches.peak_force for step in self.steps), default=0.0)


class Twin:
    """A tabletop rebuilt from believed things.

    Args:
        things: as believed; small overlaps and gaps are settled by physics.
        robot: ``arm`` as in the world that people watch, or ``tool`` alone (three times as fast).
        tool: where the tool tip is, metres.
        held: id of the thing that hangs from the tool, if one does.
        physics: the constants assumed.
    """

    def __init__(
        self,
        things: Sequence[Thing],
        *,
        robot: Literal["tool", "arm"] = "arm",
        tool: tuple[float, float, float] = TOOL_HOME,
        held: str | None = None,
        physics: Physics = _USUAL,
    ) -> None:
        self._table = Tabletop(things, physics=physics, robot=_ROBOTS[robot], tool=tool, held=held)
        self._start = self._table.snapshot()
        self._fresh = True

    def run(self, actions: FloatArray) -> TwinResult:
        """Simulate actions ``[T, A]`` from the build, then let things come to rest.

        Raises:
            ActionError: an action has the wrong shape or is not finite.
        """
        if not self._fresh:
            self._table.restore(self._start)
        self._fresh = False
        start = self._table.state()
        suction = float(actions[-1][3]) if len(actions) else float(self._table.suction)
        still = np.array([0.0, 0.0, 0.0, suction], dtype=np.float32)
        steps = [self._step(action) for action in actions]
        steps.extend(self._step(still) for _ in range(REST_STEPS))
        return TwinResult(start, tuple(steps), len(actions))

    def _step(self, action: FloatArray) -> TwinStep:
        touches = self._table.step(action)
        return TwinStep(self._table.state(), touches, self._table.lag, self._table.suction)

    def snapshot(self) -> TableSnapshot:
        """Keep the present state."""
        return self._table.snapshot()

    def restore(self, snapshot: TableSnapshot) -> None:
        """Bring back a kept state; the next ``run`` starts there."""
        self._table.restore(snapshot)
        self._start = snapshot
        self._fresh = True

    def close(self) -> None:
        """Release the physics client."""
        self._table.close()

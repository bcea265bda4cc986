"""What privileged arms are given and no planner may have: the world's true state, and an exact copy to imagine in.

Only ceilings are built from this: how much better it would be with perfect perception, a perfect twin or a perfect
model. Every arm that uses it is reported as privileged.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hybrid.check import demanded, judged
from planner.base import Plan, Proposals
from simulator.base import MOVABLE, FloatArray, Observation, Scene, Subgoal, Thing, Verdict, World
from simulator.disturbed import DisturbedWorld
from simulator.script import Intent, Phase, scripted_action
from simulator.twin import Twin
from simulator.world import PhysicalWorld, WorldSnapshot
from world_model.base import Belief
from world_model.model import LatentState
from world_model.outline import outlines_of

LONGEST = 60
"""Control steps after which a scripted manipulation is given up."""
KEY = 3
"""Part of an imagined token that says which kept state it belongs to, after the position."""


class Window:
    """A look into the world that is acted on; an arm opens it before every attempt."""

    def __init__(self) -> None:
        self._world: PhysicalWorld | None = None

    def open(self, world: World) -> None:
        """Look into ``world`` from now on; worlds other than simulated ones stay closed."""
        physical = world.physical if isinstance(world, DisturbedWorld) else world
        self._world = physical if isinstance(physical, PhysicalWorld) else None

    @property
    def world(self) -> PhysicalWorld:
        """The world acted on."""
        assert self._world is not None, "no simulated world is open to look into"
        return self._world


class TruePerceiver:
    """Implements ``Perceiver`` without looking: it knows the true state. Its tokens are positions ``[N, 3]``."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def look(self, observation: Observation, *, expected: Belief | None = None, names: Scene | None = None) -> Belief:
        """Return the truth; what was seen, expected or declared does not matter."""
        del expected, names
        things = self._window.world.state().things
        count = len(things)
        return Belief(
            torch.tensor([thing.position for thing in things], dtype=torch.float32).view(-1, 3),
            torch.from_numpy(np.asarray(observation.proprioception, dtype=np.float32)),
            Scene("belief", things),
            torch.ones(count, dtype=torch.bool),
            torch.ones(count),
        )

    def predict(self, belief: Belief, actions: FloatArray) -> Belief:
        """Return the truth after ``actions``, which have been executed by now."""
        del actions
        world = self._window.world
        things = world.state().things
        tokens = torch.tensor([thing.position for thing in things], dtype=torch.float32).view(-1, 3)
        tool = torch.from_numpy(world.proprioception())
        return replace(belief, tokens=tokens, tool=tool, scene=Scene("belief", things))

    def leap_surprise(self, before: Belief, manipulation: FloatArray, after: Belief) -> float:
        """Return 0: who knows the truth is not surprised."""
        del before, manipulation, after
        return 0.0


class ExactTwin:
    """Checks plans in a twin that starts from the true state; its physical constants are those usually assumed."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def __call__(self, belief: Belief, plan: Plan, subgoal: Subgoal) -> Verdict:
        """Simulate the control steps of ``plan`` from the true state and judge them as ever."""
        world, first = self._window.world, plan.manipulations[0]
        names = {thing.id for thing in world.scene.things}
        things = {thing.id for thing in belief.scene.things}
        facts = demanded(plan, subgoal)
        wanted = {str(name) for fact in facts for name in fact.arguments} & things | {first.thing}
        if not wanted <= names:
            reason = f"there is no {min(wanted - names)}"
            return Verdict(False, "unmet", reason, None, margin=-1.0, peak_force=0.0, gap=0.0, final=plan.imagined)
        twin = Twin(world.scene.things, robot="tool")
        try:
            twin.restore(world.snapshot().table)
            return judged(twin, belief, plan, subgoal)
        finally:
            twin.close()


class SimulatedDynamics:
    """Implements ``planner.base.Dynamics`` in an exact copy of the world, which knows everything but chance.

    Its tokens ``[N, 4]`` are (x, y, z in metres, number of the kept state). Whole manipulations are carried out by the
    script that makes the play.

    Args:
        window: into the world to copy.
        proposals: suggest control steps.
    """

    def __init__(self, window: Window, proposals: Proposals) -> None:
        self._window, self.proposals = window, proposals
        self._original: PhysicalWorld | None = None
        self._copy: PhysicalWorld | None = None
        self._chance: dict[str, Any] = {}
        self._kept: list[WorldSnapshot] = []
        self._rows: list[int] = []

    def begin(self, belief: Belief) -> LatentState:
        """Return the true state as a batch of one; believed things that do not exist stay where they are believed."""
        copy = self._copied()
        ids = [thing.id for thing in self._window.world.scene.things]
        self._rows = [ids.index(thing.id) if thing.id in ids else -1 for thing in belief.scene.things]
        self._kept = [replace(self._window.world.snapshot(), randomness=self._chance)]
        things = belief.scene.things
        tokens = torch.tensor([[*thing.position, 0.0] for thing in things], dtype=torch.float32).view(1, -1, KEY + 1)
        copy.restore(self._kept[0])
        size = outlines_of(things)[None]
        present = torch.ones(1, len(things), dtype=torch.bool)
        return LatentState.of(self._read(tokens[0])[None], size, torch.from_numpy(copy.proprioception())[None], present)

    def where(self, tokens: Tensor) -> Tensor:
        """Return the positions ``[..., 3]`` that tokens begin with, metres."""
        return tokens[..., :KEY]

    def after_block(self, state: LatentState, actions: Tensor) -> tuple[LatentState]:
        """Simulate a block of control steps ``[B, K, A]`` from every state of the batch."""
        copy = self._copied()
        tokens, tools = list[Tensor](), list[Tensor]()
        for before, block in zip(state.tokens, actions.numpy(), strict=True):
            copy.restore(self._kept[int(before[0, KEY])])
            for action in block:
                copy.step(action)
            tokens.append(self._keep(before))
            tools.append(torch.from_numpy(copy.proprioception()))
        return (LatentState.of(torch.stack(tokens), state.size, torch.stack(tools), state.present),)

    def after_manipulation(self, state: LatentState, manipulation: Tensor) -> tuple[LatentState]:
        """Let the script carry out every manipulation ``[B, M]`` from its state of the batch."""
        copy = self._copied()
        tokens, tools = list[Tensor](), list[Tensor]()
        for before, row in zip(state.tokens, manipulation.tolist(), strict=True):
            copy.restore(self._kept[int(before[0, KEY])])
            intent = Intent(row[0] > 0.5, met(copy, (row[1], row[2], row[3])).id, (row[4], row[5], row[6]), row[7])
            phase = Phase()
            for _ in range(LONGEST):
                action, phase = scripted_action(copy.state(), intent, phase)
                copy.step(action)
                if phase.done:
                    break
            tokens.append(self._keep(before))
            tools.append(torch.from_numpy(copy.proprioception()))
        return (LatentState.of(torch.stack(tokens), state.size, torch.stack(tools), state.present),)

    def _copied(self) -> PhysicalWorld:
        """Return a copy of the world that is open now; its state is anything."""
        world = self._window.world
        if self._copy is None or self._original is not world:
            if self._copy is not None:
                self._copy.close()
            self._original, self._copy = world, PhysicalWorld(world.scene, physics=world.physics)
            self._chance = self._copy.snapshot().randomness
        return self._copy

    def _keep(self, before: Tensor) -> Tensor:
        """Keep the state of the copy; return its tokens ``[N, D]``, those ``before`` where nothing is known."""
        self._kept.append(self._copied().snapshot())
        tokens = self._read(before)
        tokens[:, KEY] = len(self._kept) - 1
        return tokens

    def _read(self, before: Tensor) -> Tensor:
        """Return tokens ``before [N, D]`` with the positions the copy has now."""
        things, tokens = self._copied().state().things, before.clone()
        for row, known in enumerate(self._rows):
            if known >= 0:
                tokens[row, :KEY] = torch.tensor(things[known].position)
        return tokens


def met(world: PhysicalWorld, start: tuple[float, float, float]) -> Thing:
    """Return the movable thing whose upper face is nearest to where the tool meets it, ``start`` in metres."""
    movable = [thing for thing in world.state().things if thing.kind in MOVABLE]
    return min(movable, key=lambda thing: math.dist((*thing.position[:2], thing.top), start))

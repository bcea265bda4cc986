"""Expectations of another model than the learned one end up in tokens that read out where that model says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hybrid.evaluation.memory import OtherMemory, carried_to
from planner.geometry import GeometricDynamics
from simulator.base import Observation
from simulator.scene import load_scene
from simulator.world import PhysicalWorld
from world_model.base import Belief
from world_model.checkpoint import load_checkpoint
from world_model.model import WorldModel
from world_model.perception import TokenPerceiver


@pytest.fixture(scope="module")
def model() -> WorldModel:
    return load_checkpoint()[0]


@pytest.fixture(scope="module")
def seen() -> Observation:
    world = PhysicalWorld(load_scene("demo"))
    try:
        return world.reset(0)
    finally:
        world.close()


@pytest.fixture
def memory(model: WorldModel) -> OtherMemory:
    return OtherMemory(TokenPerceiver(model), model, GeometricDynamics(model.proposals))


def look(memory: OtherMemory, seen: Observation) -> Belief:
    return memory.look(seen, names=load_scene("demo"))


@torch.no_grad()
def test_tokens_read_out_where_they_are_carried_and_others_stay_as_they_are(
    memory: OtherMemory, model: WorldModel, seen: Observation
) -> None:
    tokens = look(memory, seen).tokens
    wanted = model.where(tokens)
    wanted[0] += torch.tensor([0.12, -0.08, 0.04])
    after = carried_to(model, tokens, wanted)
    assert float((model.where(after) - wanted).norm(dim=-1).max()) < 1e-3
    assert torch.equal(after[1:], tokens[1:])


def test_what_is_carried_is_expected_where_the_tool_takes_it(memory: OtherMemory, seen: Observation) -> None:
    belief = look(memory, seen)
    thing = belief.scene.things[[t.kind == "cube" for t in belief.scene.things].index(True)]
    tip = torch.tensor([*thing.position[:2], thing.top, 1.0, 1.0])
    held = Belief(belief.tokens, tip, belief.scene, belief.visible, belief.confidence)
    lifted = memory.predict(held, np.array([[0.0, 0.0, 0.03, 1.0]] * 4, dtype=np.float32))
    assert lifted.scene.thing(thing.id).position[2] == pytest.approx(thing.position[2] + 0.12, abs=1e-4)
    assert float(lifted.tool[2]) == pytest.approx(thing.top + 0.12, abs=1e-4)
    others = [(a, b) for a, b in zip(belief.scene.things, lifted.scene.things, strict=True) if a.id != thing.id]
    assert all(a.position == pytest.approx(b.position, abs=1e-6) for a, b in others)


def test_looks_are_those_of_the_product(memory: OtherMemory, model: WorldModel, seen: Observation) -> None:
    assert look(memory, seen).scene == TokenPerceiver(model).look(seen, names=load_scene("demo")).scene

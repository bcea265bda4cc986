"""From what is seen to what is believed: naming and remembering what is hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from simulator.base import Observation, Scene, Thing
from simulator.camera import DEFAULT_CAMERAS
from simulator.scene import load_scene
from simulator.tasks import make_task
from simulator.world import PhysicalWorld
from world_model.checkpoint import load_checkpoint
from world_model.perception import VANISHED, TokenPerceiver, first_belief, stranger, with_strangers
from world_model.seeing import Seen


def cube(name: str, x: float, y: float, colour: str = "red") -> Thing:
    return Thing(name, "cube", colour, (0.04, 0.04, 0.04), (x, y, 0.02))


@pytest.fixture(scope="module")
def perceiver() -> TokenPerceiver:
    return TokenPerceiver(load_checkpoint(cameras=DEFAULT_CAMERAS)[0])


def first_look(scene: Scene) -> Observation:
    world = PhysicalWorld(scene)
    try:
        return world.reset(0)
    finally:
        world.close()


@pytest.mark.parametrize("name", ["demo", "twins"])
def test_a_packaged_scene_is_seen_whole_and_to_a_centimetre(perceiver: TokenPerceiver, name: str) -> None:
    scene = load_scene(name)
    belief = perceiver.look(first_look(scene), names=scene)
    assert {t.id for t in belief.scene.things} == {t.id for t in scene.things}
    for thing in scene.things:
        assert np.linalg.norm(np.subtract(belief.scene.thing(thing.id).position, thing.position)) < 0.012, thing.id


def test_a_plank_and_a_tall_cylinder_are_each_one_thing_with_its_heading(perceiver: TokenPerceiver) -> None:
    plank = Thing("red_cube_1", "cube", "red", (0.10, 0.035, 0.03), (-0.1, 0.1, 0.015), 0.7)
    tall = Thing("blue_cylinder_1", "cylinder", "blue", (0.032, 0.032, 0.10), (0.1, -0.1, 0.05))
    belief = perceiver.look(first_look(Scene("long", (plank, tall))))
    assert sorted(t.id for t in belief.scene.things) == ["blue_cylinder_1", "red_cube_1"]
    seen = belief.scene.thing("red_cube_1")
    assert seen.size[0] == pytest.approx(0.10, abs=0.015)
    assert seen.size[1] == pytest.approx(0.035, abs=0.01)
    assert seen.yaw == pytest.approx(0.7, abs=0.15)
    assert belief.scene.thing("blue_cylinder_1").size[2] == pytest.approx(0.10, abs=0.015)


@pytest.mark.parametrize("seed", [464045, 464061, 464149])
def test_no_end_of_a_plank_is_overlooked(perceiver: TokenPerceiver, seed: int) -> None:
    scene = make_task("dynamics", seed).scene
    found = perceiver.look(first_look(scene), names=scene).scene
    (plank,) = (thing for thing in scene.things if thing.size[0] > 0.09 and thing.kind == "cube")
    assert np.linalg.norm(np.subtract(found.thing(plank.id).position, plank.position)) < 0.005
    assert found.thing(plank.id).size[0] == pytest.approx(plank.size[0], abs=0.006)


@pytest.mark.parametrize("aside", [(0.0, 0.0), (0.008, -0.015), (-0.016, 0.006)])
def test_a_ball_in_a_bowl_is_as_round_and_as_large_as_it_is(
    perceiver: TokenPerceiver, aside: tuple[float, float]
) -> None:
    bowl = Thing("cyan_bowl_1", "bowl", "cyan", (0.11, 0.11, 0.04), (0.02, -0.05, 0.02))
    centre = (0.02 + aside[0], -0.05 + aside[1], 0.024)
    ball = Thing("blue_ball_1", "ball", "blue", (0.04, 0.04, 0.04), centre)
    scene = Scene("bowl", (bowl, ball))
    seen = perceiver.look(first_look(scene), names=scene).scene.thing("blue_ball_1")
    assert seen.size == pytest.approx((0.04,) * 3, abs=0.003)
    assert seen.size[0] == seen.size[1] == seen.size[2]
    assert seen.top == pytest.approx(0.044, abs=0.003)


def test_the_same_images_give_the_same_belief(perceiver: TokenPerceiver) -> None:
    seen = first_look(load_scene("demo"))
    one, two = perceiver.look(seen), perceiver.look(seen)
    assert one.scene == two.scene
    assert bool((one.tokens == two.tokens).all())


def test_positions_come_from_the_images_and_not_from_the_declared_scene(perceiver: TokenPerceiver) -> None:
    scene = load_scene("demo")
    lying = replace(scene, things=tuple(replace(t, position=(*reversed(t.position[:2]), 0.3)) for t in scene.things))
    honest = perceiver.look(first_look(scene), names=scene)
    misled = perceiver.look(first_look(scene), names=lying)
    assert sorted(t.position for t in honest.scene.things) == sorted(t.position for t in misled.scene.things)


def test_a_thing_that_vanishes_from_sight_is_remembered(perceiver: TokenPerceiver) -> None:
    scene = load_scene("demo")
    belief = perceiver.look(first_look(scene), names=scene)
    gone = scene.things[0]
    without = Scene("without", scene.things[1:])
    after = perceiver.look(first_look(without), expected=belief)
    row = after.index(gone.id)
    assert not bool(after.visible[row])
    assert after.confidence[row] == VANISHED


def test_a_moved_thing_surprises_more_than_a_still_table(perceiver: TokenPerceiver) -> None:
    scene = load_scene("demo")
    belief = perceiver.look(first_look(scene), names=scene)
    still = perceiver.look(first_look(scene), expected=belief)
    first = next(t for t in scene.things if t.kind == "cube")
    moved = Scene("moved", tuple(replace(t, position=(-0.2, -0.2, 0.02)) if t == first else t for t in scene.things))
    after = perceiver.look(first_look(moved), expected=belief)
    assert after.surprise > still.surprise
    assert np.linalg.norm(np.subtract(after.scene.thing(first.id).position, (-0.2, -0.2, 0.02))) < 0.02


def test_a_thing_that_went_elsewhere_surprises_level_2_more_than_one_that_went_where_it_was_meant_to_go(
    perceiver: TokenPerceiver,
) -> None:
    scene = load_scene("demo")
    before = perceiver.look(first_look(scene), names=scene)
    block = next(thing for thing in scene.things if thing.id == "red_cube_1")
    leap = np.array([0, *block.position[:2], block.top, -0.2, -0.2, block.position[2], 0.1], np.float32)

    def surprise(x: float, y: float) -> float:
        there = replace(block, position=(x, y, block.position[2]))
        after = Scene("after", tuple(there if thing == block else thing for thing in scene.things))
        return perceiver.leap_surprise(before, leap, perceiver.look(first_look(after), expected=before))

    assert surprise(-0.2, -0.2) < 1 < surprise(-0.2, 0.2)


def test_an_empty_table_is_seen_empty(perceiver: TokenPerceiver) -> None:
    assert perceiver.look(first_look(Scene("empty", ()))).scene.things == ()


def test_without_imagination_only_the_tool_is_expected_elsewhere(perceiver: TokenPerceiver) -> None:
    scene = load_scene("demo")
    belief = perceiver.look(first_look(scene), names=scene)
    actions = np.array([[-0.03, 0.0, -0.03, 1.0]] * 6, dtype=np.float32)
    imagined = perceiver.predict(belief, actions)
    remembered = TokenPerceiver(perceiver.model, imagines=False).predict(belief, actions)
    assert torch.equal(remembered.tokens, belief.tokens)
    assert remembered.scene == belief.scene
    assert not torch.equal(imagined.tokens, belief.tokens)
    assert torch.equal(remembered.tool, imagined.tool)


@pytest.mark.parametrize(("inventory", "name"), [(True, "red_cube_1"), (False, "red_cylinder_1")])
def test_the_inventory_settles_what_a_lone_leftover_is(*, inventory: bool, name: str) -> None:
    declared = cube("red_cube_1", 0.0, 0.0)
    mistaken = replace(declared, id="red_cylinder", kind="cylinder")
    seen = Seen(torch.zeros(1, 48), (mistaken,), np.array([50.0], dtype=np.float32), torch.ones(1))
    belief = first_belief(seen, torch.zeros(5), Scene("declared", (declared,)), inventory=inventory)
    assert [thing.id for thing in belief.scene.things] == [name]


@pytest.mark.parametrize(
    ("thing", "mass", "believed"),
    [
        (cube("?", 0.15, 0.1), 20.0, True),
        (cube("?", 0.15, 0.1), 8.0, False),
        (cube("?", 0.03, 0.0), 20.0, False),
        (cube("?", 0.03, 0.0), 45.0, True),
        (cube("?", 0.03, 0.0, "blue"), 20.0, True),
        (cube("?", 0.2, 0.2, "black"), 20.0, False),
        (Thing("?", "tray", "green", (0.14, 0.11, 0.025), (-0.15, -0.1, 0.012)), 150.0, False),
    ],
    ids=["apart", "light", "fringe", "heavy", "other colour", "tool", "double of a tray"],
)
def test_a_stranger_is_believed_unless_it_is_a_fringe_or_the_tool(thing: Thing, mass: float, *, believed: bool) -> None:
    known = (cube("?", 0.0, 0.0), Thing("?", "tray", "green", (0.14, 0.11, 0.025), (-0.15, -0.12, 0.012)))
    weights = np.array([50.0, 200.0, mass], dtype=np.float32)
    seen = Seen(torch.zeros(3, 48), (*known, thing), weights, torch.ones(3))
    assert stranger(seen, 2, (0, 1), torch.tensor([0.2, 0.2, 0.1, 0.0, 0.0])) is believed


TOWER = tuple(
    Thing(f"{colour}_cube_1", "cube", colour, (0.04, 0.04, 0.04), (0.05, -0.06, 0.02 + 0.04 * level), 0.3 * level)
    for level, colour in enumerate(("green", "red", "blue"))
)


def test_a_token_moves_with_the_thing_whose_place_in_a_tower_is_corrected(perceiver: TokenPerceiver) -> None:
    belief = perceiver.look(first_look(Scene("tower", TOWER)), names=Scene("tower", TOWER))
    positions = perceiver.model.where(belief.tokens)
    for row, thing in enumerate(belief.scene.things):
        true = next(t for t in TOWER if t.id == thing.id)
        assert positions[row].tolist() == pytest.approx(thing.position, abs=2e-4)
        assert np.linalg.norm(np.subtract(thing.position, true.position)) < 0.008
        assert thing.size[2] == pytest.approx(0.04, abs=0.006)


ALIKE = Scene(
    "alike",
    (
        Thing("green_cylinder_1", "cylinder", "green", (0.031, 0.031, 0.034), (0.201, 0.232, 0.017)),
        Thing("green_cube_1", "cube", "green", (0.04, 0.04, 0.04), (0.173, 0.176, 0.02), -2.65),
    ),
)


def test_two_neighbours_of_one_colour_are_not_taken_for_one_plank_where_two_were_declared(
    perceiver: TokenPerceiver,
) -> None:
    belief = perceiver.look(first_look(ALIKE), names=ALIKE)
    for thing in ALIKE.things:
        found = belief.scene.thing(thing.id)
        assert np.linalg.norm(np.subtract(found.position, thing.position)) < 0.012
        assert max(found.size) < 0.05


def test_a_block_that_only_what_stands_on_it_shows_is_believed_to_be_there(perceiver: TokenPerceiver) -> None:
    zone = Thing("cyan_zone_1", "zone", "cyan", (0.137, 0.108, 0.001), (-0.044, 0.049, 0.0005), 1.51)
    low = Thing("blue_cube_1", "cube", "blue", (0.04, 0.04, 0.04), (-0.067, 0.045, 0.02), -1.5)
    high = Thing("gray_cube_1", "cube", "gray", (0.044, 0.044, 0.044), (-0.063, 0.046, 0.062), -2.88)
    scene = Scene("covered", (zone, low, high))
    found = perceiver.look(first_look(scene), names=scene).scene.thing("blue_cube_1")
    assert np.linalg.norm(np.subtract(found.position, low.position)) < 0.012


def test_what_nobody_expected_never_takes_the_name_of_another(perceiver: TokenPerceiver) -> None:
    belief = perceiver.look(first_look(ALIKE), names=ALIKE)
    things = tuple(replace(t, id="green_cube_2") if t.kind == "cube" else t for t in belief.scene.things)
    fresh = Seen(belief.tokens[:1], (cube("?", -0.1, -0.1, "green"),), np.array([60.0]), torch.ones(1))
    grown = with_strangers(replace(belief, scene=Scene("belief", things)), fresh, set())
    assert sorted(t.id for t in grown.scene.things) == ["green_cube_1", "green_cube_2", "green_cylinder_1"]


def on_top(thing: Thing, carrier: Thing) -> Thing:
    """Return ``thing`` in the middle of the upper face of ``carrier``."""
    return replace(thing, position=(*carrier.position[:2], carrier.top + thing.size[2] / 2))


def test_a_block_that_hides_the_one_below_is_not_a_post(perceiver: TokenPerceiver) -> None:
    low = Thing("white_cube_1", "cube", "white", (0.03, 0.03, 0.03), (0.084, -0.148, 0.015), 2.49)
    high = Thing("blue_cube_1", "cube", "blue", (0.04, 0.04, 0.04), (0.167, 0.141, 0.02), 2.53)
    before = Scene("hides", (low, high))
    belief = perceiver.look(first_look(before), names=before)
    expected = [on_top(t, belief.scene.thing(low.id)) if t.id == high.id else t for t in belief.scene.things]
    there = on_top(high, low)
    found = perceiver.look(first_look(Scene("hides", (low, there))), expected=perceiver.resized(belief, expected))
    assert np.linalg.norm(np.subtract(found.scene.thing(high.id).position, there.position)) < 0.01
    assert found.scene.thing(high.id).size[2] < 0.05


def test_the_upper_face_is_believed_where_it_is_seen_whatever_height_a_thing_has(perceiver: TokenPerceiver) -> None:
    scene = Scene("one", (cube("red_cube_1", 0.05, -0.05),))
    observation = first_look(scene)
    belief = perceiver.look(observation, names=scene)
    (thing,) = belief.scene.things
    low = replace(thing, size=(*thing.size[:2], 0.03), position=(*thing.position[:2], 0.015))
    again = perceiver.look(observation, expected=replace(belief, scene=Scene("belief", (low,))))
    assert again.scene.things[0].top == pytest.approx(thing.top, abs=1e-3)
    assert perceiver.model.where(again.tokens)[0].tolist() == pytest.approx(again.scene.things[0].position, abs=1e-3)


@pytest.mark.parametrize("height", [0.095, 0.104, 0.118])
def test_the_height_of_a_tall_thin_thing_is_seen_to_a_few_millimetres(perceiver: TokenPerceiver, height: float) -> None:
    tall = Thing("black_cylinder_1", "cylinder", "black", (0.032, 0.032, height), (0.039, 0.051, height / 2))
    scene = Scene("tall", (tall, cube("green_cube_1", -0.1, 0.1, "green")))
    found = perceiver.look(first_look(scene), names=scene).scene.thing("black_cylinder_1")
    assert found.top == pytest.approx(height, abs=0.004)
    assert found.bottom == pytest.approx(0.0, abs=0.002)

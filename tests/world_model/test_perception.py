"""From what is seen to what is believed: naming, remembering what is hidden, refusing what cannot be read."""

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
from world_model.errors import PerceptionError
from world_model.following import (
    followed,
    holding,
    matched,
    otherwise_tall,
    renamed,
    uncovered,
    united,
    upper_parts,
)
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


def test_things_of_one_colour_are_matched_by_nearness() -> None:
    expected = (cube("red_cube_1", 0, 0), cube("red_cube_2", 0.1, 0))
    seen = (cube("?", 0.09, 0.01), cube("?", 0.01, 0))
    assert matched(expected, seen) == {0: 1, 1: 0}


def test_another_colour_is_another_thing_however_near() -> None:
    assert matched((cube("red_cube_1", 0, 0),), (cube("?", 0, 0, "blue"),)) == {}


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


def broken(kind: str) -> Observation:
    rgb, elevation = np.zeros((2, 96, 96, 3), np.uint8), np.zeros((2, 96, 96), np.uint8)
    sensed = np.zeros(5, np.float32)
    if kind == "size":
        rgb = np.zeros((2, 64, 64, 3), np.uint8)
    if kind == "type":
        rgb = rgb.astype(np.float32)  # type: ignore[assignment]
    if kind == "nan":
        sensed[0] = np.nan
    return Observation(rgb, elevation, sensed, 0)


@pytest.mark.parametrize("kind", ["size", "type", "nan"])
def test_what_cannot_be_read_is_refused_by_name(perceiver: TokenPerceiver, kind: str) -> None:
    with pytest.raises(PerceptionError, match="observation"):
        perceiver.look(broken(kind))


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


@pytest.mark.parametrize(("mass", "follows"), [(30.0, True), (5.0, False)])
def test_a_thing_that_fell_and_looks_different_is_followed(mass: float, *, follows: bool) -> None:
    expected = (cube("red_cube_1", 0.0, 0.0), cube("blue_cube_1", 0.1, 0.1, "blue"))
    fallen = Thing("?", "cylinder", "red", (0.04, 0.04, 0.04), (0.08, 0.0, 0.02))
    things, weights = (fallen, cube("?", 0.1, 0.1, "blue")), np.array([mass, 50.0], dtype=np.float32)
    match = followed(expected, Seen(torch.zeros(2, 48), things, weights, torch.ones(2)))
    assert match == ({0: 0, 1: 1} if follows else {1: 1})


@pytest.mark.parametrize(("mass", "sure", "changes"), [(39.0, 0.99, True), (8.0, 0.99, False), (39.0, 0.6, False)])
def test_two_of_a_colour_take_each_others_names_where_each_is_plainly_the_other(
    mass: float, sure: float, *, changes: bool
) -> None:
    block, post = cube("red_cube_1", 0.15, -0.17), replace(cube("red_cylinder_1", 0.1, 0.14), kind="cylinder")
    things = tuple(replace(t, kind=k) for t, k in ((block, "cylinder"), (post, "cube")))
    look = Seen(torch.zeros(2, 48), things, np.array([39.0, mass], dtype=np.float32), torch.tensor([0.99, sure]))
    names = [thing.id for thing in renamed((block, post), look, {0: 0, 1: 1})]
    assert names == (["red_cylinder_1", "red_cube_1"] if changes else ["red_cube_1", "red_cylinder_1"])
    assert [t.kind for t in renamed((block, post), look, {0: 0, 1: 1})] == [name.split("_")[1] for name in names], (
        "a name goes with its kind"
    )
    assert renamed((block, post), replace(look, things=(block, things[1])), {0: 0, 1: 1}) == (block, post)
    other = replace(things[1], colour="blue"), replace(post, colour="blue")
    assert renamed((block, other[1]), replace(look, things=(things[0], other[0])), {0: 0, 1: 1}) == (block, other[1])


def test_a_ball_is_as_large_as_it_looks_on_the_table_and_never_two() -> None:
    ball, small = (
        Thing("pink_ball_1", "ball", "pink", (d, d, d), (-0.118, 0.036, z)) for d, z in ((0.039, 0.02), (0.024, 0.027))
    )
    assert otherwise_tall((ball,), (small,), {0: 0}) == {}
    assert otherwise_tall((small,), (ball,), {0: 0}) == {0: 0}
    bowl = Thing("red_bowl_1", "bowl", "red", (0.11, 0.11, 0.04), (-0.12, 0.04, 0.02))
    assert otherwise_tall((small, bowl), (ball, bowl), {0: 0, 1: 1}) == {}, "walls hold it off the floor"


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


def test_what_is_uncovered_is_looked_at_again() -> None:
    low, high = TOWER[0], replace(TOWER[1], position=(0.05, -0.06, 0.06))
    aside = replace(high, position=(-0.1, 0.1, 0.02))
    assert uncovered((low, high), (low, aside), {0: 0, 1: 1}) == {0: 0}
    assert uncovered((low, high), (low, high), {0: 0, 1: 1}) == {}


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


def test_what_holds_something_lies_where_it_lay_unless_it_is_seen_elsewhere() -> None:
    tray = Thing("red_tray_1", "tray", "red", (0.14, 0.11, 0.025), (0.0, 0.0, 0.0125))
    inside, outside = cube("?", 0.03, 0.02, "blue"), cube("?", 0.2, 0.2, "blue")
    near, far = (replace(tray, position=(x, 0.0, 0.0125), yaw=0.8) for x in (0.008, 0.03))
    expected = (tray, cube("blue_cube_1", 0.03, 0.02, "blue"))
    assert holding(expected, (near, inside), {0: 0, 1: 1}) == [0]
    assert holding(expected, (near, outside), {0: 0, 1: 1}) == []
    assert holding(expected, (far, inside), {0: 0, 1: 1}) == []


def test_a_post_that_looks_half_as_tall_once_something_was_taken_off_it_was_two_blocks() -> None:
    post = replace(cube("red_cube_1", 0.0, 0.0), size=(0.04, 0.04, 0.08), position=(0.0, 0.0, 0.04))
    lone, upon = cube("?", 0.0, 0.0), replace(cube("?", 0.0, 0.0, "blue"), position=(0.0, 0.0, 0.06))
    assert otherwise_tall((post,), (lone,), {0: 0}) == {0: 0}
    assert otherwise_tall((post,), (lone, upon), {0: 0}) == {}
    assert otherwise_tall((cube("red_cube_1", 0.0, 0.0),), (lone,), {0: 0}) == {}
    hovers = replace(lone, position=(*lone.position[:2], post.top - lone.size[2] / 2))
    assert otherwise_tall((post,), (hovers,), {0: 0}) == {}, "its lower part was overlooked"
    fallen = replace(hovers, position=(*lone.position[:2], post.top - 0.04))
    assert otherwise_tall((post,), (fallen,), {0: 0}) == {0: 0}


def test_what_stands_alone_at_last_is_as_tall_as_it_looks_and_what_stands_on_something_as_it_was() -> None:
    covered = replace(cube("red_cube_1", 0.0, 0.0), size=(0.04, 0.04, 0.055), position=(0.0, 0.0, 0.0275))
    upon = replace(covered, position=(0.1, 0.1, 0.0675))
    lone, under = cube("?", 0.0, 0.0), cube("?", 0.1, 0.1, "blue")
    assert otherwise_tall((covered,), (lone,), {0: 0}) == {0: 0}
    assert otherwise_tall((upon,), (replace(lone, position=(0.1, 0.1, 0.06)), under), {0: 0}) == {}


def test_what_seems_to_reach_through_what_should_carry_it_stands_on_that_while_it_is_not_seen() -> None:
    low, high = cube("gray_cube_1", 0.0, 0.0, "gray"), cube("white_cube_1", 0.0, 0.0, "white")
    high = replace(high, position=(0.0, 0.0, 0.06))
    tall = replace(high, size=(0.042, 0.042, 0.078), position=(0.003, 0.0, 0.039))
    part = upper_parts((low, high), (tall,), {1: 0})[0]
    assert part.size == (0.042, 0.042, 0.04)
    assert part.position == pytest.approx((0.003, 0.0, 0.058))
    assert upper_parts((low, high), (tall, low), {1: 0, 0: 1}) == {}, "what carries it is seen"
    assert upper_parts((low, high), (replace(high, position=(0.0, 0.0, 0.058)),), {1: 0}) == {}
    assert upper_parts((low, high), (replace(tall, size=(0.04, 0.04, 0.04), position=low.position),), {1: 0}) == {}
    assert upper_parts((high,), (tall,), {0: 0}) == {}, "nothing should carry it"


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


def gray(bottom: float, top: float) -> Thing:
    return Thing("?", "cube", "gray", (0.04, 0.04, top - bottom), (0.035, -0.047, (bottom + top) / 2))


def seen(*things: tuple[Thing, float]) -> Seen:
    weights = np.array([mass for _, mass in things], dtype=np.float32)
    return Seen(torch.zeros(len(things), 48), tuple(thing for thing, _ in things), weights, torch.ones(len(things)))


def test_one_thing_seen_in_two_parts_is_whole_and_as_tall_as_it_was() -> None:
    known = replace(gray(0.0, 0.04), id="gray_cube_1")
    wholes, parts = united((known,), look := seen((gray(0.0, 0.025), 20.0), (gray(0.025, 0.039), 14.0)))
    assert wholes[1].size == pytest.approx((0.04, 0.04, 0.04))
    assert wholes[1].position == pytest.approx((0.035, -0.047, 0.019))
    assert parts == [0]
    assert len(look.without(parts).things) == 1
    assert united((known, replace(known, id="gray_cube_2")), look) == ({}, []), "two are known"
    assert united((cube("red_cube_1", 0, 0),), look) == ({}, []), "none is known"


@pytest.mark.parametrize(("mass", "part"), [(8.0, 0), (60.0, 2)])
def test_of_two_of_a_colour_that_something_parts_the_lighter_is_the_side_of_it(mass: float, part: int) -> None:
    between = Thing("?", "cube", "brown", (0.039, 0.039, 0.013), (0.035, -0.049, 0.0345))
    look = seen((gray(0.0, 0.028), mass), (between, 12.0), (gray(0.041, 0.078), 42.0))
    assert united((replace(gray(0.0, 0.04), id="gray_cube_1"), between), look) == ({}, [part])


def test_the_two_ends_of_a_plank_are_one_plank() -> None:
    plank = Thing("white_cube_1", "cube", "white", (0.09, 0.04, 0.03), (-0.069, -0.027, 0.053))
    ends = [cube("?", -0.055, -0.005, "white"), cube("?", -0.049, 0.027, "white")]
    wholes, parts = united((plank,), seen(*((replace(end, position=(*end.position[:2], 0.04)), 20.0) for end in ends)))
    ((column, whole),) = wholes.items()
    assert parts == [1 - column]
    assert whole.position == pytest.approx((-0.052, 0.011, 0.04))
    assert (whole.size, abs(whole.yaw)) == (plank.size, pytest.approx(1.385, abs=0.01))
    far = (ends[0], 20.0), (replace(ends[1], position=(-0.049, 0.09, 0.02)), 20.0)
    assert united((plank,), seen(*far)) == ({}, []), "another one, further away than a plank is long"
    ghost = cube("?", -0.049, 0.027, "white")
    assert united((plank,), seen((plank, 60.0), (ghost, 5.0))) == ({}, []), "it is seen from end to end"


def test_what_is_recognised_is_no_part_of_another_because_a_ghost_is_seen_elsewhere() -> None:
    low, high = (replace(gray(z, z + 0.04), id=f"gray_cube_{k}") for k, z in enumerate((0.0, 0.04)))
    ghost = cube("?", 0.15, -0.1, "gray")
    assert united((low, high), seen((low, 20.0), (high, 50.0), (ghost, 3.0))) == ({}, [])


def on_top(thing: Thing, carrier: Thing) -> Thing:
    """Return ``thing`` in the middle of the upper face of ``carrier``."""
    return replace(thing, position=(*carrier.position[:2], carrier.top + thing.size[2] / 2))


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

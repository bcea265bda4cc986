"""The relations in metres: each example of the docstrings, each threshold from both sides, geometry by other means.

Oracles: outlines sampled densely for the gap between footprints, angles for the four directions, singular vectors for
the line, the worlds mirrored and turned for symmetry.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulator.base import RELATIONS, Fact, Kind, Relation, Thing
from simulator.errors import SceneError
from simulator.places import PLACES
from simulator.predicates import footprint_gap, holds, margin, rests_on

SIZES: dict[Kind, tuple[float, float, float]] = {
    "cube": (0.04, 0.04, 0.04),
    "cylinder": (0.04, 0.04, 0.04),
    "ball": (0.04, 0.04, 0.04),
    "bowl": (0.11, 0.11, 0.04),
    "tray": (0.14, 0.11, 0.025),
    "zone": (0.10, 0.10, 0.001),
}


def thing(name: str, x: float, y: float, bottom: float = 0.0, kind: Kind = "cube", yaw: float = 0.0) -> Thing:
    size = SIZES[kind]
    return Thing(name, kind, "red", size, (x, y, bottom + size[2] / 2), yaw)


def fact(relation: Relation, *arguments: str | float) -> Fact:
    return Fact(relation, arguments)


def outline(t: Thing, count: int) -> np.ndarray:
    """Points ``[count, 2]`` on the boundary of the footprint, found without the code under test."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    if t.kind in ("cylinder", "ball", "bowl"):
        flat = np.stack([np.cos(turn), np.sin(turn)], 1) * t.size[0] / 2
    else:
        share = np.linspace(-0.5, 0.5, count // 4)
        ends = np.full_like(share, 0.5)
        sides = [(share, ends), (share, -ends), (ends, share), (-ends, share)]
        flat = np.concatenate([np.stack([u * t.size[0], v * t.size[1]], 1) for u, v in sides])
    rotation = np.array([[math.cos(t.yaw), -math.sin(t.yaw)], [math.sin(t.yaw), math.cos(t.yaw)]])
    return flat @ rotation.T + np.array(t.position[:2])


def random_thing(rng: np.random.Generator, name: str) -> Thing:
    kind: Kind = list(SIZES)[rng.integers(len(SIZES))]  # type: ignore[assignment]
    x, y = rng.uniform(-0.2, 0.2, 2)
    return thing(name, float(x), float(y), float(rng.choice([0.0, 0.04])), kind, float(rng.uniform(-3, 3)))


def turned(t: Thing, angle: float) -> Thing:
    x, y, z = t.position
    position = (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle), z)
    return replace(t, position=position, yaw=t.yaw + angle)


def test_footprint_gap_agrees_with_densely_sampled_outlines() -> None:
    rng = np.random.default_rng(0)
    compared = 0
    for _ in range(120):
        a, b = random_thing(rng, "a"), random_thing(rng, "b")
        gap = footprint_gap(a, b)
        assert gap == pytest.approx(footprint_gap(b, a))
        if gap > 0:
            points_a, points_b = outline(a, 200), outline(b, 200)
            sampled = float(np.linalg.norm(points_a[:, None] - points_b[None], axis=-1).min())
            assert gap == pytest.approx(sampled, abs=0.002)
            compared += 1
    assert compared > 60


def test_footprint_gap_of_overlapping_things_is_the_least_shift_that_parts_them() -> None:
    assert footprint_gap(thing("a", 0, 0), thing("b", 0.03, 0.01)) == pytest.approx(-0.01)
    assert footprint_gap(thing("a", 0, 0, kind="ball"), thing("b", 0.03, 0, kind="bowl")) == pytest.approx(-0.045)


def test_on_allows_a_centre_of_mass_that_is_supported_and_no_more() -> None:
    below = thing("b", 0, 0)
    assert margin(fact("on", "a", "b"), [thing("a", 0, 0, 0.04), below]) == pytest.approx(0.01)
    assert margin(fact("on", "a", "b"), [thing("a", 0.019, 0, 0.04), below]) == pytest.approx(0.001)
    assert margin(fact("on", "a", "b"), [thing("a", 0.021, 0, 0.04), below]) == pytest.approx(-0.001)
    assert margin(fact("on", "a", "b"), [thing("a", 0, 0, 0.052), below]) == pytest.approx(-0.002)
    assert not holds(fact("on", "b", "a"), [thing("a", 0, 0, 0.04), below])


def test_a_held_thing_is_on_nothing_and_nowhere() -> None:
    things = [thing("a", 0, 0, 0.04), thing("b", 0, 0)]
    assert holds(fact("on", "a", "b"), things)
    assert holds(fact("at", "a", "center"), things)
    assert not holds(fact("on", "a", "b"), things, "a")
    assert not holds(fact("at", "a", "center"), things, "a")
    assert holds(fact("held", "a"), things, "a")
    assert not holds(fact("held", "b"), things, "a")
    assert holds(fact("clear", "b"), things, "a")
    assert not holds(fact("clear", "b"), things)


def test_on_a_container_or_zone_means_in_it() -> None:
    containers: tuple[Kind, ...] = ("bowl", "tray", "zone")
    for kind in containers:
        things = [thing("a", 0.01, 0.02, 0.004), thing("c", 0, 0, kind=kind, yaw=0.4)]
        assert margin(fact("on", "a", "c"), things) == margin(fact("in", "a", "c"), things) >= 0


def test_in_a_bowl_needs_the_centre_inside_the_inner_radius_and_the_bottom_below_the_rim() -> None:
    bowl = thing("c", 0, 0, kind="bowl")
    assert margin(fact("in", "a", "c"), [thing("a", 0.040, 0, 0.004), bowl]) == pytest.approx(0.004)
    assert margin(fact("in", "a", "c"), [thing("a", 0.046, 0, 0.004), bowl]) == pytest.approx(-0.002)
    assert margin(fact("in", "a", "c"), [thing("a", 0, 0, 0.041), bowl]) == pytest.approx(-0.001)


def test_in_a_turned_tray_follows_the_tray() -> None:
    lying, turned_tray = thing("c", 0, 0, kind="tray"), thing("c", 0, 0, kind="tray", yaw=math.pi / 2)
    far = thing("a", 0.058, 0, 0.004)
    assert holds(fact("in", "a", "c"), [far, lying])
    assert not holds(fact("in", "a", "c"), [far, turned_tray])


def test_in_a_zone_needs_the_thing_down_on_the_table() -> None:
    zone = thing("c", 0, 0, kind="zone")
    assert margin(fact("in", "a", "c"), [thing("a", 0.045, 0, 0.001), zone]) == pytest.approx(0.005)
    assert not holds(fact("in", "a", "c"), [thing("a", 0.051, 0, 0.001), zone])
    assert not holds(fact("in", "a", "c"), [thing("a", 0, 0, 0.041), zone])


def test_at_a_point_allows_three_centimetres_and_a_place_six() -> None:
    assert margin(fact("at", "a", 0.1, 0.05), [thing("a", 0.125, 0.05)]) == pytest.approx(0.005)
    assert margin(fact("at", "a", 0.1, 0.05), [thing("a", 0.1, 0.085)]) == pytest.approx(-0.005)
    for name, (x, y) in PLACES.items():
        assert holds(fact("at", "a", name), [thing("a", x + 0.04, y - 0.04)])
        assert not holds(fact("at", "a", name), [thing("a", x + 0.045, y - 0.045)])


def test_at_needs_support_by_the_table_or_by_a_thing_beneath() -> None:
    floating, below = thing("a", 0, 0, 0.04), thing("b", 0, 0)
    assert not holds(fact("at", "a", "center"), [floating])
    assert holds(fact("at", "a", "center"), [floating, below])
    assert holds(fact("at", "a", "center"), [thing("a", 0, 0, 0.006), thing("c", 0, 0, kind="bowl")])


@pytest.mark.parametrize(
    ("relation", "direction"), [("behind", 0.0), ("left_of", 90.0), ("in_front_of", 180.0), ("right_of", 270.0)]
)
def test_each_direction_is_the_quadrant_around_it(relation: Relation, direction: float) -> None:
    for degrees in range(0, 360, 8):  # never exactly on a diagonal
        angle = math.radians(degrees)
        things = [thing("a", 0.05 + 0.1 * math.cos(angle), 0.1 * math.sin(angle)), thing("b", 0.05, 0)]
        off = abs((degrees - direction + 180) % 360 - 180)
        assert holds(fact(relation, "a", "b"), things) == (off <= 45), degrees


def test_directions_need_two_centimetres() -> None:
    assert margin(fact("left_of", "a", "b"), [thing("a", 0, 0.019), thing("b", 0, 0)]) == pytest.approx(-0.001)
    assert margin(fact("left_of", "a", "b"), [thing("a", 0.01, 0.05), thing("b", 0, 0)]) == pytest.approx(0.03)


def test_next_to_is_symmetric_and_excludes_stacks_and_distance() -> None:
    b = thing("b", 0, 0)
    near, far, above = thing("a", 0.06, 0), thing("a", 0.081, 0), thing("a", 0, 0, 0.04)
    assert margin(fact("next_to", "a", "b"), [near, b]) == pytest.approx(0.02)
    assert margin(fact("next_to", "b", "a"), [near, b]) == pytest.approx(0.02)
    assert not holds(fact("next_to", "a", "b"), [far, b])
    assert not holds(fact("next_to", "a", "b"), [above, b])
    assert not holds(fact("next_to", "a", "c"), [thing("a", 0, 0, 0.004), thing("c", 0, 0, kind="bowl")])
    assert not holds(fact("next_to", "a", "b"), [replace(near, position=(0.06, 0, 0.06)), b])


def test_between_takes_the_middle_of_the_segment() -> None:
    ends = [thing("b", -0.1, 0), thing("c", 0.1, 0)]
    assert margin(fact("between", "a", "b", "c"), [thing("a", 0, 0.01), *ends]) == pytest.approx(0.02)
    assert margin(fact("between", "a", "b", "c"), [thing("a", 0.05, 0), *ends]) == pytest.approx(0.01)
    assert not holds(fact("between", "a", "b", "c"), [thing("a", 0.07, 0), *ends])
    assert not holds(fact("between", "a", "b", "c"), [thing("a", 0, 0.035), *ends])


def test_apart_needs_eight_centimetres_between_the_footprints() -> None:
    assert margin(fact("apart", "a", "b"), [thing("a", 0.15, 0), thing("b", 0, 0)]) == pytest.approx(0.03)
    assert not holds(fact("apart", "a", "b"), [thing("a", 0.119, 0), thing("b", 0, 0)])


def test_line_agrees_with_singular_vectors_whatever_the_order() -> None:
    rng = np.random.default_rng(1)
    seen = {True: 0, False: 0}
    for _ in range(200):
        angle, wobble = rng.uniform(0, np.pi), rng.choice([0.0, 0.01, 0.03])
        along = np.array([-0.09, 0.0, 0.09])[rng.permutation(3)]
        across = rng.normal(0, 1, 3) * wobble
        x = along * np.cos(angle) - across * np.sin(angle)
        y = along * np.sin(angle) + across * np.cos(angle)
        points = np.stack([x, y], 1)
        things = [thing(n, float(px), float(py), kind="ball") for n, (px, py) in zip("abc", points, strict=True)]
        centred = points - points.mean(0)
        normal = np.linalg.svd(centred)[2][1]
        width = float(np.abs(centred @ normal).max())
        if abs(width - 0.015) > 1e-6:
            held_true = holds(fact("line", "a", "b", "c"), things)
            assert held_true == (width < 0.015)
            seen[held_true] += 1
    assert min(seen.values()) > 20


def test_line_refuses_stacks_and_wide_gaps() -> None:
    assert not holds(fact("line", "a", "b"), [thing("a", 0, 0), thing("b", 0, 0, 0.04)])
    assert not holds(fact("line", "a", "b"), [thing("a", 0, 0), thing("b", 0.17, 0)])
    assert margin(fact("line", "a", "b"), [thing("a", 0, 0), thing("b", 0.05, 0)]) == pytest.approx(0.009)


def test_clear_counts_what_lies_in_a_container_and_not_what_stands_beside() -> None:
    bowl = thing("c", 0, 0, kind="bowl")
    assert holds(fact("clear", "c"), [bowl, thing("a", 0.09, 0)])
    assert not holds(fact("clear", "c"), [bowl, thing("a", 0, 0, 0.004)])
    assert holds(fact("clear", "c"), [bowl])


@pytest.mark.parametrize("relation", ["on", "next_to", "apart", "between", "line", "clear"])
def test_relations_without_a_direction_do_not_change_when_the_table_is_turned(relation: Relation) -> None:
    rng = np.random.default_rng(2)
    count = {"between": 3, "line": 3, "clear": 1}.get(relation, 2)
    for _ in range(40):
        things = [random_thing(rng, name) for name in "abc"]
        angle = float(rng.uniform(-3, 3))
        asked = fact(relation, *"abc"[:count])
        assert margin(asked, things) == pytest.approx(margin(asked, [turned(t, angle) for t in things]), abs=1e-9)


def test_margin_is_lipschitz_in_the_position_of_one_thing() -> None:
    rng = np.random.default_rng(3)
    asked = [fact("on", "a", "b"), fact("next_to", "a", "b"), fact("apart", "a", "b"), fact("between", "a", "b", "c")]
    asked += [fact("left_of", "a", "b"), fact("at", "a", "left"), fact("at", "a", 0.05, 0.1), fact("clear", "b")]
    for _ in range(60):
        things = [random_thing(rng, name) for name in "abc"]
        shift = rng.normal(0, 0.003, 3)
        moved = [replace(things[0], position=tuple(np.array(things[0].position) + shift)), *things[1:]]
        for one in asked:
            change = abs(margin(one, things) - margin(one, moved))
            assert change <= 2 * float(np.linalg.norm(shift)) + 1e-9, one


def test_rests_on_never_holds_of_a_thing_and_itself() -> None:
    for kind in SIZES:
        one = thing("a", 0, 0, kind=kind)
        assert rests_on(one, one) < 0


@pytest.mark.parametrize("relation", RELATIONS)
def test_an_unknown_thing_is_refused_by_name(relation: Relation) -> None:
    count = {"held": 1, "clear": 1, "between": 3}.get(relation, 2)
    with pytest.raises(SceneError, match="ghost"):
        margin(Fact(relation, ("ghost",) * count), [thing("a", 0, 0)])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (Fact("on", ("a",)), "1 arguments"),
        (Fact("at", ("a", "nowhere")), "nowhere"),
        (Fact("at", ("a", float("nan"), 0.0)), "length"),
        (Fact("at", ("a", "left", 0.0)), "length"),
        (Fact("in", ("a", "b")), "is a cube"),
        (Fact("line", ("a",)), "1 arguments"),
    ],
)
def test_a_malformed_fact_is_refused_with_the_reason(bad: Fact, reason: str) -> None:
    with pytest.raises(SceneError, match=reason):
        margin(bad, [thing("a", 0, 0), thing("b", 0.1, 0)])

"""Level-2 proposals: a thing goes where the fact would hold, the way is cleared first, nothing is touched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.candidates import Breadth, covered, in_the_way, propose
from planner.lanes import barring
from planner.room import crowded
from simulator.base import Fact, Subgoal, Thing
from simulator.places import PLACES
from world_model.energies import fact_energy, table_of

BREADTH = Breadth(goal=6, aside=3)


def cube(name: str, x: float, y: float, z: float = 0.02, colour: str = "red") -> Thing:
    return Thing(name, "cube", colour, (0.04, 0.04, 0.04), (x, y, z))


A, B = cube("a", -0.1, -0.1), cube("b", 0.1, 0.1)
ON_B = cube("c", 0.1, 0.1, 0.06)
BOWL = Thing("bowl", "bowl", "white", (0.11, 0.11, 0.04), (0.0, 0.15, 0.02))


def proposals(things: tuple[Thing, ...], *facts: Fact, manner: str = "any", keep: tuple[str, ...] = ()) -> list:
    goal = Subgoal(facts, keep=keep, manner="push" if manner == "push" else "any")
    return propose(things, goal, np.random.default_rng(0), BREADTH)


@pytest.mark.parametrize(
    "fact",
    [
        Fact("on", ("a", "b")),
        Fact("in", ("a", "bowl")),
        Fact("at", ("a", "top_left")),
        Fact("at", ("a", 0.05, -0.12)),
        Fact("left_of", ("a", "b")),
        Fact("behind", ("a", "bowl")),
        Fact("next_to", ("a", "b")),
        Fact("apart", ("a", "b")),
    ],
    ids=lambda fact: fact.relation,
)
def test_the_best_proposal_would_satisfy_the_fact(fact: Fact) -> None:
    things = (A, B, BOWL)
    if fact.relation == "apart":
        things = (cube("a", 0.05, 0.1), B, BOWL)
    energies = []
    for m in proposals(things, fact):
        moved = tuple(replace(t, position=m.target) if t.id == m.thing else t for t in things)
        energies.append(float(fact_energy(fact, table_of(moved))[0]))
    assert min(energies) == 0


def test_what_stands_on_the_goal_goes_aside_first() -> None:
    assert [t.id for t in in_the_way((A, B, ON_B), Fact("on", ("a", "b")))] == ["c"]
    aside = [m for m in proposals((A, B, ON_B), Fact("on", ("a", "b"))) if m.thing == "c"]
    assert len(aside) == BREADTH.aside
    assert all(m.target[2] == pytest.approx(0.02) for m in aside)


def test_a_covered_thing_is_not_moved_itself() -> None:
    things = (B, ON_B, A)
    assert covered(things, B)
    assert all(m.thing != "b" for m in proposals(things, Fact("on", ("b", "a"))))


def test_a_met_fact_asks_for_nothing() -> None:
    assert proposals((A, B, ON_B), Fact("on", ("c", "b"))) == []


def test_what_must_be_kept_is_never_moved() -> None:
    assert all(m.thing != "c" for m in proposals((A, B, ON_B), Fact("on", ("a", "b")), keep=("c",)))


def test_a_push_is_proposed_when_it_was_asked_for() -> None:
    found = proposals((A, B), Fact("at", ("a", "left")), manner="push")
    assert {m.kind for m in found} == {"push"}
    assert min(np.hypot(m.target[0] - PLACES["left"][0], m.target[1] - PLACES["left"][1]) for m in found) < 0.03


def test_targets_on_the_table_touch_nothing_and_carry_over_everything() -> None:
    tower = (A, B, ON_B, cube("d", 0.1, 0.1, 0.10))
    for m in proposals(tower, Fact("next_to", ("a", "d")), Fact("at", ("a", "right"))):
        assert not crowded(tower, next(t for t in tower if t.id == m.thing), np.array([m.target])).any()
        assert m.clearance > 0.1


def test_the_same_seed_proposes_the_same() -> None:
    assert proposals((A, B, ON_B), Fact("on", ("a", "b"))) == proposals((A, B, ON_B), Fact("on", ("a", "b")))


def test_many_places_are_found_crowded_as_each_alone_would_be() -> None:
    things = (A, B, ON_B, BOWL, Thing("zone", "zone", "green", (0.1, 0.1, 0.002), (-0.1, 0.1, 0.001)))
    rng = np.random.default_rng(0)
    spots = np.column_stack([rng.uniform(-0.2, 0.2, (300, 2)), rng.choice([0.02, 0.04, 0.06, 0.1], 300)])
    found = crowded(things, A, spots)
    assert 0 < found.sum() < 300
    for spot, taken in zip(spots, found, strict=True):
        touching = []
        for other in (B, ON_B, BOWL):
            radius = 0.055 if other is BOWL else 0.04 / 2**0.5
            apart = float(np.hypot(spot[0] - other.position[0], spot[1] - other.position[1]))
            beside = spot[2] - 0.02 < other.top - 0.002 and spot[2] + 0.02 > other.bottom
            inside = other is BOWL and spot[2] - 0.02 > other.bottom + 0.002
            touching.append(beside and not inside and apart < 0.04 / 2**0.5 + radius + 0.012)
        assert taken == any(touching)


def test_nothing_is_put_where_something_stands() -> None:
    found = proposals((A, B, ON_B), Fact("on", ("a", "b")))
    assert {m.thing for m in found} == {"c"}


def test_a_thing_on_top_of_what_buries_its_goal_is_taken_off_first() -> None:
    tower = (cube("a", 0.1, 0.1, 0.10), B, ON_B)
    found = proposals(tower, Fact("on", ("a", "b")))
    assert {m.thing for m in found} == {"a"}
    assert all(m.target[2] == pytest.approx(0.02) for m in found)


def test_what_stands_at_the_place_goes_aside_and_nothing_is_put_into_its_room() -> None:
    there = cube("c", 0.0, 0.01, colour="green")
    found = proposals((A, B, there), Fact("at", ("a", "center")))
    assert sum(m.thing == "c" for m in found) == BREADTH.aside
    near = [m for m in found if m.thing == "a"]
    assert all(np.hypot(m.target[0], m.target[1] - 0.01) > 0.04 for m in near)


def test_a_second_thing_goes_beside_the_first_on_a_zone() -> None:
    zone = Thing("zone", "zone", "green", (0.14, 0.14, 0.001), (0.0, 0.15, 0.0005))
    first = cube("c", 0.0, 0.15, colour="green")
    found = proposals((A, zone, first), Fact("in", ("a", "zone")))
    assert found
    assert all(np.hypot(m.target[0], m.target[1] - 0.15) > 0.04 for m in found)


def test_the_first_of_two_lies_at_one_end_of_a_tray_however_it_is_turned_and_the_second_at_the_other() -> None:
    tray = Thing("t", "tray", "red", (0.14, 0.11, 0.025), (0.1, -0.1, 0.0125), 0.8)
    first = proposals((A, tray), Fact("in", ("a", "t")))[0].target
    along = (first[0] - 0.1) * np.cos(0.8) + (first[1] + 0.1) * np.sin(0.8)
    assert abs(along) == pytest.approx(0.07 - 0.04 / 2**0.5 - 0.006, abs=1e-3)
    lying, second = replace(A, position=first), cube("b", -0.1, 0.1)
    targets = [m.target for m in proposals((lying, second, tray), Fact("in", ("b", "t")))]
    assert targets[0][:2] == pytest.approx((0.2 - first[0], -0.2 - first[1]), abs=1e-6)


def test_a_plank_needs_no_more_room_across_than_it_is_wide() -> None:
    plank = Thing("p", "cube", "red", (0.1, 0.03, 0.03), (0.0, 0.0, 0.015), 0.0)
    beside, ahead = np.array([[0.0, 0.06, 0.02]]), np.array([[0.06, 0.0, 0.02]])
    assert not crowded((plank, B), B, beside).any()
    assert crowded((plank, B), B, ahead).all()


def test_nothing_is_pushed_straight_through_what_must_be_left_alone() -> None:
    wall = cube("w", -0.05, 0.0)
    mover, fact = cube("a", -0.15, 0.0), Fact("at", ("a", 0.1, 0.0))
    free = [m.target for m in proposals((mover, wall), fact, manner="push")]
    bound = [m.target for m in proposals((mover, wall), fact, manner="push", keep=("w",))]
    assert any(barring((mover, wall), mover, target) for target in free)
    assert bound
    assert not any(barring((mover, wall), mover, target) for target in bound)


def test_a_zone_has_room_for_two_blocks() -> None:
    zone = Thing("zone", "zone", "blue", (0.1, 0.1, 0.001), (0.1, 0.1, 0.0005))
    things = (A, cube("c", -0.1, 0.1), zone)
    for row in (0, 1):
        first, *_ = proposals(things, Fact("in", (things[row].id, "zone")))
        things = tuple(replace(t, position=first.target) if t.id == first.thing else t for t in things)
        assert float(fact_energy(Fact("in", (things[row].id, "zone")), table_of(things))[0]) == 0


def test_what_is_cleared_off_a_zone_goes_beside_it() -> None:
    zone = Thing("zone", "zone", "blue", (0.1, 0.1, 0.001), (0.0, 0.0, 0.0005))
    things = (cube("a", 0.01, 0.0), zone)
    found = proposals(things, Fact("clear", ("zone",)))
    assert found
    assert all(np.hypot(*m.target[:2]) > 0.05 + 0.02 for m in found)


def test_what_seems_to_sink_into_a_zone_is_cleared_off_it() -> None:
    zone = Thing("z", "zone", "pink", (0.124, 0.124, 0.001), (-0.138, -0.125, 0.0005))
    sunk = Thing("a", "cube", "purple", (0.04, 0.04, 0.046), (-0.128, -0.111, 0.017))
    assert {m.thing for m in proposals((zone, sunk), Fact("clear", ("z",)))} == {"a"}


def test_what_bars_a_push_is_put_beside_its_lane_unless_it_must_be_left_alone() -> None:
    wall, mover, fact = cube("w", -0.05, 0.0), cube("a", -0.15, 0.0), Fact("at", ("a", 0.1, 0.0))
    found = proposals((mover, wall), fact, manner="push")
    away = [m for m in found if m.thing == "w"]
    assert away
    assert {m.kind for m in away} == {"pick_place"}
    for move in away:
        assert not barring((mover, replace(wall, position=move.target)), mover, (0.1, 0.0, 0.02))
    assert all(m.thing == "a" for m in proposals((mover, wall), fact, manner="push", keep=("w",)))


def test_a_thing_in_a_line_of_three_may_go_on_the_line_through_the_others() -> None:
    things = (cube("a", -0.2, 0.15), cube("b", 0.0, 0.0), cube("c", 0.06, 0.06))
    fact = Fact("line", ("a", "b", "c"))
    moved = [
        tuple(replace(t, position=m.target) if t.id == m.thing else t for t in things) for m in proposals(things, fact)
    ]
    assert min(float(fact_energy(fact, table_of(after))[0]) for after in moved) < 1e-3


def test_what_is_held_is_put_down_though_it_seems_to_be_in_its_place() -> None:
    goal, over = Subgoal((Fact("on", ("c", "b")),)), (A, B, ON_B)
    assert propose(over, goal, np.random.default_rng(0), BREADTH) == []
    assert {m.thing for m in propose(over, goal, np.random.default_rng(0), BREADTH, "c")} == {"c"}


def test_what_is_tall_and_thin_is_pushed_by_bites_and_what_is_not_all_the_way() -> None:
    post = Thing("a", "cylinder", "red", (0.03, 0.03, 0.11), (-0.1, -0.1, 0.055))
    fact = Fact("at", ("a", "top_left"))
    for mover, whole in ((post, False), (A, True)):
        ways = [np.hypot(m.target[0] + 0.1, m.target[1] + 0.1) for m in proposals((mover,), fact, manner="push")]
        assert ways
        assert all(way > 0.2 if whole else way == pytest.approx(0.07) for way in ways)

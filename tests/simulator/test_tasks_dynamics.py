"""The suite dynamics: that each kind is about what its name says, and that what must stay put decides success."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from simulator.base import Thing
from simulator.goals import USUAL
from simulator.predicates import margin, rests_on
from simulator.tasks import Task, ideal, make_task, score
from simulator.tasks_dynamics import DYNAMICS_KINDS

known = cache(make_task)


def of_kind(kind: str) -> list[Task]:
    return [known("dynamics", seed) for seed in range(DYNAMICS_KINDS.index(kind), 48, len(DYNAMICS_KINDS))]


def thing(task: Task, name: str) -> Thing:
    return next(thing for thing in task.scene.things if thing.id == name)


def asked(task: Task) -> tuple[Thing, ...]:
    (fact,) = task.subgoals[0].facts
    return tuple(thing(task, str(name)) for name in fact.arguments if str(name).count("_") == 2)


@pytest.mark.parametrize("kind", ["push_past", "push_contact", "roll", "push_tall", "push_shifted"])
def test_pushes_are_asked_for_as_pushes(kind: str) -> None:
    assert all(task.kind == kind and task.subgoals[0].manner == "push" for task in of_kind(kind))


def test_what_is_pushed_past_another_goes_round_it_and_fails_when_the_other_moves() -> None:
    for task in of_kind("push_past"):
        (kept,) = task.subgoals[0].keep
        assert len(task.witness) == 2
        final = ideal(task)
        assert score(task, final).success
        nudged = tuple(
            replace(t, position=(t.position[0] + 0.02, *t.position[1:])) if t.id == kept else t for t in final.things
        )
        assert not score(task, replace(final, things=nudged)).success
        assert score(task, replace(final, things=nudged)).partial == 1.0


def test_contact_shoves_what_stands_in_the_lane_along() -> None:
    for task in of_kind("push_contact"):
        shoved, pushed = task.witness
        assert (shoved.along, pushed.along) == (True, False)
        assert not task.subgoals[0].keep
        assert task.subgoals[0].facts[0].arguments[0] == pushed.thing


def test_balls_are_rolled_into_zones() -> None:
    for task in of_kind("roll"):
        ball, zone = asked(task)
        assert (ball.kind, zone.kind) == ("ball", "zone")


def test_tall_things_are_three_times_as_high_as_wide_or_nearly_so() -> None:
    for task in of_kind("push_tall") + of_kind("tall"):
        first = asked(task)[0]
        assert first.size[2] > 2.6 * first.size[0]


def test_planks_and_tall_things_end_on_supports_smaller_than_they_are() -> None:
    for task in of_kind("plank") + of_kind("tall"):
        moved, support = asked(task)
        assert max(moved.size) >= 0.09
        assert max(support.size) <= 0.042
        assert task.physics.release_noise > 0


def test_an_overhang_lies_off_the_centre_of_what_carries_it_and_still_holds() -> None:
    for task in of_kind("overhang"):
        _, support = asked(task)
        base = next(t for t in task.scene.things if t.id != support.id and rests_on(support, t) >= 0.0)
        assert margin(task.subgoals[0].facts[0], ideal(task).things) > 0.0
        offset = max(abs(a - b) for a, b in zip(support.position[:2], base.position[:2], strict=True))
        assert offset > 0.2 * base.size[0]


def test_shifted_pushes_change_friction_and_mass() -> None:
    shifts = [task.physics for task in of_kind("push_shifted")]
    assert all(0.3 <= shift.friction <= 1.2 and 0.5 <= shift.mass_scale <= 3.0 for shift in shifts)
    assert all(shift != USUAL for shift in shifts)
    assert len({shift.friction for shift in shifts}) == len(shifts)

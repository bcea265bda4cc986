"""The suites disturbed and undisturbed: one difference from the twin a task, and otherwise the same tasks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from simulator.base import Moved, Slipped
from simulator.goals import USUAL
from simulator.tasks import make_task
from simulator.tasks_disturbed import DISTURBED_KINDS

known = cache(make_task)
SEEDS = range(24)


def test_an_undisturbed_task_is_the_disturbed_one_in_the_usual_world() -> None:
    for seed in SEEDS:
        disturbed = known("disturbed", seed)
        plain = replace(disturbed, suite="undisturbed", physics=USUAL, disturbances=())
        assert make_task("undisturbed", seed) == plain
        assert disturbed.physics != USUAL or disturbed.disturbances


def test_every_kind_of_disturbance_takes_its_turn_and_changes_one_thing_only() -> None:
    fields = {"friction": "friction", "mass": "mass_scale", "noise": "camera_noise", "shift": "camera_shift"}
    fields |= {"latency": "latency", "release": "release_noise"}
    for seed in SEEDS:
        task = known("disturbed", seed)
        assert task.kind == DISTURBED_KINDS[seed % len(DISTURBED_KINDS)]
        if task.kind in fields:
            value = getattr(task.physics, fields[task.kind])
            assert task.physics == replace(USUAL, **{fields[task.kind]: value})
            assert not task.disturbances
        else:
            (event,) = task.disturbances
            assert isinstance(event, {"moved": Moved, "slip": Slipped}[task.kind])
            assert task.physics == USUAL


def test_what_is_moved_is_something_the_request_is_about() -> None:
    for seed in range(0, 64, 8):
        task = known("disturbed", seed)
        (event,) = task.disturbances
        assert isinstance(event, Moved)
        assert event.thing in {argument for s in task.subgoals for f in s.facts for argument in f.arguments}
        assert 0.03 <= (event.offset[0] ** 2 + event.offset[1] ** 2) ** 0.5 <= 0.06


def test_friction_and_mass_stay_within_a_factor_of_two() -> None:
    for seed in range(2, 64, 8):
        assert 0.5 <= known("disturbed", seed).physics.friction / USUAL.friction <= 2.0
        assert 0.5 <= known("disturbed", seed + 1).physics.mass_scale <= 2.0

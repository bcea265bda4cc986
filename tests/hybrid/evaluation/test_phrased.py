"""The suite of phrasings: two hundred tasks and more, every phrasing once before any comes again, then elsewhere."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from hybrid.evaluation.phrased import ELSEWHERE, PhrasedSuite
from hybrid.evaluation.truth import solved
from simulator.base import Fact
from simulator.goals import after
from simulator.scene import validate

PEOPLE = Path(__file__).resolve().parents[1] / "language" / "people.json"


@pytest.fixture(scope="module")
def suite() -> PhrasedSuite:
    return PhrasedSuite(PEOPLE)


def test_there_are_two_hundred_tasks_each_of_them_another(suite: PhrasedSuite) -> None:
    assert suite.size >= 200
    tasks = [suite.task(seed) for seed in range(800_000, 800_000 + suite.size)]
    assert len({(task.instruction, task.scene) for task in tasks}) == suite.size


def test_every_phrasing_comes_once_before_any_comes_again(suite: PhrasedSuite) -> None:
    texts = [suite.task(seed).instruction for seed in range(suite.size)]
    half = suite.size // 2
    assert texts[:half] == texts[half:]
    first = 800_000 % suite.size
    in_a_row = {seed % suite.size % half for seed in range(first, first + 200)}
    assert len(in_a_row) == min(half, 200), "two hundred in a row repeat none before all were asked"


def test_elsewhere_the_same_is_asked_of_the_same_things_and_can_be_done(suite: PhrasedSuite) -> None:
    half = suite.size // 2
    for number in range(half):
        here, there = suite.task(number), suite.task(number + half)
        validate(there.scene)
        assert not solved(there, there.scene.things)
        assert solved(there, after(there.scene.things, there.witness))
        shifts = {
            tuple(round(b - a, 9) for a, b in zip(one.position, other.position, strict=True))
            for one, other in zip(here.scene.things, there.scene.things, strict=True)
        }
        (shift,) = shifts
        assert math.isclose(math.hypot(*shift), ELSEWHERE, abs_tol=1e-6)
        for one, other in zip(here.subgoals, there.subgoals, strict=True):
            assert other.facts == tuple(moved(fact, shift) for fact in one.facts)


def moved(fact: Fact, shift: tuple[float, ...]) -> Fact:
    if fact.relation != "at" or len(fact.arguments) != 3:
        return fact
    name, x, y = fact.arguments
    return Fact("at", (name, pytest.approx(x + shift[0]), pytest.approx(y + shift[1])))

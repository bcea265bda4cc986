"""Covers the words people read: names that tell alike things apart, inventories and orders."""

from __future__ import annotations

import pytest

from hybrid.language.description import inventory, joined, name, say
from simulator.base import Fact, Scene
from tests.hybrid.language.tables import table

SCENE = table(
    ("red", "cube", 0.0, 0.1), ("red", "cube", 0.0, -0.1), ("orange", "ball", 0.1, 0.0), ("white", "bowl", -0.1, 0.0)
)


def test_alike_things_are_named_by_where_they_are():
    assert [name(thing, SCENE) for thing in SCENE.things] == [
        "the leftmost red cube",
        "the rightmost red cube",
        "the orange ball",
        "the white bowl",
    ]


def test_the_inventory_counts_and_uses_the_right_article():
    assert inventory(SCENE) == "two red cubes, an orange ball and a white bowl"
    assert inventory(Scene("empty", ())) == "nothing"


def test_joining_takes_any_number_of_words():
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"], "or") == "a, b or c"


@pytest.mark.parametrize(
    ("fact", "manner", "words"),
    [
        (Fact("on", ("orange_ball_1", "red_cube_1")), "any", "put the orange ball on the leftmost red cube"),
        (Fact("at", ("orange_ball_1", "left")), "push", "push the orange ball to the left"),
        (Fact("at", ("orange_ball_1", 0.1, -0.05)), "any", "move the orange ball to x 10 cm, y -5 cm"),
        (Fact("clear", ("white_bowl_1",)), "any", "clear the white bowl"),
        (Fact("held", ("orange_ball_1",)), "any", "pick up the orange ball"),
        (Fact("apart", ("orange_ball_1", "white_bowl_1")), "any", "move the orange ball away from the white bowl"),
        (Fact("line", ("red_cube_1", "red_cube_2")), "any", "line up the leftmost red cube and the rightmost red cube"),
    ],
)
def test_a_fact_is_said_as_an_order(fact, manner, words):
    assert say((fact,), SCENE, manner).startswith(words)

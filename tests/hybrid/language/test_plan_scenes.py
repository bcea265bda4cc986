"""Covers tables drawn for programs: what is named is there, and the table can be."""

from __future__ import annotations

import random

from hybrid.language.grammar import Grammar
from hybrid.language.plan_scenes import MOST, scene_for
from hybrid.language.reading import from_tokens
from simulator.scene import validate


def program(words: str):
    return from_tokens((*words.split(), "</s>"))


def test_what_is_named_is_on_the_table():
    for seed in range(20):
        scene = scene_for(program("on the red cube the blue block ; in all ball the tray"), random.Random(seed))
        if scene is None:
            continue
        kinds = [(thing.colour, thing.kind) for thing in scene.things]
        assert {("red", "cube"), ("blue", "cube")} <= set(kinds)
        assert {"ball", "tray"} <= {thing.kind for thing in scene.things}


def test_what_names_nothing_we_know_has_no_table():
    assert scene_for(program("on the red unknown the blue block"), random.Random(0)) is None


def test_tables_are_valid_and_not_too_full():
    grammar, rng = Grammar(3), random.Random(3)
    scenes = [scene_for(grammar.sample().program, rng) for _ in range(60)]
    made = [scene for scene in scenes if scene is not None]
    assert len(made) > 20
    for scene in made:
        validate(scene)
        assert len(scene.things) <= MOST


def test_the_same_generator_draws_the_same_table():
    asked = program("on the red cube the blue block")
    assert scene_for(asked, random.Random(9)) == scene_for(asked, random.Random(9))

"""Covers hybrid.store.records: nouns to JSON and back, and when two scenes are the same situation."""

import json
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hybrid.store.records import manipulation_of, normalised, plain, same_places, scene_of, situation
from simulator.base import Scene
from tests.hybrid.store.samples import BLUE, RED, SCENE, plan


def through_json(value):
    return json.loads(json.dumps(plain(value), allow_nan=False))


def test_scene_comes_back():
    assert scene_of(through_json(SCENE)) == SCENE


def test_manipulation_comes_back():
    [manipulation] = plan().manipulations
    assert manipulation_of(through_json(manipulation)) == manipulation


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_every_float32_survives_json(values):
    array = np.array(values, dtype=np.float32)
    assert np.array(through_json(array), dtype=np.float32).tobytes() == array.tobytes()


def test_what_json_cannot_say_becomes_what_it_can():
    assert plain({1: (np.float32(0.5), float("nan"), float("-inf"), np.int64(3), np.bool_(True), None)}) == {
        "1": [0.5, None, None, 3, True, None]
    }


def test_case_width_spacing_and_the_full_stop_are_forgotten():
    assert normalised("  Put  the RED block away. ") == normalised("put the red block away")


def test_situation_is_words_and_inventory_not_places_or_ids():
    shifted = Scene("other", (replace(BLUE, id="b"), replace(RED, position=(0.0, 0.0, 0.02))))
    assert situation("go", SCENE) == situation("GO.", shifted)
    assert situation("go", SCENE) != situation("stay", SCENE)
    assert situation("go", SCENE) != situation("go", Scene("one", (RED,)))


def test_twins_are_matched_to_the_nearest_and_never_twice():
    left, right = replace(RED, id="a", position=(0.1, 0.01, 0.02)), replace(RED, id="b", position=(0.1, -0.01, 0.02))
    swapped = Scene("twins", (replace(right, id="x"), replace(left, id="y")))
    assert same_places(Scene("twins", (left, right)), swapped) == {"a": "y", "b": "x"}
    both_here = Scene("twins", (left, replace(left, id="c")))
    alone = Scene("twins", (replace(left, id="x"), replace(right, id="y", position=(0.2, 0.2, 0.02))))
    assert same_places(both_here, alone) is None

"""Covers the comparison of ingredients: every one can be left out alone, and controls stand beside the product."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from hybrid.language.embedded import PRODUCT, load_embedded
from simulator.scene import load_scene

DEMO = load_scene("demo")


@pytest.mark.parametrize("ingredient", list(asdict(PRODUCT)))
def test_each_ingredient_can_be_left_out_alone(ingredient):
    language = load_embedded(ingredients=replace(PRODUCT, **{ingredient: False}))
    assert language.decompose("put the red cube on the blue cube", DEMO).status == "planned"


def test_without_asking_the_likeliest_reading_is_taken():
    language = load_embedded(ingredients=replace(PRODUCT, asking=False))
    assert language.decompose("blargh the flumph", DEMO).status in ("planned", "refused", "question", "answered")

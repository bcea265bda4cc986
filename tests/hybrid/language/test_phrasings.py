"""Covers the phrasings of people: two parts of a protocol, shapes judged by geometry, slips of the keyboard."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hybrid.base import Decomposition
from hybrid.language.phrasings import Phrasing, judge, load_phrasings
from hybrid.language.report import mistyped
from hybrid.language.sayings import all_sayings
from simulator.base import Fact, Subgoal
from tests.hybrid.language.tables import table

PEOPLE = Path(__file__).parent / "people.json"
STRANGERS = Path(__file__).parent / "strangers.json"
PARTS = ("fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth")
SCENE = table(
    ("red", "cube", 0.1, 0.0), ("blue", "cube", -0.1, 0.0), ("green", "cube", 0.0, 0.1), ("white", "bowl", 0.0, 0.0)
)


def planned(*points: tuple[str, float, float]) -> Decomposition:
    return Decomposition("planned", tuple(Subgoal((Fact("at", (f"{c}_cube_1", x, y)),)) for c, x, y in points))


def outcome(accept: str, answer: Decomposition) -> str:
    return judge(Phrasing("shape", "text", SCENE, (accept,)), answer)


@pytest.mark.parametrize(
    ("accept", "answer", "expected"),
    [
        (
            "circle: red_cube_1 blue_cube_1 green_cube_1",
            planned(("red", 0.1, 0.0), ("blue", -0.05, 0.0866), ("green", -0.05, -0.0866)),
            "right",
        ),
        (
            "circle: red_cube_1 blue_cube_1 green_cube_1 around white_bowl_1",
            planned(("red", 0.2, 0.0), ("blue", 0.05, 0.0866), ("green", 0.05, -0.0866)),
            "wrong",
        ),
        (
            "row: red_cube_1 blue_cube_1 green_cube_1",
            planned(("red", 0, 0), ("blue", 0, 0.1), ("green", 0, 0.2)),
            "right",
        ),
        (
            "row: red_cube_1 blue_cube_1 green_cube_1",
            planned(("red", 0, 0.1), ("blue", 0, 0), ("green", 0, 0.2)),
            "wrong",
        ),
        (
            "row~: red_cube_1 blue_cube_1 green_cube_1",
            planned(("red", 0, 0.1), ("blue", 0, 0), ("green", 0, 0.2)),
            "right",
        ),
        ("spread: red_cube_1 blue_cube_1", planned(("red", 0, 0.1), ("blue", 0, 0)), "wrong"),
        ("swap: red_cube_1 blue_cube_1", planned(("red", -0.1, 0.0), ("blue", 0.1, 0.0)), "right"),
        ("answered: 3", Decomposition("answered", message="There are 3 cubes."), "right"),
        ("answered: 3", Decomposition("answered", message="There are 2 cubes."), "wrong"),
    ],
)
def test_shapes_and_answers_are_judged_by_what_they_are(accept, answer, expected):
    assert outcome(accept, answer) == expected


def test_the_parts_are_large_enough_and_name_only_what_is_there():
    phrasings = load_phrasings(PEOPLE)
    names = ("tuning", "held_out", "second", "third")
    parts = {part: [item for item in phrasings if item.part == part] for part in names}
    assert len(phrasings) >= 500
    assert len(parts["held_out"]) >= 150
    assert len(parts["second"]) >= 90
    assert sum(map(len, parts.values())) == len(phrasings)
    assert {item.steps for item in parts["held_out"]} >= set(range(1, 9))
    assert len({(item.text, item.scene.name) for item in phrasings}) == len(phrasings)
    for item in phrasings:
        ids = {thing.id for thing in item.scene.things}
        words = {word for reading in item.accept for word in reading.split() if word[-2:] in ("_1", "_2")}
        assert words <= ids, item.text


def test_strangers_are_many_say_nothing_that_people_say_and_name_only_what_is_there():
    phrasings, others = load_phrasings(STRANGERS), {item.text.lower() for item in load_phrasings(PEOPLE)}
    assert len(phrasings) >= 600
    assert {item.part for item in phrasings} == set(PARTS)
    assert not others & {item.text.lower() for item in phrasings}
    for item in phrasings:
        ids = {thing.id for thing in item.scene.things}
        words = {word for reading in item.accept for word in reading.split() if word[-2:] in ("_1", "_2")}
        assert words <= ids, item.text


def test_no_phrasing_is_one_the_other_development_set_holds():
    ours = {item.text.lower() for item in load_phrasings(PEOPLE)}
    other = json.loads((Path(__file__).parent / "phrasings.json").read_text())["phrasings"]
    assert not ours & {entry["text"].lower() for entry in other}


def test_a_slip_changes_one_word_and_is_the_same_every_time():
    for item in load_phrasings(PEOPLE)[:40]:
        slipped = mistyped(item, 7)
        assert slipped == mistyped(item, 7)
        before, after = item.text.split(), slipped.text.split()
        assert sum(a != b for a, b in zip(before, after, strict=True)) <= 1


def test_the_training_sentences_hold_no_phrasing_but_a_few_that_everybody_says():
    said = {re.sub(r"[^a-z0-9 ]", "", saying.text.lower()).strip() for saying in all_sayings()}
    for file in (PEOPLE, STRANGERS):
        phrasings = [re.sub(r"[^a-z0-9 ]", "", item.text.lower()).strip() for item in load_phrasings(file)]
        assert sum(text in said for text in phrasings) < 0.01 * len(phrasings)

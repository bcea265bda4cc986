"""Covers the report: how answers are judged against accepted readings, and what a phrasing file must be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hybrid.base import Decomposition
from hybrid.errors import ConfigError
from hybrid.language.phrasings import Phrasing, judge, load_phrasings
from hybrid.language.report import score, summary
from simulator.base import Fact, Subgoal
from tests.hybrid.language.tables import table

SCENE = table(("red", "cube", 0.0, 0.0), ("blue", "cube", 0.1, 0.0), ("white", "bowl", -0.1, 0.0))


def phrasing(*accept: str) -> Phrasing:
    return Phrasing("place", "text", SCENE, accept)


def planned(*facts: Fact, manner="any", keep=()) -> Decomposition:
    subgoals = tuple(Subgoal((fact,), manner=manner, keep=keep) for fact in facts)
    return Decomposition("planned", subgoals, tuple(("keep", thing) for thing in keep))


ON = Fact("on", ("red_cube_1", "blue_cube_1"))


@pytest.mark.parametrize(
    ("accept", "answer", "outcome"),
    [
        ("on red_cube_1 blue_cube_1", planned(ON), "right"),
        ("on blue_cube_1 red_cube_1", planned(ON), "wrong"),
        ("on red_cube_1 blue_cube_1 !push", planned(ON), "wrong"),
        ("on red_cube_1 blue_cube_1 !push", planned(ON, manner="push"), "right"),
        ("on red_cube_1 blue_cube_1 keep white_bowl_1", planned(ON), "wrong"),
        ("on red_cube_1 blue_cube_1 keep white_bowl_1", planned(ON, keep=("white_bowl_1",)), "right"),
        ("on red_cube_1 white_bowl_1", planned(Fact("in", ("red_cube_1", "white_bowl_1"))), "right"),
        ("at red_cube_1 0.1 0.05", planned(Fact("at", ("red_cube_1", 0.102, 0.05))), "right"),
        ("at red_cube_1 0.1 0.05", planned(Fact("at", ("red_cube_1", 0.12, 0.05))), "wrong"),
        ("on red_cube_1 blue_cube_1 ; in red_cube_1 white_bowl_1", planned(ON), "wrong"),
        ("question", planned(ON), "wrong"),
        ("question", Decomposition("question"), "right"),
        ("on red_cube_1 blue_cube_1", Decomposition("question"), "question"),
        ("on red_cube_1 blue_cube_1", Decomposition("refused"), "refused"),
    ],
)
def test_an_answer_is_judged_by_its_facts_order_manner_and_constraints(accept, answer, outcome):
    assert judge(phrasing(accept), answer) == outcome


def test_the_summary_counts_outcomes_by_kind_and_length():
    class Always:
        name = "always"

        def decompose(self, instruction, scene, *, examples=(), feedback="", turns=()):
            return planned(ON)

    rows = summary(score(Always(), [phrasing("on red_cube_1 blue_cube_1"), phrasing("refused")]))
    assert {key: rows["all"][key] for key in ("n", "right", "wrong")} == {"n": 2, "right": 1, "wrong": 1}
    assert rows["1 steps"]["n"] == rows["0 steps"]["n"] == 1


def test_the_phrasings_of_people_are_many_and_name_only_what_is_there():
    phrasings = load_phrasings(Path(__file__).parent / "phrasings.json")
    assert len({item.text for item in phrasings}) == len(phrasings) >= 120
    for item in phrasings:
        ids = {thing.id for thing in item.scene.things}
        words = {word for reading in item.accept for word in reading.split() if word[-2:] in ("_1", "_2")}
        assert words <= ids


@pytest.mark.parametrize("content", ["", "[]", json.dumps({"scenes": {}, "phrasings": [{"text": "x"}]})])
def test_a_file_that_holds_no_phrasings_is_refused(tmp_path, content):
    path = tmp_path / "f.json"
    path.write_text(content)
    with pytest.raises(ConfigError, match="phrasings"):
        load_phrasings(path)

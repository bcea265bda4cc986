"""Covers what speaks of earlier requests: undo, back, again, further and corrections, over turns as perceived."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hybrid.base import Turn
from hybrid.language.prediction import after
from hybrid.language.reading import from_tokens
from hybrid.language.resolver import resolve
from hybrid.language.wire import END
from simulator.base import Scene
from simulator.scene import load_scene

DEMO = load_scene("demo")


class Talk:
    """A conversation of programs; what they ask for happens as predicted."""

    def __init__(self, scene: Scene = DEMO) -> None:
        self.scene, self.turns = scene, ()

    def say(self, words: str):
        answer = resolve(from_tokens((*words.split(), END)), self.scene, turns=self.turns)
        answer = replace(answer, program=words)
        before = self.scene
        for subgoal in answer.subgoals:
            self.scene = after(self.scene, subgoal.facts[0])
        self.turns = (*self.turns, Turn(words, answer, before, self.scene))
        return [fact.as_list() for s in answer.subgoals for fact in s.facts] or answer.message


def at(thing: str) -> list[str | float]:
    x, y, _ = DEMO.thing(thing).position
    return ["at", thing, round(x, 3), round(y, 3)]


def test_it_is_what_the_request_before_moved():
    talk = Talk()
    talk.say("in the red cube the bowl")
    assert talk.say("next_to it the cylinder") == [["next_to", "red_cube_1", "orange_cylinder_1"]]


def test_undo_puts_back_what_was_moved_and_twice_goes_further_back():
    talk = Talk()
    talk.say("in the red cube the bowl")
    talk.say("at the blue cube @left")
    assert talk.say("undo") == [at("blue_cube_1")]
    assert talk.say("undo") == [at("red_cube_1")]
    assert "nothing to undo" in talk.say("undo")


def test_undo_rebuilds_a_stack_from_below():
    talk = Talk()
    talk.say("on the red cube the blue cube ; on the green cube the red cube")
    talk.say("at the red cube @left ; at the green cube @right")
    assert [fact[:2] for fact in talk.say("undo")] == [["on", "red_cube_1"], ["on", "green_cube_1"]]


def test_back_is_where_a_thing_was_before_its_last_move():
    talk = Talk()
    talk.say("at the red cube @left")
    talk.say("at the blue cube @right")
    assert talk.say("back the red cube") == [at("red_cube_1")]
    assert "has not been moved" in talk.say("back the green cube")


def test_the_same_with_others_keeps_the_goal_and_repeats_offsets_from_where_they_are():
    talk = Talk()
    talk.say("in the red cube the bowl")
    same = [["in", "blue_cube_1", "white_bowl_1"], ["in", "green_cube_1", "white_bowl_1"]]
    assert talk.say("again the blue cube + the green cube") == same
    talk.say("shift the yellow cube to_left 5cm")
    x, y, _ = DEMO.thing("orange_cylinder_1").position
    moved = talk.say("again the cylinder")
    assert moved == [["at", "orange_cylinder_1", pytest.approx(x), pytest.approx(y + 0.05)]]


def test_further_goes_on_the_same_way_and_less_comes_back():
    talk = Talk()
    x, y, _ = DEMO.thing("yellow_cube_1").position
    talk.say("shift the yellow cube to_left 5cm")
    assert talk.say("further 3cm") == [["at", "yellow_cube_1", pytest.approx(x), pytest.approx(y + 0.08)]]
    assert talk.say("less 6cm") == [["at", "yellow_cube_1", pytest.approx(x), pytest.approx(y + 0.02)]]


def test_a_correction_puts_the_mistaken_thing_back_and_moves_the_right_one():
    talk = Talk()
    talk.say("in the red cube the bowl")
    assert talk.say("instead the blue cube") == [at("red_cube_1"), ["in", "blue_cube_1", "white_bowl_1"]]


def test_a_correction_that_names_a_holder_changes_where_it_goes():
    talk = Talk()
    talk.say("in the red cube the bowl")
    assert talk.say("instead the zone") == [["in", "red_cube_1", "gray_zone_1"]]


@pytest.mark.parametrize("words", ["undo", "again", "again the red cube", "further bit"])
def test_without_an_earlier_request_there_is_nothing_to_speak_of(words):
    assert isinstance(Talk().say(words), str)

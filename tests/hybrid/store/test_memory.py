"""Covers hybrid.store.memory: likeness of words, recalled episodes, and what failed before in the same situation."""

import zlib
from dataclasses import replace

import numpy as np
import pytest

from hybrid.store.embedding import WIDTH, embed, rank
from simulator.base import Scene
from tests.hybrid.store.samples import (
    BLUE,
    RED,
    SCENE,
    SENTENCE,
    attempt,
    begin,
    decomposition,
    outcome,
    plan,
    steps,
    whole_episode,
)


def moved(dx, scene=SCENE):
    x, y, z = RED.position
    return Scene(scene.name, (replace(RED, position=(x + dx, y, z)), BLUE))


def test_embedding_has_length_one():
    assert embed(SENTENCE).shape == (WIDTH,)
    assert np.linalg.norm(embed(SENTENCE)) == pytest.approx(1.0, abs=1e-6)


def test_embedding_does_not_depend_on_the_process():
    # One letter has one n-gram, "<a>": one component, from a checksum that is the same everywhere.
    digest = zlib.crc32(b"<a>")
    expected = np.zeros(WIDTH, dtype=np.float32)
    expected[digest % WIDTH] = 1.0 if digest >> 31 else -1.0
    assert embed("a").tobytes() == expected.tobytes()


def test_words_without_letters_are_like_nothing():
    assert not embed("   ").any()


@pytest.mark.parametrize(
    "query", ["put teh red blok on the blue one", "PUT THE RED BLOCK ONTO THE BLUE BLOCK!", "red block on blue block"]
)
def test_the_most_alike_comes_first_in_spite_of_typos_and_case(query):
    sentences = [
        "Push the yellow ball to the left edge.",
        SENTENCE,
        "Clear the gray zone.",
        "Put all balls in the tray.",
    ]
    assert rank(embed(query), [embed(sentence) for sentence in sentences])[0][0] == 1


def test_ranking_agrees_with_cosines_computed_one_by_one():
    vectors = [embed(sentence) for sentence in ("a red cube", "two red cubes", "the bowl", "blue")]
    query = embed("red cubes")
    plain = sorted(
        range(4), key=lambda row: -sum(float(a) * float(b) for a, b in zip(vectors[row], query, strict=True))
    )
    assert [row for row, _ in rank(query, vectors)] == plain


def test_nothing_is_recalled_from_an_empty_memory(store):
    assert store.similar(SENTENCE) == []


def test_reached_episodes_are_recalled_the_most_alike_first(store):
    whole_episode(store, "Push the yellow ball to the left edge.")
    alike = whole_episode(store, "Put the red block on the green block.")
    whole_episode(store, "Put the red block on the blue block quickly.", status="unmet")
    recalled = store.similar(SENTENCE, limit=2)
    assert recalled[0]["episode"] == alike
    assert recalled[0]["similarity"] > recalled[1]["similarity"]
    assert recalled[0]["subgoals"] == [{"words": "red on blue", "facts": [["on", "red_cube_1", "blue_cube_1"]]}]
    assert recalled[0]["manipulations"][0]["thing"] == "red_cube_1"


def test_one_instruction_is_recalled_once_with_its_latest_episode(store):
    whole_episode(store)
    latest = whole_episode(store, SENTENCE.upper())
    assert [entry["episode"] for entry in store.similar(SENTENCE)] == [latest]


def test_however_unlike_something_is_recalled(store):
    whole_episode(store)
    assert len(store.similar("zzz")) == 1


def test_rejected_manipulations_are_told_in_the_same_situation(store):
    whole_episode(store, accepted=False, status="unmet")
    assert store.rejected(SENTENCE.lower(), SCENE) == plan().manipulations
    assert store.rejected(SENTENCE, moved(0.015)) == plan().manipulations


def test_accepted_manipulations_are_not_told(store):
    whole_episode(store)
    assert store.rejected(SENTENCE, SCENE) == ()


def test_another_situation_is_told_nothing(store):
    whole_episode(store, accepted=False, status="unmet")
    assert store.rejected("Put the blue block on the red block.", SCENE) == ()
    assert store.rejected(SENTENCE, moved(0.05)) == ()
    assert store.rejected(SENTENCE, Scene("one", (RED,))) == ()


def test_manipulations_tried_after_something_moved_are_not_told(store):
    episode = begin(store)
    store.record_decomposition(episode, decomposition())
    store.record_steps(episode, steps(2))
    store.record_attempt(episode, attempt(accepted=False))
    assert store.rejected(SENTENCE, SCENE) == ()


def test_executed_manipulation_of_an_unmet_subgoal_is_told_once(store):
    for _ in range(2):
        episode = begin(store)
        store.record_decomposition(episode, decomposition())
        store.record_attempt(episode, attempt(executed=True))
        store.record_steps(episode, steps())
        store.record_subgoal(episode, 0, "unmet", -0.02, "slipped")
        store.close_episode(episode, outcome("unmet"), None)
    assert store.rejected(SENTENCE, SCENE) == plan().manipulations


def test_things_are_told_by_the_ids_of_the_present_scene(store):
    whole_episode(store, accepted=False, status="unmet")
    renamed = Scene("pair", (replace(RED, id="red_cube_4"), BLUE))
    assert [manipulation.thing for manipulation in store.rejected(SENTENCE, renamed)] == ["red_cube_4"]

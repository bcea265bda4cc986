"""Covers hybrid.store.memories: names that are taught change the words, skills come back on the same table, all is gone
when forgotten, and tenants share nothing."""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from hybrid.errors import MemoryNotFoundError, MemoryRefusedError
from hybrid.store.embedding import HashedNgrams
from hybrid.store.memories import Memories
from hybrid.store.upkeep import forget_episode
from planner.base import Manipulation
from simulator.base import Fact, Subgoal
from tests.hybrid.store.samples import BLUE, RED, begin, whole_episode

GOAL = Subgoal((Fact("on", ("red_cube_1", "blue_cube_1")),), "red on blue")
MOVE = Manipulation("pick_place", "red_cube_1", (0.1, 0.0, 0.04), (-0.1, 0.05, 0.06), 0.08)
ACTIONS = np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32)


@pytest.fixture
def memory(store):
    return store.memory


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("put my mug in the bowl", "put the blue cylinder in the bowl"),
        ("Put the MUG in the bowl", "Put the blue cylinder in the bowl"),
        ("put mug into bowl", "put the blue cylinder into bowl"),
        ("put the mugs away", "put the mugs away"),
        ("put it in the usual place", "put it in the top left corner"),
        ("put my mug on my mug stand", "put the blue cylinder on the white tray"),
    ],
)
def test_taught_names_stand_for_what_they_mean(memory, said, meant):
    memory.teach("my mug", "blue cylinder")
    memory.teach("the usual place", "the top left corner")
    memory.teach("mug stand", "the white tray")
    assert memory.understood(said).words == meant


def test_uses_are_counted_by_fact(memory):
    taught = memory.teach("my mug", "the blue cylinder")
    known = memory.understood("put my mug in the bowl")
    memory.used(known.facts)
    assert (known.facts, memory.memory(taught.id).uses) == ((taught.id,), 1)


@pytest.mark.parametrize("name", ["", "the", "red block", "!!", "x" * 61, "the thing"])
def test_a_name_that_would_change_what_everybody_says_is_refused(memory, name):
    with pytest.raises(MemoryRefusedError):
        memory.teach(name, "the bowl")


def test_a_corrected_fact_means_something_else_and_keeps_its_id(memory):
    taught = memory.teach("my mug", "the blue cylinder")
    assert memory.correct(taught.id, "the green bowl").id == taught.id
    assert memory.understood("clear my mug").words == "clear the green bowl"


def test_a_skill_comes_back_bit_for_bit_on_the_same_table_and_on_no_other(memory):
    memory.learn(GOAL, (RED, BLUE), MOVE, ACTIONS)
    found = memory.skill(GOAL, (replace(RED, position=(0.102, 0.001, 0.02)), BLUE))
    assert found.manipulation == MOVE
    assert np.array_equal(found.actions, ACTIONS)
    assert memory.skill(GOAL, (replace(RED, position=(0.13, 0.0, 0.02)), BLUE)) is None
    assert memory.skill(replace(GOAL, keep=("blue_cube_1",)), (RED, BLUE)) is None
    assert memory.skill(GOAL, (RED,)) is None


def test_the_latest_skill_of_a_situation_is_kept(memory):
    memory.learn(GOAL, (RED, BLUE), MOVE, ACTIONS)
    memory.learn(GOAL, (RED, BLUE), MOVE, ACTIONS[:3])
    assert len(memory.skill(GOAL, (RED, BLUE)).actions) == 3
    assert len(memory.listing(kind="skill")) == 1


def test_tenants_share_nothing(store, memory):
    taught = memory.teach("my mug", "the blue cylinder")
    memory.learn(GOAL, (RED, BLUE), MOVE, ACTIONS)
    other = store.of("other").memory
    assert other.understood("my mug").words == "my mug"
    assert (other.listing(), other.skill(GOAL, (RED, BLUE))) == ((), None)
    with pytest.raises(MemoryNotFoundError):
        other.forget(taught.id)
    assert other.forget_all() == 0
    whole_episode(store)
    assert store.of("other").similar("put the red block on the blue block") == []


def test_what_is_forgotten_leaves_no_trace_in_the_store(store, memory):
    taught = memory.teach("secret mug", "the blue cylinder")
    memory.forget(taught.id)
    with store.database.read() as session:
        assert "secret" not in str(session.execute(text("SELECT * FROM memories")).all())
    assert memory.listing(like="secret mug") == ()


def test_forgetting_an_episode_forgets_what_was_learned_in_it(store, memory):
    episode = whole_episode(store)
    memory.learn(GOAL, (RED, BLUE), MOVE, ACTIONS, episode)
    assert {entry.kind for entry in memory.listing()} == {"episode", "skill"}
    forget_episode(store, episode)
    assert memory.listing() == ()
    assert store.similar("red block") == []


def test_the_most_alike_comes_first(memory):
    made = [memory.teach(name, "the bowl") for name in ("favourite mug", "grandmother's plate", "toolbox")]
    assert memory.listing(like="grandmothers plates", limit=1)[0].id == made[1].id


class Other(HashedNgrams):
    """Another embedder, by name."""

    @property
    def name(self):
        return "other-1"


def test_embeddings_of_another_embedder_are_not_compared_until_they_are_made_anew(store, memory):
    memory.teach("my mug", "the blue cylinder")
    other = Memories(store.database, "local", Other())
    assert other.listing(like="mug") == ()
    assert other.embed_anew() == 1
    assert len(other.listing(like="mug")) == 1


def test_a_running_episode_is_not_forgotten(store):
    episode = begin(store)
    with pytest.raises(Exception, match="still running"):
        forget_episode(store, episode)

"""Covers what the network of plans learns from: training seeds only, the same samples twice, honest variants."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from hybrid.errors import ConfigError
from hybrid.evaluation import heldout
from hybrid.language import plan_samples
from hybrid.language.plan_samples import (
    HELD_OUT_SEEDS,
    PER_SHARD,
    SHARES,
    TEST_SEEDS,
    as_row,
    from_row,
    said_samples,
    shard,
    suite_sample,
    varied,
)
from hybrid.language.plan_wire import plan_of
from simulator.tasks import make_task


@pytest.mark.parametrize("seed", [HELD_OUT_SEEDS, TEST_SEEDS - 1, TEST_SEEDS, 700_000, -1])
def test_no_held_out_seed_is_trained_on(seed):
    with pytest.raises(ConfigError, match=r"seed: .* is held out"):
        suite_sample("place", seed, random.Random(0))


@pytest.mark.parametrize("seed", [TEST_SEEDS, 650_000, HELD_OUT_SEEDS - 1])
def test_exactness_is_not_measured_on_seeds_of_evaluations_nor_of_training(seed):
    with pytest.raises(ConfigError, match="seed"):
        suite_sample("place", seed, random.Random(0), held_out=True)


def test_a_shard_that_reaches_the_held_out_seeds_is_refused():
    assert TEST_SEEDS == heldout.TEST_SEEDS
    assert max(SHARES.values()) <= PER_SHARD
    with pytest.raises(ConfigError, match="held out"):
        shard(HELD_OUT_SEEDS // PER_SHARD, 1)


def test_a_shard_draws_its_own_training_seeds_and_the_same_twice(monkeypatch):
    seen = []
    monkeypatch.setattr(plan_samples, "SHARES", {"place": 3, "blocksworld": 2})
    monkeypatch.setattr(plan_samples, "SAID", 2)
    monkeypatch.setattr(plan_samples, "make_task", lambda suite, seed: seen.append(seed) or make_task(suite, seed))
    first = shard(7, 1)
    assert [sample.source for sample in first] == ["place"] * 3 + ["blocksworld"] * 2 + ["said"] * 2
    assert seen == [700, 701, 702, 700, 701]
    assert shard(7, 1) == first
    assert shard(8, 1)[0].text != first[0].text or shard(8, 1)[0].things != first[0].things


def test_a_sample_is_read_back_as_it_was_kept():
    for sample in [suite_sample("rearrange", 3, random.Random(0)), next(said_samples(1))]:
        assert from_row(as_row(sample)) == sample


def test_requests_of_the_grammar_have_plans_for_their_tables():
    for sample in islice(said_samples(5), 10):
        assert plan_of(sample.steps, "steps", sample.things)
        assert len(plan_of(sample.numbers, "numbers", sample.things)) == len(
            plan_of(sample.steps, "steps", sample.things)
        )


def test_a_variant_says_the_same_of_other_colours_in_another_order():
    sample = suite_sample("stack", 11, random.Random(0))
    other = varied(sample, random.Random(4))
    assert other.text != sample.text
    assert len(other.text.split()) == len(sample.text.split())
    old, new = (plan_of(one.steps, "steps", one.things) for one in (sample, other))
    pairs = {(a.pick, b.pick) for a, b in zip(old, new, strict=True)}
    for was, now in pairs:
        before = next(thing for thing in sample.things if thing.id == was)
        after = next(thing for thing in other.things if thing.id == now)
        assert before.kind == after.kind
        assert max(abs(a - b) for a, b in zip(before.position, after.position, strict=True)) < 0.01
        assert after.colour in other.text.lower()
    assert other.numbers == sample.numbers


def test_a_variant_of_the_grammar_keeps_its_colours():
    sample = next(said_samples(2))
    other = varied(sample, random.Random(4))
    assert other.text == sample.text
    assert sorted(thing.colour for thing in other.things) == sorted(thing.colour for thing in sample.things)

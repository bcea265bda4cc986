"""Self-generated play: what a shard holds, that it is reproducible, and that finished shards are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.base import MAX_STEP, FloatArray, WorldState
from simulator.collect import BLOCK, MAX_THINGS, PUPILS, collect, collect_shard
from simulator.script import Intent


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return collect_shard(tmp_path_factory.mktemp("play") / "one", 2, 5)


def column(shard: Path, name: str) -> np.ndarray:
    return np.load(shard / f"{name}.npy")


def test_the_same_seed_writes_the_same_bytes(shard: Path, tmp_path: Path) -> None:
    again = collect_shard(tmp_path / "again", 2, 5)
    for path in sorted(shard.iterdir()):
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_every_state_has_its_row_in_every_column(shard: Path) -> None:
    states = len(column(shard, "image"))
    assert column(shard, "position").shape == (states, MAX_THINGS, 3)
    assert column(shard, "actions").shape == (states, BLOCK, 4)
    assert column(shard, "intent").shape == (states, 8)
    assert column(shard, "finished").shape == (states,)


def test_states_between_manipulations_have_images(shard: Path) -> None:
    counter, image = column(shard, "manipulation"), column(shard, "image")
    first = np.flatnonzero(np.r_[True, counter[1:] != counter[:-1]])
    last = np.r_[first[1:] - 1, len(counter) - 1]
    assert (image[first] >= 0).all()
    assert (image[last] >= 0).all()
    assert image.max() == len(column(shard, "rgb")) - 1


def test_what_is_intended_is_within_a_step_and_something_moves(shard: Path) -> None:
    assert np.abs(column(shard, "intended")[..., :3]).max() <= MAX_STEP + 1e-6
    position = column(shard, "position")
    assert np.linalg.norm(np.diff(position, axis=0), axis=-1).max() > 0.01


def test_a_finished_shard_is_not_played_again(tmp_path: Path) -> None:
    (path,) = collect(tmp_path, episodes=1, workers=1, seed=3)
    before = (path / "card.json").stat().st_mtime_ns
    told: list[tuple[int, int]] = []
    collect(tmp_path, episodes=1, workers=1, seed=3, progress=lambda done, all_: told.append((done, all_)))
    assert (path / "card.json").stat().st_mtime_ns == before
    assert told == []


class Idler:
    """A pupil that never moves."""

    def block(
        self, state: WorldState, proprioception: FloatArray, intent: Intent, rng: np.random.Generator
    ) -> FloatArray:
        return np.zeros((BLOCK, 4), np.float32)


def test_a_pupil_plays_its_share_and_only_the_scripts_blocks_are_taught(tmp_path: Path) -> None:
    shard = collect_shard(tmp_path / "practice", 3, 5, Idler())
    taught, between = column(shard, "taught"), column(shard, "continues") | column(shard, "taught")
    assert abs(1 - taught[between].mean() - PUPILS) < 0.15
    idle = between & ~taught
    assert np.abs(column(shard, "actions")[idle]).max() < 0.03
    assert np.abs(column(shard, "intended")[taught]).max() > 0.03

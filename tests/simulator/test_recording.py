"""Videos: readable files of the right length that change as the things do, and refusals by name."""

from __future__ import annotations

from pathlib import Path

import imageio.v2 as imageio
import numpy as np
import pytest
from PIL import Image

from simulator.base import WorldState
from simulator.errors import HybridError
from simulator.recording import record_video
from simulator.tabletop import Tabletop
from tests.simulator.driving import carry, cube, scene

THINGS = (cube("a", 0.0, 0.0), cube("b", 0.1, 0.1))


@pytest.fixture(scope="module")
def states() -> list[WorldState]:
    table = Tabletop(THINGS)
    states = [table.state()]
    for action in carry((0.0, 0.0, 0.02), 0.04, (0.1, 0.1, 0.06)):
        table.step(action)
        states.append(table.state())
    return states


def test_a_gif_keeps_its_duration_when_frames_are_skipped(tmp_path: Path, states: list[WorldState]) -> None:
    path = tmp_path / "film.gif"
    record_video(path, scene(*THINGS), states, ["stack"] * len(states), most_frames=6)
    with Image.open(path) as film:
        assert film.n_frames == 6
        assert film.size == (480, 386)
        assert film.info["duration"] * 6 == pytest.approx(len(states) * 100, rel=0.05)
        first = np.asarray(film.convert("RGB"), dtype=int)
        film.seek(5)
        last = np.asarray(film.convert("RGB"), dtype=int)
    assert (np.abs(first - last).sum(axis=-1) > 60).mean() > 0.01
    assert [entry.name for entry in tmp_path.iterdir()] == ["film.gif"]


def test_an_mp4_has_every_state(tmp_path: Path, states: list[WorldState]) -> None:
    path = tmp_path / "film.mp4"
    record_video(path, scene(*THINGS), states[:4])
    with imageio.get_reader(path) as film:
        assert film.count_frames() == 4


def test_an_unknown_format_and_an_empty_recording_are_refused(tmp_path: Path, states: list[WorldState]) -> None:
    with pytest.raises(HybridError, match=r"video: '\.avi' is unknown"):
        record_video(tmp_path / "film.avi", scene(*THINGS), states)
    with pytest.raises(HybridError, match="no state to show"):
        record_video(tmp_path / "film.gif", scene(*THINGS), [])

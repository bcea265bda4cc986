"""Spoiled looks are spoiled as they say, and the page tells how many of them were refused."""

from __future__ import annotations

import math
import re
import sys

import numpy as np
import pytest

from hybrid.bootstrap import PRODUCT, build_perceiver
from hybrid.evaluation import trust
from simulator.camera import DEFAULT_CAMERAS
from simulator.pinhole import axes
from simulator.tasks import make_task
from world_model.checkpoint import load_checkpoint

TASK = make_task("place", 484_000)


def test_a_thing_is_painted_where_it_is_seen_and_nowhere_else() -> None:
    plain = trust.filmed(TASK)
    other = trust.painted(plain, TASK, (1.0, 0.0, 1.0))
    changed = (other.rgb != plain.rgb).any(-1)
    assert (other.elevation == plain.elevation).all()
    assert 10 < changed[0].sum() < 400
    assert (plain.elevation[changed] > 0).mean() > 0.9
    assert (other.rgb[changed][:, 1] == 0).all()


@pytest.mark.parametrize("view", [0, 1], ids=["overhead", "oblique"])
def test_a_turned_camera_looks_by_so_much_elsewhere(view: int) -> None:
    camera = DEFAULT_CAMERAS[view]
    before, after = axes(camera)[2], axes(trust.turned(camera, 10.0))[2]
    aside = (
        (before[:2] @ after[:2]) / (np.linalg.norm(before[:2]) * np.linalg.norm(after[:2])) if view else before @ after
    )
    assert math.degrees(math.acos(aside)) == pytest.approx(10.0, abs=0.01)


def test_every_look_is_counted_as_refused_or_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["trust", "--suites", "place", "--episodes", "2", "--spoiled", "1", "--seed", "484000", "--tuning"]
    monkeypatch.setattr(sys, "argv", call)
    trust.main()
    page = capsys.readouterr().out
    assert re.search(r"place, as it is +│ 2 +│ 0", page)
    assert re.search(r"a magenta thing +│ 1 +│ 1", page)
    assert len(re.findall(r"│ 1 +│ [01] ", page)) == len(trust.spoiled(TASK))


def test_a_plain_look_is_trusted_and_one_through_a_turned_camera_is_not() -> None:
    perceiver = build_perceiver(load_checkpoint()[0], PRODUCT)
    assert not trust.refused(perceiver, trust.filmed(TASK), TASK)
    cameras = trust.through(0, lambda camera: trust.turned(camera, 5.0))
    assert trust.refused(perceiver, trust.filmed(TASK, cameras), TASK)

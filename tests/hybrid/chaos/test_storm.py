"""Covers the service under kills: nothing acknowledged is lost, nothing moves twice, and everything ends whole.

The short profile of ``tests.hybrid.chaos.storm``, with a real world, queue, store and server; the long one is a
command. It runs in a process of its own, because it forks.
"""

import json
import subprocess
import sys

import pytest

from tests.hybrid.chaos.points import LABELS
from tests.hybrid.chaos.storm import whole


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_and_nothing_moves_twice_while_everybody_dies(database):
    command = [sys.executable, "-W", "ignore", "-m", "tests.hybrid.chaos.storm"]
    asked = ["--tasks", "8", "--kills", "6", "--engine", "wiggle", "--database", database]
    ran = subprocess.run([*command, *asked], capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(ran.stdout)
    assert found["kills"] >= 6
    assert found["acknowledged"] >= 8
    assert found["effects"] >= 8 * 12 / 2
    assert whole(found)


def test_a_storm_in_which_something_moved_twice_is_not_whole():
    good = dict.fromkeys(
        ("lost", "unended", "effects_twice", "moved_by_two", "records_that_differ_from_effects", "events_with_gaps"), 0
    )
    assert whole({**good, "sound": "ok"})
    assert not whole({**good, "sound": "ok", "effects_twice": 1})
    assert not whole({**good, "sound": {"missing": ["x"]}})


def test_every_part_of_the_service_has_a_point_to_die_at():
    assert len(LABELS["worker"]) + len(LABELS["server"]) >= 30

"""Episodes small enough to read: a table of two cubes, one plan, its verdict and its steps."""

import os
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from hybrid.base import AttemptRecord, Decomposition, Outcome, StepRecord
from hybrid.store.engine import open_database
from planner.base import Manipulation, Plan, TraceEntry
from simulator.base import Fact, Observation, Scene, Subgoal, Thing, Verdict, WorldState
from tests.hybrid.store.postgres import empty_postgres

ON_POSTGRES = os.environ.get("TEST_DATABASE") == "postgresql"
"""Whether tests that need some database get PostgreSQL; those about one kind of database make their own."""

RED = Thing("red_cube_1", "cube", "red", (0.04, 0.04, 0.04), (0.1, 0.0, 0.02))
BLUE = Thing("blue_cube_1", "cube", "blue", (0.04, 0.04, 0.04), (-0.1, 0.05, 0.02), yaw=0.3)
SCENE = Scene("pair", (RED, BLUE))
SENTENCE = "Put the red block on the blue block."


def decomposition(count=1):
    subgoal = Subgoal((Fact("on", ("red_cube_1", "blue_cube_1")),), "red on blue", keep=("blue_cube_1",))
    return Decomposition(
        "planned", (subgoal,) * count, (("keep", "blue_cube_1"),), backend="scripted-1", milliseconds=4.5
    )


def plan(seed=0, thing="red_cube_1", energy=0.031):
    rng = np.random.default_rng(seed)
    return Plan(
        manipulations=(Manipulation("pick_place", thing, (0.1, 0.0, 0.04), (-0.1, 0.05, 0.06), 0.08),),
        actions=rng.normal(size=(5, 4)).astype(np.float32),
        energy=energy,
        first_energy=0.047,
        imagined=(RED, BLUE),
        trace=(TraceEntry(2, 64, (0.031, 0.2), "pick red_cube_1"), TraceEntry(1, 32, (0.03,), "carry")),
        milliseconds=23.5,
    )


def verdict(accepted=True):
    code, reason = ("accepted", "every fact holds") if accepted else ("collision", "collision at step 3")
    return Verdict(accepted, code, reason, None if accepted else 3, 0.004, 1.5, 0.002, (RED, BLUE))


def attempt(number=0, *, accepted=True, executed=False, seed=0, subgoal=0, thing="red_cube_1"):
    return AttemptRecord(subgoal, number, plan(seed, thing), verdict(accepted), executed)


def steps(count=5, start=0, seed=3):
    rng = np.random.default_rng(seed)
    return tuple(
        StepRecord(
            start + index,
            0,
            0,
            rng.normal(size=4).astype(np.float32),
            rng.normal(size=5).astype(np.float32),
            float(rng.random()),
        )
        for index in range(count)
    )


def observation(seed=5, step=0):
    rng = np.random.default_rng(seed)
    return Observation(
        rng.integers(0, 255, (2, 16, 16, 3), dtype=np.uint8),
        rng.integers(0, 255, (2, 16, 16), dtype=np.uint8),
        rng.normal(size=5).astype(np.float32),
        step,
    )


def outcome(status="reached", reason=None):
    return Outcome(
        status, reason, ({"words": "red on blue", "status": status},), 1, 1, 1.0, {"plan": 23.5, "act": 80.0}
    )


FINAL = WorldState((RED, BLUE), (1.0, 0.999), (0.24, 0.0, 0.3), None)


def begin(store, sentence=SENTENCE, scene=SCENE):
    return store.open_episode(
        instruction=sentence, scene=scene, seed=7, models={"world_model": "cpu-1"}, settings={"plan_depth": 3}
    )


def whole_episode(store, sentence=SENTENCE, status="reached", accepted=True):
    episode = begin(store, sentence)
    store.record_decomposition(episode, decomposition())
    store.record_observation(episode, 0, observation())
    store.record_attempt(episode, attempt(accepted=accepted))
    if accepted:
        store.record_attempt(episode, attempt(accepted=accepted, executed=True))
        store.record_steps(episode, steps())
    store.record_subgoal(episode, 0, "reached" if status == "reached" else "unmet", 0.004, None)
    store.close_episode(episode, outcome(status), FINAL)
    return episode


@cache
def migrated():
    """Bytes of an empty database at the current revision: migrating once is enough for tests of other things."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        open_database(f"sqlite:///{path}").close()
        return path.read_bytes()


def empty_sqlite(folder):
    path = folder / "hybrid.db"
    path.write_bytes(migrated())
    return f"sqlite:///{path}"


def empty_database(folder):
    """Return the address of an empty database: SQLite in ``folder``, or PostgreSQL if TEST_DATABASE=postgresql."""
    return empty_postgres() if ON_POSTGRES else empty_sqlite(folder)

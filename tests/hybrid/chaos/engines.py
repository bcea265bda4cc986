"""A cheap engine for the storms: it only moves the tool, through the same records as the product and in a real world.

Its world writes every physical step down in a file of its own, outside the store: what was moved twice
can be read there.
"""

import os
import threading

import numpy as np

from hybrid.base import AttemptRecord, Decomposition, Outcome, StepRecord
from planner.base import Manipulation, Plan, TraceEntry
from simulator.base import Fact, Scene, Subgoal, Thing, Verdict
from simulator.world import PhysicalWorld

RED = Thing("red_cube_1", "cube", "red", (0.04, 0.04, 0.04), (0.1, 0.0, 0.02))
BLUE = Thing("blue_cube_1", "cube", "blue", (0.04, 0.04, 0.04), (-0.1, 0.05, 0.02))
TINY = Scene("tiny", (RED, BLUE))
STEPS = 12
current = threading.local()


class WitnessedWorld(PhysicalWorld):
    """A world that writes down, before the tool moves, for which task it makes which step."""

    def step(self, action):
        made = getattr(self, "made", 0)
        line = f"{current.task} {made} {os.getpid()}\n".encode()
        handle = os.open(current.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            if current.fuse is not None:
                current.fuse.passed("world.step:before")
            os.write(handle, line)
        finally:
            os.close(handle)
        self.made = made + 1
        sensed = super().step(action)
        if current.fuse is not None:
            current.fuse.passed("world.step:after")
        return sensed


def witnessed(runner, log, fuse=None):
    """Return ``runner``, but telling the world which task it moves for."""

    def run(job):
        current.task, current.log, current.fuse = job.task.id, str(log), fuse
        return runner(job)

    return run


def wiggle():
    """Return a runner that moves the tool for ``STEPS`` steps, and once more for every *again* in the instruction."""
    subgoal = Subgoal((Fact("on", ("red_cube_1", "blue_cube_1")),), "red on blue")
    move = Manipulation("pick_place", "red_cube_1", (0.1, 0.0, 0.04), (-0.1, 0.05, 0.06), 0.08)
    verdict = Verdict(True, "accepted", "nothing is in the way", None, 0.01, 1.0, 0.002)

    def run(job):
        request, store = job.task.request, job.store
        rng = np.random.default_rng(request.seed)
        count = STEPS * (1 + request.instruction.count("again"))
        actions = np.column_stack([rng.uniform(-0.01, 0.01, (count, 3)), np.zeros(count)]).astype(np.float32)
        plan = Plan((move,), actions, 0.25, 0.5, request.scene.things, (TraceEntry(2, 8, (0.25,), "pick"),), 3.0)
        episode = store.open_episode(
            instruction=request.instruction, scene=request.scene, seed=request.seed, models={"engine": "wiggle"},
            settings={"robot": "tool"},
        )  # fmt: skip
        job.listener("perceived", {"episode": episode})
        world = WitnessedWorld(request.scene)
        try:
            store.record_observation(episode, 0, world.reset(request.seed))
            store.record_decomposition(episode, Decomposition("planned", (subgoal,)))
            store.record_attempt(episode, AttemptRecord(0, 0, plan, verdict, executed=True))
            step = 0
            for start in range(0, count, 4):
                if job.cancel():
                    break
                sensed = [world.step(action) for action in actions[start : start + 4]]
                records = zip(actions[start : start + 4], sensed, strict=True)
                store.record_steps(
                    episode, tuple(StepRecord(start + k, 0, 0, a, s, 0.0) for k, (a, s) in enumerate(records))
                )
                step = start + 4
            status = "interrupted" if job.cancel() else "reached"
            final = world.state()
        finally:
            world.close()
        ended = Outcome(status, None if status == "reached" else f"stopped after {step} steps", (), 1, 1, 1.0)
        store.record_subgoal(episode, 0, status, 0.01, None)
        store.close_episode(episode, ended, final)
        return ended

    return run

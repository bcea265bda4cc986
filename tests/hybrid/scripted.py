"""An engine without models for tests of the doors: real store, real world, and actions written down beforehand."""

from __future__ import annotations

import numpy as np

from hybrid.base import AttemptRecord, Decomposition, EpisodeResult, Outcome, StepRecord
from hybrid.config import Settings
from hybrid.store.episodes import open_store
from planner.base import Manipulation, Plan, TraceEntry
from simulator.base import Fact, Scene, Subgoal, Verdict
from simulator.world import PhysicalWorld

SUBGOAL = Subgoal((Fact("on", ("red_cube_1", "blue_cube_1")),), "put the red cube on the blue cube")
PLANNED = Decomposition("planned", (SUBGOAL,), (("keep", "yellow_cube_1"),), backend="scripted 1", milliseconds=1.234)
ASKED = Decomposition(
    "question", message="Which red cube?", choices=("the left one", "the right one"), backend="scripted 1"
)
REFUSED = Decomposition("refused", message="there is no purple block on the table", backend="scripted 1")
BY_WORD = {"which": ASKED, "purple": REFUSED}


def decomposed(instruction: str) -> Decomposition:
    return next((made for word, made in BY_WORD.items() if word in instruction), PLANNED)


class ScriptedEngine:
    """Wiggles the tool for as many control steps as the instruction says, and ends as it says.

    ``wait`` in the instruction makes it go on until it is cancelled.
    """

    def __init__(self, settings: Settings) -> None:
        self.store = open_store(settings.database_url, settings.artifact_dir)

    def decompose(self, instruction: str, scene: Scene, seed: int) -> Decomposition:
        return decomposed(instruction)

    def run(self, instruction: str, scene: Scene, seed: int, listener=None, cancel=None, world=None) -> EpisodeResult:
        made = decomposed(instruction)
        episode = self.store.open_episode(
            instruction=instruction,
            scene=scene,
            seed=seed,
            models={"language": "scripted 1"},
            settings={"robot": "tool"},
        )
        self.store.record_decomposition(episode, made)
        if listener is not None:
            listener("subgoals", {"subgoals": [subgoal.words for subgoal in made.subgoals]})
        if made.status != "planned":
            outcome = Outcome(made.status, None, (), 0, 0, 1.0, message=made.message)
            self.store.close_episode(episode, outcome, None)
            return EpisodeResult(episode, outcome, None, made)
        return self.act(episode, instruction, scene, seed, cancel)

    def waiting(self) -> None:
        """Called once the written actions are spent; a test puts here what ends the wait."""

    def act(self, episode: str, instruction: str, scene: Scene, seed: int, cancel) -> EpisodeResult:
        rng = np.random.default_rng(seed)
        actions = np.column_stack([rng.uniform(-0.03, 0.03, (30, 3)), np.zeros(30)]).astype(np.float32)
        move = Manipulation("pick_place", "red_cube_1", (0.0, 0.0, 0.05), (0.1, 0.0, 0.06), 0.1)
        plan = Plan((move,), actions, 0.25, 0.5, scene.things, (TraceEntry(2, 8, (0.25, 0.5), "pick"),), 3.0)
        verdict = Verdict(True, "accepted", "it ends as imagined", None, 0.01, 1.0, 0.002)
        self.store.record_attempt(episode, AttemptRecord(0, 0, plan, verdict, executed=True))
        world = PhysicalWorld(scene)
        try:
            world.restart(seed)
            step = 0
            while step < len(actions) or ("wait" in instruction and not cancel()):
                action = actions[step] if step < len(actions) else np.zeros(4, np.float32)
                sensed = world.step(action)
                self.store.record_steps(episode, (StepRecord(step, 0, 0, action, sensed, 0.1),))
                step += 1
                if step == len(actions):
                    self.waiting()
            final = world.state()
        finally:
            world.close()
        status = "interrupted" if cancel is not None and cancel() else "unmet" if "fail" in instruction else "reached"
        reason = None if status == "reached" else f"{status} after {step} steps"
        self.store.record_subgoal(episode, 0, status, 0.01, reason)
        subgoals = ({"words": SUBGOAL.words, "facts": [fact.as_list() for fact in SUBGOAL.facts], "status": status},)
        spent = {"decompose": 1.2345, "plan": 3.0, "check": 2.0, "act": 4.0}
        outcome = Outcome(status, reason, subgoals, 1, 1, 1.0, spent)
        self.store.close_episode(episode, outcome, final)
        return EpisodeResult(episode, outcome, final, PLANNED, (3.0,), 1)

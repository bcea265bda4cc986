"""Running arms on suites: what is refused, that it repeats, and that the world's true final state decides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hybrid.base import Decomposition, EpisodeResult, Outcome
from hybrid.config import Settings
from hybrid.errors import ConfigError, PerceptionError
from hybrid.evaluation import runner
from hybrid.evaluation.arms import Arm, Attempt, EngineArm, RandomArm, build_arm
from hybrid.evaluation.runner import TEST_SEEDS, evaluate
from simulator.base import Disturbance, Physics, Scene, World, WorldState
from simulator.disturbed import world_of
from simulator.tasks import Task, make_task
from simulator.world import PhysicalWorld


@pytest.fixture
def settings() -> Settings:
    return Settings(max_attempts=1)


def without_times(report: dict) -> dict:
    return {
        **report,
        "arms": {name: {k: v for k, v in arm.items() if k != "episode_ms"} for name, arm in report["arms"].items()},
        "episodes": {
            name: [{k: v for k, v in row.items() if k != "milliseconds"} for row in rows]
            for name, rows in report["episodes"].items()
        },
    }


def test_the_random_floor_hardly_ever_succeeds(settings: Settings) -> None:
    seen: list[tuple[int, int]] = []
    report = evaluate(
        "place", ["random"], episodes=6, seed=TEST_SEEDS, settings=settings, progress=lambda *done: seen.append(done)
    )
    assert report["arms"]["random"]["success"] <= 1
    assert report["arms"]["random"]["planner_share"] == 0.0
    assert report["arms"]["random"]["plan_valid"] is None
    assert seen == [(k, 6) for k in range(1, 7)]


def test_the_number_of_processes_does_not_change_the_result(settings: Settings) -> None:
    alone = evaluate("push", ["random"], episodes=2, seed=TEST_SEEDS, settings=settings)
    shared = evaluate("push", ["random"], episodes=2, seed=TEST_SEEDS, settings=settings, workers=2)
    assert without_times(alone) == without_times(shared)


def attempted(arm: Arm, task: Task) -> WorldState | None:
    world = world_of(task.scene)
    try:
        world.reset(task.seed)
        return arm.attempt(task, world).final
    finally:
        world.close()


def test_random_attempts_repeat_to_the_last_digit() -> None:
    task = make_task("place", TEST_SEEDS)
    first, second = (attempted(RandomArm(1), task) for _ in range(2))
    assert first == second
    assert first is not None
    assert first.tool != (0.24, 0.0, 0.30), "a random tool moves"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("suite", {"suite": "juggle"}),
        ("arms", {"arms": ["random", "telepathy"]}),
        ("arms", {"arms": ["random", "random"]}),
        ("arms", {"arms": []}),
        ("episodes", {"episodes": 0}),
        ("workers", {"workers": 0}),
        ("seed", {"seed": TEST_SEEDS - 1}),
        ("seed", {"seed": -1, "tuning": True}),
    ],
)
def test_bad_arguments_are_refused_by_name(settings: Settings, field: str, change: dict) -> None:
    good = {"suite": "place", "arms": ["random"], "episodes": 1, "seed": TEST_SEEDS, "settings": settings}
    with pytest.raises(ConfigError) as caught:
        evaluate(**{**good, **change})
    assert caught.value.field == field
    assert caught.value.remedy


def test_training_seeds_are_allowed_for_tuning(settings: Settings) -> None:
    report = evaluate("place", ["random"], episodes=1, seed=7, settings=settings, tuning=True)
    assert report["episodes"]["random"][0]["seed"] == 7


class WitnessEngine:
    """An engine that knows every task's witness and puts the things there; ``honest`` or claiming more than it did."""

    def __init__(self, tasks: dict[str, Task], *, moves: bool) -> None:
        self._tasks = tasks
        self._moves = moves

    def decompose(self, instruction: str, scene: Scene, seed: int) -> Decomposition:
        return Decomposition("planned", self._tasks[scene.name].subgoals)

    def run(self, instruction, scene, seed, listener=None, cancel=None, world=None) -> EpisodeResult:
        goals = {move.thing: move.target for move in self._tasks[scene.name].witness} if self._moves else {}
        things = tuple(replace(thing, position=goals.get(thing.id, thing.position)) for thing in scene.things)
        final = WorldState(things, (1.0,) * len(things), (0.24, 0.0, 0.30), None)
        outcome = Outcome("reached", None, (), attempts=1, checks=1, planner_share=1.0)
        decomposition = self.decompose(instruction, scene, seed)
        return EpisodeResult("e1", outcome, final, decomposition, plan_milliseconds=(5.0,), language_calls=1)


class BlindArm:
    """An arm that cannot perceive anything."""

    def attempt(self, task: Task, world: World) -> None:
        raise PerceptionError("thing", "cannot be seen", "Turn on the light.")


def evaluate_arm(arm: Arm, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> dict:
    monkeypatch.setattr(runner, "build_arm", lambda name, settings: arm)
    return evaluate("place", ["hybrid"], episodes=3, seed=TEST_SEEDS, settings=settings)


@pytest.mark.parametrize(("moves", "success"), [(True, 3), (False, 0)])
def test_success_is_what_the_true_state_says_and_not_what_the_arm_claims(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, moves: bool, success: int
) -> None:
    tasks = [make_task("place", TEST_SEEDS + k) for k in range(3)]
    engine = WitnessEngine({task.scene.name: task for task in tasks}, moves=moves)
    report = evaluate_arm(EngineArm(engine), monkeypatch, settings)
    figures = report["arms"]["hybrid"]
    assert (figures["success"], figures["plan_valid"], figures["planner_share"]) == (success, 1.0, 1.0)
    assert [row["status"] for row in report["episodes"]["hybrid"]] == ["reached"] * 3
    assert figures["plan_ms"]["p50"] == 5.0


class ObedientArm:
    """An arm that puts things where the witness says by moving them in the world, for the first so many requests."""

    def __init__(self, obeys: int) -> None:
        self.asked: list[str] = []
        self._obeys = obeys

    def attempt(self, task: Task, world: World) -> Attempt:
        assert isinstance(world, PhysicalWorld)
        self.asked.append(task.instruction)
        if len(self.asked) <= self._obeys:
            for move in task.witness:
                world.place(move.thing, move.target)
            for _ in range(4):
                world.step(np.zeros(4, dtype=np.float32))
        return Attempt("reached", None, world.state(), None, planner_share=None)


@pytest.mark.parametrize(("obeys", "asked"), [(5, 5), (2, 3), (0, 1)])
def test_a_chain_goes_on_in_one_world_until_an_instruction_is_not_done(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, obeys: int, asked: int
) -> None:
    arm = ObedientArm(obeys)
    monkeypatch.setattr(runner, "build_arm", lambda name, settings: arm)
    report = evaluate("chains", ["hybrid"], episodes=1, seed=7, settings=settings, tuning=True)
    parts = [part.instruction for part in make_task("chains", 7).parts]
    assert arm.asked == parts[:asked]
    (row,) = report["episodes"]["hybrid"]
    assert (row["in_a_row"], row["success"], row["instruction"]) == (obeys, obeys == 5, " / ".join(parts[:asked]))
    assert report["arms"]["hybrid"]["in_a_row"] == obeys


def test_a_task_is_attempted_in_its_own_physics_and_with_its_disturbances(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    made: list[tuple[Physics, tuple[Disturbance, ...]]] = []

    def noted(scene: Scene, physics: Physics, disturbances: tuple[Disturbance, ...]) -> World:
        made.append((physics, disturbances))
        return world_of(scene, physics, disturbances)

    monkeypatch.setattr(runner, "world_of", noted)
    monkeypatch.setattr(runner, "build_arm", lambda name, settings: RandomArm(0))
    report = evaluate("disturbed", ["random"], episodes=8, seed=0, settings=settings, tuning=True)
    tasks = [make_task("disturbed", seed) for seed in range(8)]
    assert made == [(task.physics, task.disturbances) for task in tasks]
    assert [row["kind"] for row in report["episodes"]["random"]] == [task.kind for task in tasks]
    assert len(report["arms"]["random"]["by_kind"]) == 8


def test_an_arm_that_cannot_go_on_fails_its_task_and_not_the_evaluation(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    report = evaluate_arm(BlindArm(), monkeypatch, settings)
    rows = report["episodes"]["hybrid"]
    assert [row["status"] for row in rows] == ["failed"] * 3
    assert "Turn on the light." in rows[0]["reason"]


def test_an_unknown_arm_cannot_be_built(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="no arm 'telepathy'"):
        build_arm("telepathy", settings)

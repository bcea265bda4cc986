"""Running arms on suites: what is refused, that it repeats on any workers and after a kill, that the truth decides."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from hybrid.base import Decomposition, EpisodeResult, Outcome
from hybrid.config import Settings
from hybrid.errors import ConfigError, PerceptionError
from hybrid.evaluation import attempting, runner
from hybrid.evaluation.arms import EngineArm, IdleArm, RandomArm
from hybrid.evaluation.base import Arm, Attempt
from hybrid.evaluation.guard import GuardedWorld
from hybrid.evaluation.heldout import TEST_SEEDS
from hybrid.evaluation.report import without_times
from hybrid.evaluation.runner import evaluate
from hybrid.evaluation.shards import shard_path
from simulator.base import Disturbance, Physics, Scene, World
from simulator.disturbed import world_of
from simulator.tasks import SUITES, Task, make_task
from simulator.world import PhysicalWorld


@pytest.fixture
def settings() -> Settings:
    return Settings(max_attempts=1)


def test_the_random_floor_hardly_ever_succeeds(settings: Settings) -> None:
    seen: list[tuple[int, int]] = []
    report = evaluate(
        "place", ["random"], episodes=6, seed=TEST_SEEDS, settings=settings, progress=lambda *done: seen.append(done)
    )
    assert report["arms"]["random"]["success"] <= 1
    assert report["arms"]["random"]["planner_share"] == 0.0
    assert report["arms"]["random"]["plan_valid"] is None
    assert seen == [(k, 6) for k in range(1, 7)]


def run(out: Path | None, settings: Settings, **change: object) -> dict:
    asked = {"episodes": 3, "seed": TEST_SEEDS, "settings": settings, "out": out, **change}
    return evaluate("push", ["nothing", "random"], **asked)


def test_what_is_kept_is_not_attempted_again_unless_it_is_damaged(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(tmp_path, settings)
    tried: list[int] = []

    def noted(task: Task, arm: Arm, *, privileged: bool) -> attempting.Kept:
        tried.append(task.seed)
        return attempting.attempted(task, arm, privileged=privileged)

    monkeypatch.setattr(runner, "attempted", noted)
    torn = shard_path(tmp_path, "push", "random", TEST_SEEDS + 1)
    whole = torn.read_bytes()
    torn.write_bytes(whole[: len(whole) // 2])
    flipped = shard_path(tmp_path, "push", "nothing", TEST_SEEDS + 2)
    flipped.write_text(flipped.read_text(encoding="utf-8").replace('"success": false', '"success": true'))
    again = run(tmp_path, settings)
    assert tried == [TEST_SEEDS + 1, TEST_SEEDS + 2]
    assert without_times(again) == without_times(first)
    more = run(tmp_path, settings, episodes=4)
    assert tried[2:] == [TEST_SEEDS + 3] * 2
    assert more["episodes"]["random"][:3] == again["episodes"]["random"]


def test_attempts_made_with_other_settings_are_refused_rather_than_mixed_in(settings: Settings, tmp_path: Path) -> None:
    run(tmp_path, settings)
    with pytest.raises(ConfigError, match="made with other code, weights, settings") as caught:
        run(tmp_path, settings.model_copy(update={"max_attempts": 2}))
    assert caught.value.field == "out"


ROOT = Path(__file__).resolve().parents[3]
BROKEN_OFF = """
from pathlib import Path
import sys
from hybrid.config import Settings
from hybrid.evaluation.runner import evaluate
if __name__ == "__main__":
    evaluate("push", ["nothing", "random"], episodes=6, seed=500_000, settings=Settings(max_attempts=1),
             workers=int(sys.argv[2]), out=Path(sys.argv[1]))
"""


def test_a_run_that_is_killed_goes_on_and_ends_like_an_unbroken_one(settings: Settings, tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(BROKEN_OFF, encoding="utf-8")
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, str(script), str(broken), "2"], env=environment)
    deadline = time.monotonic() + 300
    while len(list(broken.rglob("50*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    time.sleep(1.0)
    held = len(list(broken.rglob("50*.json")))
    assert 3 <= held < 12, "it was killed on the way, and its workers ended with it"
    run(broken, settings, episodes=6, workers=2)
    run(whole, settings, episodes=6, workers=1)
    one, two = (folder / "push.results.json" for folder in (whole, broken))
    assert one.read_bytes() == two.read_bytes(), "neither the kill nor the number of workers changes a byte"
    assert "milliseconds" not in one.read_text(encoding="utf-8")


def attempted_state(arm: Arm, task: Task) -> tuple:
    world = world_of(task.scene)
    try:
        world.reset(task.seed)
        arm.attempt(task, world)
        return world.state()
    finally:
        world.close()


def test_random_attempts_repeat_to_the_last_digit() -> None:
    task = make_task("place", TEST_SEEDS)
    first, second = (attempted_state(RandomArm(1), task) for _ in range(2))
    assert first == second
    assert first.tool != (0.24, 0.0, 0.30), "a random tool moves"


@pytest.mark.parametrize("suite", [suite for suite in SUITES if suite != "chains"])
def test_an_arm_that_does_nothing_scores_the_floor_on_every_suite(settings: Settings, suite: str) -> None:
    report = evaluate(suite, ["nothing"], episodes=12, seed=0, settings=settings, tuning=True)
    assert report["arms"]["nothing"]["success"] == 0, "a start that is solved already is no task"
    assert all(row["failure"] == "search" for row in report["episodes"]["nothing"])


def test_a_suite_whose_start_is_solved_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "lazy.py"
    file.write_text(
        "from dataclasses import replace\n"
        "from simulator.tasks import ideal, make_task\n"
        "def done(seed):\n"
        "    task = make_task('place', seed)\n"
        "    return replace(task, scene=replace(task.scene, things=ideal(task).things))\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="solved at its start"):
        evaluate(f"{file}:done", ["nothing"], episodes=1, seed=TEST_SEEDS, settings=settings)


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


def hand_of(world: World) -> PhysicalWorld:
    """Reach round the guard, as only a test does, to put things where they belong."""
    physical = world._GuardedWorld__world if isinstance(world, GuardedWorld) else world
    assert isinstance(physical, PhysicalWorld)
    return physical


class WitnessEngine:
    """An engine that knows every task's witness and puts the things there, or only claims to have done so."""

    def __init__(self, tasks: dict[str, Task], *, moves: bool) -> None:
        self._tasks = tasks
        self._moves = moves

    def decompose(self, instruction: str, scene: Scene, seed: int) -> Decomposition:
        return Decomposition("planned", self._tasks[scene.name].subgoals)

    def run(self, instruction, scene, seed, listener=None, cancel=None, world=None) -> EpisodeResult:
        goals = {move.thing: move.target for move in self._tasks[scene.name].witness} if self._moves else {}
        for name, target in goals.items():
            hand_of(world).place(name, target)
        for _ in range(4):
            world.step(np.zeros(4, dtype=np.float32))
        outcome = Outcome("reached", None, (), attempts=1, checks=1, planner_share=1.0)
        decomposition = self.decompose(instruction, scene, seed)
        return EpisodeResult("e1", outcome, None, decomposition, plan_milliseconds=(5.0,), language_calls=1)


class BlindArm:
    """An arm that cannot perceive anything."""

    def attempt(self, task: Task, world: World) -> None:
        raise PerceptionError("thing", "cannot be seen", "Turn on the light.")


def evaluate_arm(arm: Arm, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> dict:
    monkeypatch.setattr(runner, "build_arm", lambda spec, settings: arm)
    return evaluate("place", ["hybrid"], episodes=3, seed=TEST_SEEDS, settings=settings)


@pytest.mark.parametrize(("moves", "success"), [(True, 3), (False, 0)])
def test_success_is_what_the_true_state_says_and_not_what_the_arm_claims(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, moves: bool, success: int
) -> None:
    tasks = [make_task("place", TEST_SEEDS + k) for k in range(3)]
    engine = WitnessEngine({task.scene.name: task for task in tasks}, moves=moves)
    report = evaluate_arm(EngineArm(lambda: engine), monkeypatch, settings)
    figures = report["arms"]["hybrid"]
    assert (figures["success"], figures["plan_valid"], figures["planner_share"]) == (success, 1.0, 1.0)
    assert [row["status"] for row in report["episodes"]["hybrid"]] == ["reached"] * 3
    assert figures["plan_ms"]["p50"] == 5.0


class ObedientArm:
    """An arm that puts things where the witnesses say by moving them in the world, for the first so many requests."""

    def __init__(self, task: Task, obeys: int) -> None:
        self.asked: list[str] = []
        self._witnesses = [part.witness for part in task.parts]
        self._obeys = obeys

    def attempt(self, task: Task, world: World) -> Attempt:
        self.asked.append(task.instruction)
        assert task.witness == (), "no arm is shown a witness"
        if len(self.asked) <= self._obeys:
            for move in self._witnesses[len(self.asked) - 1]:
                hand_of(world).place(move.thing, move.target)
            for _ in range(4):
                world.step(np.zeros(4, dtype=np.float32))
        return Attempt("reached", None)


@pytest.mark.parametrize(("obeys", "asked"), [(5, 5), (2, 3), (0, 1)])
def test_a_chain_goes_on_in_one_world_until_an_instruction_is_not_done(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, obeys: int, asked: int
) -> None:
    arm = ObedientArm(make_task("chains", 7), obeys)
    monkeypatch.setattr(runner, "build_arm", lambda spec, settings: arm)
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

    monkeypatch.setattr(attempting, "world_of", noted)
    monkeypatch.setattr(runner, "build_arm", lambda spec, settings: IdleArm())
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


def test_coordinates_are_asked_of_the_embedded_writer_or_of_a_model_of_ones_own(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text("def still(settings):\n    return lambda prompt: 'nothing to do'\n")
    arm = f"llm-numbers={tmp_path / 'mine.py'}:still"
    found = evaluate("place", ("llm-numbers", arm), episodes=1, seed=TEST_SEEDS, settings=settings)
    assert [found["arms"][name]["language_calls"] for name in ("llm-numbers", "llm-numbers=still")] == [1, 1]

"""Runs arms on the tasks of a suite, in this process or in several; the result does not depend on how many.

Test seeds start at ``TEST_SEEDS``; smaller ones belong to training and tuning and are refused unless asked for as such.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from hybrid.base import Json
from hybrid.config import Settings
from hybrid.errors import BudgetError, ConfigError, LanguageError, PerceptionError
from hybrid.evaluation.arms import ARMS, Arm, Attempt, build_arm
from hybrid.evaluation.report import Row, in_a_row, report
from simulator.base import World
from simulator.disturbed import world_of
from simulator.tasks import SUITES, Task, make_task, score

TEST_SEEDS = 500_000
"""First seed of the held-out range: training and tuning use smaller ones."""
MOST_EPISODES = 100_000

Progress = Callable[[int, int], None]
"""Told (attempts done, attempts in all)."""


@dataclass(frozen=True)
class Job:
    """One task for one arm; small and plain, so that it travels to another process."""

    arm: str
    suite: str
    seed: int
    settings: str
    """``Settings`` as JSON."""
    folder: str
    """Where the arm's throw-away store lies."""


def evaluate(
    suite: str,
    arms: Sequence[str],
    *,
    episodes: int,
    seed: int,
    settings: Settings,
    workers: int = 1,
    tuning: bool = False,
    progress: Progress | None = None,
) -> dict[str, Json]:
    """Attempt ``episodes`` tasks of ``suite`` with every arm and compare them on the same tasks.

    Args:
        suite: one of ``simulator.tasks.SUITES``.
        arms: names out of ``ARMS``, each once.
        episodes: tasks an arm; task k has seed ``seed + k``.
        seed: first task's seed, at least ``TEST_SEEDS`` unless ``tuning``.
        settings: of the engine; the store is replaced by a throw-away one.
        workers: processes; one runs everything here.
        tuning: the seeds are for tuning, nothing is claimed of them.
        progress: told how far it is.

    Returns:
        The report of ``hybrid.evaluation.report.report``.

    Raises:
        ConfigError: an argument is out of range, named in its ``field``.
    """
    refuse(suite, arms, episodes=episodes, seed=seed, workers=workers, tuning=tuning)
    with TemporaryDirectory(prefix="hybrid-evaluation-") as folder:
        kept = settings.model_dump_json()
        jobs = [Job(arm, suite, seed + k, kept, folder) for k in range(episodes) for arm in arms]
        rows: dict[str, list[Row]] = {arm: [] for arm in arms}
        for done, (job, row) in enumerate(zip(jobs, _rows(jobs, workers), strict=True), start=1):
            rows[job.arm].append(row)
            if progress is not None:
                progress(done, len(jobs))
        _arm.cache_clear()
    return report(suite, seed, rows, tuning=tuning)


def attempt(job: Job) -> Row:
    """Attempt one task with one arm in the task's world and score the true final state."""
    task = make_task(job.suite, job.seed)
    arm = _arm(job.arm, job.settings, job.folder)
    world = world_of(task.scene, task.physics, task.disturbances)
    try:
        world.reset(task.seed)
        return _chain(task, arm, world) if task.parts else _row(task, _attempt(arm, task, world))
    finally:
        world.close()


def _attempt(arm: Arm, task: Task, world: World) -> Attempt:
    try:
        return arm.attempt(task, world)
    except (PerceptionError, LanguageError, BudgetError) as error:
        return Attempt("failed", str(error), None, plan_valid=False, planner_share=None)


def _chain(task: Task, arm: Arm, world: World) -> Row:
    """Ask for one part after the other in one world, until one is not done; names are those of the chain's start."""
    rows: list[Row] = []
    for part in task.parts:
        rows.append(_row(part, _attempt(arm, replace(part, scene=task.scene), world)))
        if not rows[-1].success:
            break
    return in_a_row(rows, task.seed, task.kind, len(task.parts))


def _row(task: Task, made: Attempt) -> Row:
    result = None if made.final is None else score(task, made.final)
    return Row(
        seed=task.seed,
        kind=task.kind,
        instruction=task.instruction,
        status=made.status,
        success=result is not None and result.success,
        partial=0.0 if result is None else result.partial,
        plan_valid=made.plan_valid,
        planner_share=made.planner_share,
        plan_ms=made.plan_milliseconds,
        language_calls=made.language_calls,
        checks=made.checks,
        milliseconds=made.milliseconds,
        reason=made.reason,
    )


def _rows(jobs: Sequence[Job], workers: int) -> Iterator[Row]:
    if workers == 1:
        yield from map(attempt, jobs)
        return
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(attempt, jobs)
        finally:
            pool.shutdown(cancel_futures=True)


@lru_cache(maxsize=len(ARMS))
def _arm(name: str, settings: str, folder: str) -> Arm:
    """Build an arm once a process, with a store of its own; models are expensive to load."""
    own = Path(folder) / f"{name}-{os.getpid()}"
    own.mkdir(parents=True, exist_ok=True)
    throw_away = {"database_url": f"sqlite:///{own / 'hybrid.db'}", "artifact_dir": own / "artifacts"}
    return build_arm(name, Settings.model_validate_json(settings).model_copy(update=throw_away))


def refuse(suite: str, arms: Sequence[str], *, episodes: int, seed: int, workers: int, tuning: bool) -> None:
    """Refuse what cannot be evaluated before anything starts; raises ``ConfigError``, arguments as in ``evaluate``."""
    if suite not in SUITES:
        raise ConfigError("suite", f"there is no suite {suite!r}", f"Known suites: {', '.join(SUITES)}.")
    unknown = [arm for arm in arms if arm not in ARMS]
    if unknown or not arms or len(set(arms)) != len(arms):
        problem = f"there is no arm {unknown[0]!r}" if unknown else "an arm is named twice or none is"
        raise ConfigError("arms", problem, f"Name each of these at most once, comma-separated: {', '.join(ARMS)}.")
    if not 1 <= episodes <= MOST_EPISODES:
        raise ConfigError("episodes", f"{episodes} is out of range", f"Ask for 1 to {MOST_EPISODES}.")
    if not 1 <= workers <= 256:
        raise ConfigError("workers", f"{workers} is out of range", "Ask for 1 to 256 processes.")
    if seed < 0:
        raise ConfigError("seed", f"{seed} is negative", f"Test seeds start at {TEST_SEEDS}.")
    if seed < TEST_SEEDS and not tuning:
        remedy = f"Take a seed of at least {TEST_SEEDS}, or say --tuning and claim nothing of the result."
        raise ConfigError("seed", f"{seed} lies in the range of training and tuning", remedy)

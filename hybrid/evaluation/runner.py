"""Runs arms on the tasks of a suite, in this process or in several; the result does not depend on how many.

Seeds of training and tuning are refused unless asked for as such (``hybrid.evaluation.heldout``). With a folder, every
attempt is kept there as soon as it is done, and what is kept is not attempted again.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory

from hybrid.base import Json
from hybrid.config import Settings
from hybrid.errors import BudgetError, ConfigError
from hybrid.evaluation.attempting import attempted
from hybrid.evaluation.base import Arm, TaskSuite
from hybrid.evaluation.heldout import refuse_testing
from hybrid.evaluation.planbench_tasks import PREFIX
from hybrid.evaluation.registry import ARMS, Named, build_arm, build_suite, files_of, named
from hybrid.evaluation.report import Row, report, without_times
from hybrid.evaluation.shards import Kept, plain_name, read_shard, shard_path, study_of, write_shard, write_whole

MOST_EPISODES = 100_000
UNHURRIED = {"plan_milliseconds": 120_000.0, "task_seconds": 7200.0}
"""Settings under which no attempt ends for want of time: how busy the machine is must not change a result."""

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
    out: Path | None = None
    """Folder of the shards, if they are kept."""
    study: str = ""
    """Digest of all the row depends on besides its seed."""

    @property
    def shard(self) -> Path | None:
        """Where the attempt is kept."""
        if self.out is None:
            return None
        return shard_path(self.out, build_suite(self.suite).name, named(self.arm, ARMS, "arms").label, self.seed)


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
    out: Path | None = None,
    fewer: Mapping[str, int] | None = None,
) -> dict[str, Json]:
    """Attempt ``episodes`` tasks of ``suite`` with every arm and compare them on the same tasks.

    Args:
        suite: what ``hybrid.evaluation.registry.build_suite`` knows.
        arms: what ``hybrid.evaluation.registry.build_arm`` knows, each once.
        episodes: tasks an arm; task k has seed ``seed + k``.
        seed: first task's seed, at least ``TEST_SEEDS`` unless ``tuning``.
        settings: of the engine; the store is replaced by a throw-away one, and no time runs out.
        workers: processes; one runs everything here.
        tuning: the seeds are for tuning, nothing is claimed of them.
        progress: told how far it is.
        out: folder in which attempts are kept; those that are there already are not made again.
        fewer: for arms that attempt the first so many tasks only.

    Returns:
        The report of ``hybrid.evaluation.report.report``. In ``out`` it is written as ``SUITE.results.json``, the same
        bytes for any number of workers and interruptions, and with times as ``SUITE.json``.

    Raises:
        ConfigError: an argument is out of range, named in its ``field``.
        BudgetError: a worker process was killed.
    """
    refuse(suite, arms, episodes=episodes, seed=seed, workers=workers, tuning=tuning)
    settings = settings.model_copy(update=UNHURRIED)
    labels = {arm: named(arm, ARMS, "arms").label for arm in arms}
    with TemporaryDirectory(prefix="hybrid-evaluation-") as folder:
        kept, studies = settings.model_dump_json(), {arm: study_digest(suite, arm, settings) for arm in arms}
        most = {arm: min(episodes, (fewer or {}).get(arm, episodes)) for arm in arms}
        jobs = [
            Job(arm, suite, seed + k, kept, folder, out, studies[arm])
            for k in range(episodes)
            for arm in arms
            if k < most[arm]
        ]
        rows: dict[tuple[str, int], Row] = {}
        for job, made in _kept(jobs, workers):
            rows[job.arm, job.seed] = made.row
            if progress is not None:
                progress(len(rows), len(jobs))
        _arm.cache_clear()
    ordered = {labels[arm]: [rows[arm, seed + k] for k in range(most[arm])] for arm in arms}
    made = build_suite(suite)
    found = report(made.name, seed, ordered, tuning=tuning, specs=(suite, ",".join(arms)))
    if out is not None:
        write_report(out, found)
    return found


def write_report(out: Path, found: dict[str, Json]) -> None:
    """Write ``found`` into ``out``, once whole and once less its times."""
    name = plain_name(str(found["suite"]))
    write_whole(out / f"{name}.json", json.dumps(found, indent=1) + "\n")
    write_whole(out / f"{name}.results.json", json.dumps(without_times(found), indent=1) + "\n")


def attempt(job: Job) -> Kept:
    """Attempt one task with one arm, or return what is kept of it."""
    shard = job.shard
    held = None if shard is None else read_shard(shard, job.study)
    if held is not None:
        return held
    arm = named(job.arm, ARMS, "arms")
    made = attempted(
        _suite(job.suite).task(job.seed), _arm(job.arm, job.settings, job.folder), privileged=arm.privileged
    )
    if shard is not None:
        write_shard(shard, job.study, made)
    return made


def _kept(jobs: Sequence[Job], workers: int) -> Iterator[tuple[Job, Kept]]:
    """Yield every job with what came of it, those that are kept first."""
    missing: list[Job] = []
    for job in jobs:
        held = None if job.shard is None else read_shard(job.shard, job.study)
        if held is None:
            missing.append(job)
        else:
            yield job, held
    if workers == 1 or len(missing) <= 1:
        yield from ((job, attempt(job)) for job in missing)
        return
    with ProcessPoolExecutor(min(workers, len(missing)), get_context("spawn"), initializer=_end_with_parent) as pool:
        futures = {pool.submit(attempt, job): job for job in missing}
        try:
            yield from ((futures[future], future.result()) for future in as_completed(futures))
        except BrokenProcessPool as error:
            remedy = "Run the same command again: with --out, what is done is not done again. Use fewer --workers."
            raise BudgetError("workers", "a worker process was killed, perhaps for want of memory", remedy) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End this worker when the process that started it is gone, however it went."""
    parent = parent_process()
    assert parent is not None, "a worker has a parent"

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@lru_cache(maxsize=8)
def _suite(spec: str) -> TaskSuite:
    return build_suite(spec)


@lru_cache(maxsize=64)
def _arm(spec: str, settings: str, folder: str) -> Arm:
    """Build an arm once a process, with a store of its own; models are expensive to load."""
    own = Path(folder) / f"{plain_name(spec)}-{os.getpid()}"
    own.mkdir(parents=True, exist_ok=True)
    throw_away = {"database_url": f"sqlite:///{own / 'hybrid.db'}", "artifact_dir": own / "artifacts", "memory": False}
    return build_arm(spec, Settings.model_validate_json(settings).model_copy(update=throw_away))


def study_digest(suite: str, arm: str, settings: Settings) -> str:
    """Return the digest of all that a row of ``arm`` on ``suite`` depends on besides its seed."""
    settings = settings.model_copy(update=UNHURRIED)
    return study_of(settings, (build_suite(suite).name, named(arm, ARMS, "arms").label), files_of(suite, arm))


def refuse(suite: str, arms: Sequence[str], *, episodes: int, seed: int, workers: int, tuning: bool) -> None:
    """Refuse what cannot be evaluated before anything starts; raises ``ConfigError``, arguments as in ``evaluate``."""
    size = build_suite(suite).size
    chosen: list[Named] = [named(arm, ARMS, "arms") for arm in arms]
    labels = [plain_name(arm.label) for arm in chosen]
    if not arms or len(set(labels)) != len(labels):
        remedy = f"Name each of these at most once, comma-separated: {', '.join(ARMS)}, FILE.py:NAME."
        raise ConfigError("arms", "an arm is named twice or none is", remedy)
    if any(arm.name == "recorded" and arm.file is None for arm in chosen) and not suite.startswith(PREFIX):
        raise ConfigError("arms", "recorded plans are for PlanBench", f"Say --suite {PREFIX}FILE.json.")
    most = MOST_EPISODES if size is None else size
    if not 1 <= episodes <= most:
        raise ConfigError("episodes", f"{episodes} is out of range", f"Ask for 1 to {most}.")
    if not 1 <= workers <= 256:
        raise ConfigError("workers", f"{workers} is out of range", "Ask for 1 to 256 processes.")
    refuse_testing(seed, tuning=tuning)

"""A whole comparison: every suite with every arm, kept attempt by attempt, and the page about it.

The folder of a study holds every attempt (``rows/``), videos, ``report.json`` and ``index.html``; running the same
study again makes what is missing, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hybrid.base import Json
from hybrid.config import Settings
from hybrid.errors import ConfigError
from hybrid.evaluation.circumstances import circumstances
from hybrid.evaluation.films import Film, film, worth_watching
from hybrid.evaluation.page import page
from hybrid.evaluation.registry import ARMS, TASKS, build_suite, named
from hybrid.evaluation.report import Row
from hybrid.evaluation.runner import Progress, evaluate, refuse, study_digest
from hybrid.evaluation.shards import read_shard, shard_path, write_whole

VERSION: Final = 1
LONGEST: Final = 14
"""Videos of a study at most."""
FILMED: Final = ("hybrid", "llm-only", "llm-feedback", "recorded")
"""Arms whose attempts are filmed, the most telling first; arms of one's own come after them."""
Told = Callable[[str], AbstractContextManager[Progress]]
"""Opens a bar for a suite; yields what to tell of progress."""


@dataclass(frozen=True)
class Comparison:
    """What is compared.

    Attributes:
        suites: as ``build_suite`` knows them.
        arms: as ``build_arm`` knows them; they attempt ``episodes`` tasks of each suite.
        controls: further arms; they attempt the first ``few`` of these tasks.
        episodes: tasks of each suite, fewer where a suite has fewer.
        few: tasks for the controls.
        seed: of the first task.
        tuning: the seeds are for tuning, nothing is claimed.
        films: how many videos are made.
    """

    suites: tuple[str, ...]
    arms: tuple[str, ...]
    controls: tuple[str, ...] = ()
    episodes: int = 200
    few: int = 50
    seed: int = 0
    tuning: bool = False
    films: int = LONGEST

    @property
    def command(self) -> str:
        """What makes this study again."""
        asked = f"--suites {','.join(self.suites)} --arms {','.join(self.arms)}"
        if self.controls:
            asked += f" --controls {','.join(self.controls)} --few {self.few}"
        tuning = " --tuning" if self.tuning else ""
        return f"hybrid report {asked} --episodes {self.episodes} --seed {self.seed}{tuning}"


def conduct(study: Comparison, settings: Settings, out: Path, *, workers: int, told: Told) -> Path:
    """Make what is missing of ``study`` in ``out``; return its page, rewritten after every suite.

    Raises:
        ConfigError: an argument is out of range, or ``out`` cannot be written or holds another study.
    """
    _refuse(study, out, workers)
    suites: dict[str, dict[str, Json]] = {}
    for spec in study.suites:
        with told(build_suite(spec).name) as progress:
            found = evaluate(
                spec,
                (*study.arms, *study.controls),
                episodes=_episodes(study, spec),
                seed=study.seed,
                settings=settings,
                workers=workers,
                tuning=study.tuning,
                progress=progress,
                out=out,
                fewer=dict.fromkeys(study.controls, study.few),
            )
        suites[str(found["suite"])] = found | {"spec": spec}
        _write(study, settings, out, suites, ())
    with told("videos") as progress:
        made = _films(study, settings, out, suites, progress)
    return _write(study, settings, out, suites, made)


def _write(
    study: Comparison, settings: Settings, out: Path, suites: Mapping[str, dict[str, Json]], films: Sequence[Film]
) -> Path:
    body: dict[str, Any] = {
        "version": VERSION,
        "command": study.command,
        "tuning": study.tuning,
        "specs": {named(arm, ARMS, "arms").label: arm for arm in (*study.arms, *study.controls)},
        "circumstances": circumstances(settings),
        "suites": dict(suites),
        "films": [{"suite": f.suite, "arm": f.arm, "words": f.words, "file": f.file.name} for f in films],
    }
    write_whole(out / "report.json", json.dumps(body, indent=1) + "\n")
    write_whole(out / "index.html", page(body, {f.file.name: f.file.read_bytes() for f in films}))
    return out / "index.html"


def _films(
    study: Comparison, settings: Settings, out: Path, suites: Mapping[str, dict[str, Any]], progress: Progress
) -> list[Film]:
    """Film attempts over all suites: successes and failures of every cause, the telling arms first."""
    specs = {named(arm, ARMS, "arms").label: arm for arm in (*study.arms, *study.controls)}
    own = [label for label, spec in specs.items() if named(spec, ARMS, "arms").file is not None]
    order = [label for label in specs if label.split("=")[0] in FILMED] + own
    seen: set[tuple[str, str]] = set()
    chosen: list[tuple[str, str, Row]] = []
    for name, found in suites.items():
        rows = {arm: [Row.from_json(row) for row in found["episodes"][arm]] for arm in order}
        chosen += [(name, arm, row) for arm, row in worth_watching(rows, order, seen)]
    made: list[Film] = []
    chosen = chosen[: study.films]
    for done, (name, arm, row) in enumerate(chosen):
        progress(done, len(chosen))
        spec = str(suites[name]["spec"])
        kept = read_shard(shard_path(out, name, arm, row.seed), study_digest(spec, specs[arm], settings))
        if kept is not None:
            made.append(film(build_suite(spec), arm, kept, out / "videos"))
    progress(len(chosen), len(chosen))
    return made


def _episodes(study: Comparison, spec: str) -> int:
    size = build_suite(spec).size
    return study.episodes if size is None else min(study.episodes, size)


def _refuse(study: Comparison, out: Path, workers: int) -> None:
    if not study.suites or len({build_suite(spec).name for spec in study.suites}) < len(study.suites):
        raise ConfigError("suites", "a suite is named twice or none is", f"Name each once: {', '.join(TASKS)}.")
    if study.few < 1 or study.films < 0:
        raise ConfigError("few", f"{study.few} is out of range", "Ask for at least 1 task for the controls.")
    for spec in study.suites:
        episodes = _episodes(study, spec) if study.episodes >= 1 else study.episodes
        arms = (*study.arms, *study.controls)
        refuse(spec, arms, episodes=episodes, seed=study.seed, workers=workers, tuning=study.tuning)
    if out.exists() and not out.is_dir():
        raise ConfigError("out", f"{out} is a file", "Name a folder.")

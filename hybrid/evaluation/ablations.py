"""Ablations: one engine after the other with one part exchanged, on the same tasks, kept row by row.

A row that is there already is not run again, so a study that was interrupted goes on where it was; rows of another
study, or of another checkpoint, are refused by name rather than mixed in.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from hybrid.base import Json
from hybrid.config import Settings
from hybrid.errors import ConfigError
from hybrid.evaluation.ablation_page import Row, page
from hybrid.evaluation.runner import Progress, evaluate, refuse
from simulator.tasks import Task, make_task
from world_model.checkpoint import DEFAULT

REFERENCE: Final = "hybrid"
"""What every other row is compared with."""
PAGE: Final = "ablations.md"
QUESTIONS: Final[dict[str, dict[str, str]]] = {
    "The product and the floor": {
        "hybrid": "nothing: the product",
        "random": "random control steps",
    },
    "What imagines": {
        "geometry": "a hand-written transition at both levels and in the belief filter",
        "geometry-manipulations": "the hand-written transition at level 2 only",
        "geometry-controls": "the hand-written transition at level 1 only",
        "geometry-unchecked": "the hand-written transition, and no check",
        "oracle-waypoints": "PyBullet from the true state imagines manipulations",
        "oracle": "true state perceived, PyBullet imagines, exact twin",
    },
    "Levels": {
        "flat": "level 1 only: no manipulation imagined as a whole, no look-ahead",
        "flat-unchecked": "level 1 only, and no check",
        "no-look-ahead": "both levels, one manipulation ahead",
    },
    "The check": {
        "unchecked": "every plan is carried out untried",
        "exact-twin": "plans are tried from the true state",
    },
    "Proposals of level 2": {
        "no-clearing": "nothing is put out of the way",
        "no-named-places": "no places that facts name",
        "no-free-places": "no random free places",
        "targets-2": "2 targets for each thing that must move",
        "targets-24": "24 targets for each thing that must move",
    },
    "Level 1": {
        "controls-1": "1 control sequence sampled, nothing selected",
        "controls-8": "8 control sequences",
        "controls-160": "160 control sequences",
        "cem": "2 rounds of CEM after selection",
        "icem": "2 rounds of iCEM after selection",
        "mppi": "2 rounds of MPPI after selection",
    },
    "Memory and names": {
        "no-belief-filter": "hidden things stay where they were last seen",
        "no-inventory": "the declared scene never settles a kind",
    },
}
"""Arms by what they are about, each with what differs from the product."""
ROWS: Final = tuple(arm for arms in QUESTIONS.values() for arm in arms)
"""Every row, in the order in which they are run."""
PARTS: Final = frozenset({"arms", "episodes", "manipulations", "distances", "tuning"})
"""What the page reads of a row besides its seeds, episodes and weights."""

Told = Callable[[str], AbstractContextManager[Progress]]
"""Opens a bar for a row; yields what to tell of progress."""


@dataclass(frozen=True)
class Study:
    """What is compared: the rows ``arms`` on ``episodes`` tasks of each of ``suites`` from ``seed`` on.

    Attributes:
        suites: of ``simulator.tasks.SUITES``.
        arms: out of ``ROWS``; ``REFERENCE`` is always run, and first.
        episodes: tasks of each suite.
        seed: of the first task.
        tuning: the seeds are for tuning, nothing is claimed of the page.
    """

    suites: tuple[str, ...]
    arms: tuple[str, ...]
    episodes: int
    seed: int
    tuning: bool = False

    @property
    def rows(self) -> tuple[str, ...]:
        """The arms in the order of ``ROWS``, the reference among them."""
        return tuple(arm for arm in ROWS if arm in self.arms or arm == REFERENCE)


def ablate(study: Study, settings: Settings, folder: Path, *, workers: int, told: Told) -> Path:
    """Run every row of ``study`` that ``folder`` does not hold yet; return the page, rewritten after every row.

    The page has all rows that ``folder`` holds of the study's suites, those of other calls among them.

    Raises:
        ConfigError: an argument is out of range, or ``folder`` cannot be written or holds rows of another study.
    """
    _refuse(study, folder, workers)
    checkpoint = digest(settings.checkpoint or DEFAULT)
    kept: dict[str, dict[str, Row]] = {suite: {} for suite in study.suites}
    for suite in study.suites:
        for arm in ROWS:
            held = read(folder / suite / f"{arm}.json", study, checkpoint)
            if held is not None:
                kept[suite][arm] = held
    for arm in study.rows:
        for suite in study.suites:
            if arm not in kept[suite]:
                row = run(study, suite, arm, settings, workers, told) | {"checkpoint": checkpoint}
                write(folder / suite / f"{arm}.json", json.dumps(row, indent=1) + "\n")
                kept[suite][arm] = row
            write(folder / PAGE, page(kept, QUESTIONS, REFERENCE))
    return folder / PAGE


def run(study: Study, suite: str, arm: str, settings: Settings, workers: int, told: Told) -> Row:
    """Attempt the tasks of ``suite`` with ``arm``; the row says how many manipulations each takes, and how far."""
    with told(f"{suite} {arm}") as progress:
        row = evaluate(
            suite,
            [arm],
            episodes=study.episodes,
            seed=study.seed,
            settings=settings,
            workers=workers,
            tuning=study.tuning,
            progress=progress,
        )
    tasks = [make_task(suite, study.seed + number) for number in range(study.episodes)]
    manipulations: list[Json] = [least_manipulations(task) for task in tasks]
    distances: list[Json] = [round(farthest_move(task), 4) for task in tasks]
    measured = {"manipulations": manipulations, "distances": distances}
    return {**row, **measured, "episodes_asked": study.episodes, "tuning": study.tuning}


def least_manipulations(task: Task) -> int:
    """Return how many manipulations the task's witness takes."""
    return sum(len(part.witness) for part in (task.parts or (task,)))


def farthest_move(task: Task) -> float:
    """Return the longest way, as seen from above, that the task's witness takes a thing in one move, metres."""
    where = {thing.id: thing.position for thing in task.scene.things}
    longest = 0.0
    for move in [move for part in (task.parts or (task,)) for move in part.witness]:
        longest = max(longest, math.dist(where[move.thing][:2], move.target[:2]))
        where[move.thing] = move.target
    return longest


def digest(checkpoint: Path) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a checkpoint's weights.

    Raises:
        ConfigError: there are none.
    """
    try:
        return hashlib.sha256((checkpoint / "weights.safetensors").read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise ConfigError("checkpoint", f"{checkpoint} holds no weights", "Name a checkpoint's folder.") from error


def read(file: Path, study: Study, checkpoint: str) -> Row | None:
    """Return the row that ``file`` holds, None when there is no such file.

    Raises:
        ConfigError: it is not a row of this study.
    """
    if not file.exists():
        return None
    try:
        row = cast("Row", json.loads(file.read_text(encoding="utf-8")))
        same = (row["seed"], row["episodes_asked"], row["checkpoint"]) == (study.seed, study.episodes, checkpoint)
        if not row.keys() >= PARTS:
            raise KeyError(*PARTS - row.keys())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError("out", f"{file} is not a row of an ablation", "Remove it, or take another folder.") from error
    if not same:
        problem = f"{file} has other seeds, episodes or weights"
        raise ConfigError("out", problem, "Take another folder, or remove its rows.")
    return row


def write(file: Path, text: str) -> None:
    """Write ``text`` to ``file``, whole or not at all; raises ``ConfigError`` when it cannot be written."""
    partial = file.with_name(f"{file.name}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(file)
    except OSError as error:
        raise ConfigError("out", f"{file} cannot be written ({error.strerror})", "Name another folder.") from error


def _refuse(study: Study, folder: Path, workers: int) -> None:
    unknown = sorted(set(study.arms) - set(ROWS))
    if unknown:
        raise ConfigError("arms", f"{unknown[0]!r} is no row", f"Rows: {', '.join(ROWS)}.")
    if not study.suites or _repeated(study.suites):
        raise ConfigError("suite", "a suite is named twice or none is", "Name each once, comma-separated.")
    for suite in study.suites:
        refuse(suite, study.rows, episodes=study.episodes, seed=study.seed, workers=workers, tuning=study.tuning)
    if folder.exists() and not folder.is_dir():
        raise ConfigError("out", f"{folder} is a file", "Name a folder.")


def _repeated(names: Sequence[str]) -> bool:
    return len(set(names)) < len(names)

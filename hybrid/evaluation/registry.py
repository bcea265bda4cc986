"""Arms and suites by name: ours, and those in a file of your own.

``NAME`` is one of ours, ``FILE.py:NAME`` whatever that file defines under the name, ``NAME=WHAT`` one of ours that
takes something: a recording, or a language model. The file is Python and runs with your rights: name only files you
trust.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from typing import Any, Final, cast

from hybrid.base import LanguageModel
from hybrid.bootstrap import MANIPULATIONS_AN_ATTEMPT, build_engine
from hybrid.config import Settings
from hybrid.errors import ConfigError
from hybrid.evaluation.arms import EngineArm, IdleArm, RandomArm
from hybrid.evaluation.base import Arm, TaskSuite
from hybrid.evaluation.language_arms import RETRIES, LanguageArm
from hybrid.evaluation.phrased import PhrasedSuite
from hybrid.evaluation.planbench_tasks import PlanbenchSuite, RecordedArm
from hybrid.evaluation.privileged import Window
from hybrid.evaluation.variants import PRIVILEGED, UNCHECKED, VARIANTS
from hybrid.evaluation.writing import BackendWriter, DecomposingWriter, Form, PlanWriter, PromptedWriter
from hybrid.language.plan_writer import load_plan_writer
from hybrid.language.plans import ActionPlanner
from hybrid.store.episodes import open_store
from simulator.tasks import SUITES, Task, make_task

LANGUAGE: Final[dict[str, tuple[Form, int]]] = {
    "llm-only": ("names", 0),
    "llm-numbers": ("numbers", 0),
    "llm-feedback": ("names", RETRIES),
    "llm-subgoals": ("names", 0),
}
"""Arms of a language model alone: the form of its steps, and how often it may try again."""
SUBGOALS: Final = "llm-subgoals"
"""The arm whose plan is what the product's backend says is wanted, in the order it says it."""
ARMS: Final = ("nothing", "random", *LANGUAGE, "recorded", *VARIANTS)
"""Every arm by name, floors first."""
FROM_FILES: Final[dict[str, Callable[[Path], TaskSuite]]] = {"planbench": PlanbenchSuite, "language": PhrasedSuite}
"""Suites whose tasks are read from a file, ``NAME=FILE.json``."""
TASKS: Final = (*SUITES, *FROM_FILES)
"""Every suite by name."""
FILE: Final = ".py:"
"""What tells a name in a file from a name of ours."""


@dataclass(frozen=True)
class Named:
    """Something asked for on the command line.

    Attributes:
        spec: as it was written.
        name: one of ours, or the name in the file.
        file: of one's own; None when it is ours.
        given: what follows ``=``; empty when nothing does.
    """

    spec: str
    name: str
    file: Path | None = None
    given: str = ""

    @property
    def label(self) -> str:
        """What it is called in reports: short, and without the path of a file."""
        if not self.given:
            return self.name
        short = self.given.split(FILE)[-1] if FILE in self.given else "/".join(Path(self.given).parts[-2:])
        return f"{self.name}={short}"

    @property
    def privileged(self) -> bool:
        """Whether it is given the true state; nothing of one's own ever is."""
        return self.file is None and self.name in PRIVILEGED


def named(spec: str, known: tuple[str, ...], field: str) -> Named:
    """Read ``spec``; raises ``ConfigError`` about ``field`` when it is neither known nor a file that is there."""
    head, _, given = spec.partition("=")
    if FILE in head:
        path, _, name = spec.rpartition(":")
        file = Path(path)
        if not file.is_file():
            raise ConfigError(field, f"there is no file {path}", f"Name one that is there: {field} FILE.py:NAME.")
        return Named(spec, name, file.resolve())
    if head not in known:
        raise ConfigError(field, f"there is no {field[:-1] if field.endswith('s') else field} {head!r}",
                          f"Name one of {', '.join(known)}, or FILE.py:NAME.")  # fmt: skip
    _refuse_given(head, given, field)
    return Named(spec, head, None, given)


def _refuse_given(name: str, given: str, field: str) -> None:
    """Refuse early what cannot follow ``=`` after ``name``."""
    path = Path(given.rpartition(":")[0] if FILE in given else given)
    if name in LANGUAGE and name != SUBGOALS and given and (FILE not in given or not path.is_file()):
        raise ConfigError(field, f"{given} names no model", f"Say {name}=FILE.py:NAME.")
    if (name in FROM_FILES or (name == "recorded" and given)) and not path.is_file():
        raise ConfigError(field, f"there is no file {given!r}", f"Say {name}=FILE.json.")
    if given and (name == SUBGOALS or name not in (*LANGUAGE, *FROM_FILES, "recorded")):
        raise ConfigError(field, f"{name} takes nothing after =", f"Say {name}.")


def build_arm(spec: str, settings: Settings) -> Arm:
    """Compose the arm that ``spec`` names.

    Raises:
        ConfigError: there is no such arm, or what the file holds is none.
    """
    arm = named(spec, ARMS, "arms")
    if arm.file is not None:
        made = loaded(arm.file, arm.name, "arms")(settings)
        if not callable(getattr(made, "attempt", None)):
            raise ConfigError("arms", f"what {spec} returns has no attempt()", "Return an object with attempt().")
        return made
    return _ours(arm, settings)


def build_suite(spec: str) -> TaskSuite:
    """Return the suite that ``spec`` names; raises ``ConfigError`` when there is none."""
    suite = named(spec, TASKS, "suite")
    if suite.name in FROM_FILES and suite.file is None:
        return FROM_FILES[suite.name](Path(suite.given).resolve())
    if suite.file is not None:
        return _OwnSuite(suite.name, loaded(suite.file, suite.name, "suite"))
    return _OwnSuite(suite.name, lambda seed: make_task(suite.name, seed))


def files_of(suite: str, arm: str) -> tuple[Path, ...]:
    """Return the files that ``suite`` and ``arm`` name: what they hold decides what comes of an attempt."""
    chosen = (named(suite, TASKS, "suite"), named(arm, ARMS, "arms"))
    given = [Path(one.given.rpartition(":")[0] if FILE in one.given else one.given) for one in chosen if one.given]
    return tuple(file for file in (*(one.file for one in chosen if one.file is not None), *given) if file.is_file())


@lru_cache(maxsize=32)
def loaded(file: Path, name: str, field: str) -> Callable[..., Any]:
    """Return what ``file`` defines as ``name``; raises ``ConfigError`` about ``field`` when that cannot be called."""
    unique = hashlib.sha256(str(file).encode()).hexdigest()[:12]
    spec = spec_from_file_location(f"own_{file.stem}_{unique}", file)
    assert spec is not None, "a file that ends in .py has a loader"
    assert spec.loader is not None, "a file that ends in .py has a loader"
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (ImportError, SyntaxError, NameError, OSError) as error:
        raise ConfigError(field, f"{file.name} cannot be loaded ({error})", "Correct the file.") from error
    made = getattr(module, name, None)
    if not callable(made):
        raise ConfigError(field, f"{file.name} defines no {name}()", "Name a function or a class of that file.")
    return made


@dataclass(frozen=True)
class _OwnSuite:
    """A suite that a function of the seed makes."""

    name: str
    make: Callable[[int], Task]
    size: int | None = None

    def task(self, seed: int) -> Task:
        """Return task number ``seed``."""
        return self.make(seed)


def _ours(arm: Named, settings: Settings) -> Arm:
    if arm.name == "nothing":
        return IdleArm()
    if arm.name == "random":
        return RandomArm(settings.max_attempts * MANIPULATIONS_AN_ATTEMPT)
    if arm.name in LANGUAGE:
        return _language_arm(arm, settings)
    if arm.name == "recorded":
        return RecordedArm(build_engine(settings).parts.perceiver, Path(arm.given).resolve() if arm.given else None)
    window = Window()
    engine = build_engine(settings, VARIANTS[arm.name](window))
    store, numbers = open_store(settings.database_url, settings.artifact_dir), count()
    return EngineArm(
        lambda: engine.bound(store.of(f"attempt-{next(numbers)}")),
        window if arm.privileged else None,
        checks=arm.name not in UNCHECKED,
    )


def _language_arm(arm: Named, settings: Settings) -> Arm:
    """Compose an arm of a language model alone: the product's own backend, or a function of a file of one's own."""
    parts = build_engine(settings).parts
    form, retries = LANGUAGE[arm.name]
    goals = parts.language if retries else None
    return LanguageArm(_writer(arm, parts.language, settings), parts.perceiver, form, retries, goals)


def _writer(arm: Named, language: LanguageModel, settings: Settings) -> PlanWriter:
    """Who writes the plans; the embedded backend has a network of its own for them.

    Raises:
        CheckpointError: its weights are missing or do not fit.
    """
    if arm.name == SUBGOALS:
        return DecomposingWriter(language)
    if arm.given:
        path, _, name = arm.given.rpartition(":")
        return PromptedWriter(name, loaded(Path(path).resolve(), name, "arms")(settings))
    if hasattr(language, "action_plan"):
        return BackendWriter(cast("ActionPlanner", language))
    return BackendWriter(load_plan_writer())

"""What goes into the graph, what comes out, and what travels in between: plain JSON values and ids, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Required

from typing_extensions import TypedDict

from hybrid.base import EpisodeStatus, Json
from hybrid.errors import ConfigError


class PlanningInput(TypedDict, total=False):
    """What one asks for.

    Attributes:
        instruction: in plain words; 1 to 1000 characters.
        scene: name of a packaged scene, or a scene as an object; ``demo`` when left out. The next request of the same
            thread goes on at the same table while it names the same scene.
        seed: of the world and of every search; 0 when left out.
        table: id of the table to act on, for several threads that share one; the thread's own when left out.
    """

    instruction: Required[str]
    scene: str | dict[str, Any]
    seed: int
    table: str | None


class PlanningOutput(TypedDict, total=False):
    """What became of it.

    Attributes:
        status: ``reached``, ``unmet``, ``refused``, ``question``, ``interrupted``, or ``answered`` where something was
            asked about the table rather than to be done.
        reason: why the goal was not reached, in words.
        message: the question asked back, the refusal or the answer, in words.
        episode: id of the whole record, for ``hybrid episodes show`` and the store.
        subgoals: each with ``words``, ``facts`` and ``status``.
        outcome: counters and times, as ``hybrid run --json`` reports them.
    """

    status: EpisodeStatus
    reason: str | None
    message: str | None
    episode: str
    subgoals: list[dict[str, Any]]
    outcome: dict[str, Any] | None


class PlanningState(PlanningInput, PlanningOutput, total=False):
    """The graph's own state; ``progress`` is how far the run is and where its working memory is written down."""

    progress: Progress


class Progress(TypedDict, total=False):
    """Internal: counters of going back, the table and its clock, and digests of what is written down.

    Attributes:
        said: the instruction as clarified so far.
        asked: questions asked back so far.
        round, subgoal, tries, moves, failed: as in ``hybrid.pipeline.State``.
        next: the node to go to.
        table: id of the table acted on.
        step: control steps since that table was set up.
        notes: what is written down, name to digest.
        problem: what was wrong with a person's last answer.
        before: digest of what was believed at the first look.
        turns: digest of what was said and done before on this thread and table.
        approval, questions: how the run began, as in :class:`PlanningContext`.
    """

    said: str
    asked: int
    round: int
    subgoal: int
    tries: int
    moves: int
    failed: bool
    next: str
    table: str
    step: int
    notes: dict[str, str]
    problem: str | None
    before: str
    turns: str
    approval: Literal["never", "always"]
    questions: Literal["ask", "report"]


PlanningUpdate = dict[str, Json]


@dataclass(frozen=True)
class PlanningContext:
    """How a run should behave; the same for all its nodes.

    A run that is resumed without a context behaves as it began; one that began with approval asks for it to its end.

    Attributes:
        approval: ``always`` interrupts before every manipulation and shows the plan with its predicted outcome.
        questions: ``ask`` interrupts with a question where the words are ambiguous, ``report`` ends with it.
    """

    approval: Literal["never", "always"] = "never"
    questions: Literal["ask", "report"] = "ask"

    def __post_init__(self) -> None:
        """Refuse what is unknown: a misspelt approval must not let anything move.

        Raises:
            ConfigError: a setting has an unknown value.
        """
        for name, known in (("approval", ("never", "always")), ("questions", ("ask", "report"))):
            value = getattr(self, name)
            if value not in known:
                raise ConfigError(f"context.{name}", f"{value!r} is unknown", f"Write {' or '.join(known)}.")

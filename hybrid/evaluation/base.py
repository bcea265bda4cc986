"""Nouns and Protocols of the evaluation: what an arm is given, what it leaves behind, what a suite is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from hybrid.base import Decomposition, EpisodeStatus, Json
from simulator.base import World
from simulator.tasks import Task

Act = Literal["put", "push", "carry"]
StepRelation = Literal["on", "in", "at", "left_of", "right_of", "behind", "in_front_of", "next_to", "between", "aside"]
STEP_RELATIONS: Final[tuple[StepRelation, ...]] = (
    "on", "in", "at", "left_of", "right_of", "behind", "in_front_of", "next_to", "between", "aside",
)  # fmt: skip
Place = str | tuple[float, ...]
"""The id of a thing, the name of a place, or metres in the world frame."""


@dataclass(frozen=True)
class Step:
    """One step of an action plan, as a language model states it.

    Attributes:
        act: ``put`` and ``push`` name a thing, ``carry`` says in metres where to take hold and where to let go.
        thing: id of what moves; empty for ``carry``.
        relation: where to, relative to ``to``; ``aside`` is a free place of the table.
        to: one entry for most relations, two for ``between``, none for ``aside``. A ``carry`` has two points: where the
            tool takes hold ``(x, y)`` or ``(x, y, z)``, and where the centre of the thing should end ``(x, y, z)``.
    """

    act: Act
    thing: str = ""
    relation: StepRelation = "at"
    to: tuple[Place, ...] = ()

    def as_json(self) -> dict[str, Json]:
        """Return the step with plain JSON values."""
        to: list[Json] = [place if isinstance(place, str) else list(place) for place in self.to]
        return {"act": self.act, "thing": self.thing, "relation": self.relation, "to": to}


@dataclass(frozen=True)
class Attempt:
    """What an arm says it did with one task; what became of the world is not its to say.

    Attributes:
        status: how the arm itself says it ended.
        reason: in words, when it did not reach the goal.
        plan: what it meant to bring about or do, so that plan validity can be judged; None for arms without a plan.
        planner_share: share of executed actions that the planner chose; None when nothing was executed.
        plan_milliseconds: time of each search, milliseconds.
        language_calls: calls of the language backend.
        checks: candidates checked in the simulator.
        milliseconds: time of the whole attempt.
        episode: its id in the arm's store, empty when it keeps none.
        log: what happened on the way, as plain JSON without times: prompts, outputs and parses of language models,
            plans, verdicts. Kept with the row; the failure taxonomy reads its ``event`` entries.
        plan_valid: what a checker of symbols says of a plan that is given in no other form.
    """

    status: EpisodeStatus
    reason: str | None
    plan: Decomposition | tuple[Step, ...] | None = None
    planner_share: float | None = None
    plan_milliseconds: tuple[float, ...] = ()
    language_calls: int = 0
    checks: int = 0
    milliseconds: float = 0.0
    episode: str = ""
    log: tuple[dict[str, Json], ...] = ()
    plan_valid: bool | None = None


class Arm(Protocol):
    """One way of attempting tasks; built once a process, used for many, carrying nothing from one to the next."""

    def attempt(self, task: Task, world: World) -> Attempt:
        """Attempt ``task`` in ``world`` as it stands; the same task and world give the same final state.

        Of the task an arm is shown what a person would be told: the instruction, the seed, and which things there are.
        The world shows what cameras and the robot sense; its true state is there to be scored, and an arm that reads
        it and moves afterwards has failed the task.
        """
        ...


class TaskSuite(Protocol):
    """Tasks by number."""

    @property
    def name(self) -> str:
        """What the suite is called in reports."""
        ...

    @property
    def size(self) -> int | None:
        """How many different tasks there are; None when there is no end of them."""
        ...

    def task(self, seed: int) -> Task:
        """Return task number ``seed``; the same number gives the same task, and none is solved at its start."""
        ...

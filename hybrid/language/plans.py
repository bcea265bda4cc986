"""Whole action plans as a language model writes them: in steps that name things, or in coordinates.

For comparisons: what a language model alone would do, without search or imagination. Everything is bounded, names
come from a closed list, lengths are whole millimetres. ``ActionPlanner`` is what the evaluation asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Protocol, cast

from pydantic import BaseModel, ConfigDict, Field

from hybrid.base import Json
from simulator.base import WORK_HALF_WIDTH, Scene

PlanForm = Literal["steps", "numbers"]
MAX_PLAN: Final = 16
"""Most steps of a plan."""
_HALF: Final = round(1000 * WORK_HALF_WIDTH)
Millimetres = Annotated[int, Field(ge=-_HALF, le=_HALF)]
Named = Annotated[str, Field(min_length=1, max_length=40, pattern="^[a-z0-9_]+$")]
Beside = Literal["on", "in", "left_of", "right_of", "in_front_of", "behind", "next_to"]
Spot = Literal["center", "left", "right", "top", "bottom", "top_left", "top_right", "bottom_left", "bottom_right"]


class Part(BaseModel):
    """Base of every part of a plan: frozen, and unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Related(Part):
    """A goal relative to another thing."""

    relation: Beside
    of: Named


class Placed(Part):
    """A goal at a named place of the table."""

    at: Spot


class Point(Part):
    """A point of the table, whole millimetres, world frame."""

    x: Millimetres
    y: Millimetres


class Amid(Part):
    """A goal half-way between two things."""

    between: tuple[Named, Named]


class Aside(Part):
    """A goal at some free place of the table."""

    aside: Literal[True]


class NamedStep(Part):
    """Pick one thing and place it somewhere; ``push`` shoves it there instead."""

    pick: Named
    place: Related | Placed | Point | Amid | Aside
    push: bool = False


class NumberStep(Part):
    """Pick what is at one point, and put it down at another."""

    pick: Point
    place: Point


class NamedPlan(Part):
    """A plan in steps that name things."""

    steps: Annotated[tuple[NamedStep, ...], Field(max_length=MAX_PLAN)]


class NumberPlan(Part):
    """A plan in coordinates."""

    steps: Annotated[tuple[NumberStep, ...], Field(max_length=MAX_PLAN)]


@dataclass(frozen=True)
class ActionPlan:
    """What a language model would do.

    Attributes:
        steps: in order; names are ids of the scene. Empty with a ``problem``.
        problem: why there is no plan; None when there is one.
        backend: which model answered.
        calls: how often it was asked.
        milliseconds: time it took.
        prompt: what the model was given, word for word; empty where the caller knows it.
    """

    steps: tuple[NamedStep, ...] | tuple[NumberStep, ...]
    problem: str | None = None
    backend: str = ""
    calls: int = 0
    milliseconds: float = 0.0
    prompt: str = ""


class ActionPlanner(Protocol):
    """Writes a whole action plan at once; sees perceived things, no simulator and no world model."""

    @property
    def name(self) -> str:
        """Backend and version."""
        ...

    def action_plan(self, instruction: str, scene: Scene, form: PlanForm, feedback: str = "") -> ActionPlan:
        """Return the plan for ``instruction`` on ``scene``; ``feedback`` is the verdict on the last one."""
        ...


def aliases(scene: Scene) -> tuple[str, ...]:
    """Return a name for each thing, ``<colour>_<kind>_<k>`` in the scene's order, whatever its id says."""
    counts: dict[str, int] = {}
    found: list[str] = []
    for thing in scene.things:
        base = f"{thing.colour}_{thing.kind}"
        counts[base] = counts.get(base, 0) + 1
        found.append(f"{base}_{counts[base]}")
    return tuple(found)


def plan_schema(model: type[NamedPlan] | type[NumberPlan], names: Sequence[str]) -> dict[str, Json]:
    """Return the JSON schema of a plan, with names limited to those of the scene."""
    schema = deepcopy(model.model_json_schema())
    for definition in cast("dict[str, Any]", schema.get("$defs", {})).values():
        for field in ("pick", "of"):
            entry = definition.get("properties", {}).get(field)
            if entry is not None and entry.get("type") == "string":
                definition["properties"][field] = {"enum": list(names), "type": "string"}
        pair = definition.get("properties", {}).get("between")
        if pair is not None:
            pair["prefixItems"] = [{"enum": list(names), "type": "string"}] * 2
    return schema


def with_ids(plan: NamedPlan, scene: Scene) -> tuple[NamedStep, ...]:
    """Return the steps of ``plan`` over the scene's own ids; raises ``KeyError`` for a name that is not there."""
    ids = {alias: thing.id for alias, thing in zip(aliases(scene), scene.things, strict=True)}
    found: list[NamedStep] = []
    for step in plan.steps:
        place = step.place
        if isinstance(place, Related):
            place = Related.model_construct(relation=place.relation, of=ids[place.of])
        elif isinstance(place, Amid):
            place = Amid.model_construct(between=(ids[place.between[0]], ids[place.between[1]]))
        found.append(NamedStep.model_construct(pick=ids[step.pick], place=place, push=step.push))
    return tuple(found)

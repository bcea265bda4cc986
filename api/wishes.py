"""Bodies of requests that move nothing: plans and predictions."""

from __future__ import annotations

import math
from typing import Annotated, cast, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from api.schemas import INSTRUCTION, SceneWish, Spoken, requested_scene
from hybrid.base import Json
from hybrid.store.tasks import TaskRequest
from simulator.base import Fact, Relation, Scene
from simulator.errors import SceneError
from simulator.predicates import margin

MOST_ACTIONS = 400
"""Most control actions of one prediction: 40 seconds."""
STEP = 0.04
"""Longest way of the tool in one control step along each axis, metres."""
FARTHEST = 10.0
"""Largest number a fact may hold, metres; whole numbers of any length are compared before they become floats."""
Seed = Annotated[int, Field(ge=0, le=2**63 - 1, strict=True)]


def _finite(action: list[float]) -> list[float]:
    x, y, z, suction = action
    if not all(math.isfinite(value) and abs(value) <= STEP for value in (x, y, z)) or not 0 <= suction <= 1:
        raise ValueError(f"holds no action. Give dx, dy, dz within {STEP} m and suction from 0 to 1.")
    return action


Action = Annotated[list[float], Field(min_length=4, max_length=4), AfterValidator(_finite)]


class PlanCreate(BaseModel):
    """An instruction that is only to be planned."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"instruction": INSTRUCTION, "scene": "demo", "seed": 7}]}
    )

    instruction: Spoken
    """What would be done, in plain words."""
    scene: SceneWish = None
    """Name of a scene, or a scene as an object; the service's default when left out."""
    seed: Seed = 0
    """Randomness of the search: a task of the same request and seed begins with the same plan."""

    def request(self, default_scene: str, priority: int) -> TaskRequest:
        """Return what is asked of the service."""
        scene = requested_scene(self.scene, default_scene)
        return TaskRequest(self.instruction, scene, self.seed, kind="plan", priority=priority)


class PredictionCreate(BaseModel):
    """What if: either control actions, or facts that a first step is planned towards."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"scene": "demo", "facts": [["on", "red_cube_1", "blue_cube_1"]]},
                {"scene": "demo", "actions": [[0.02, 0.0, -0.01, 0.0], [0.02, 0.0, -0.01, 1.0]]},
            ]
        },
    )

    scene: SceneWish = None
    """Name of a scene, or a scene as an object; the service's default when left out."""
    seed: Seed = 0
    actions: list[Action] | None = Field(default=None, min_length=1, max_length=MOST_ACTIONS)
    """Control actions of 0.1 s each: dx, dy, dz in metres, suction from 0 to 1."""
    facts: list[list[JsonValue]] | None = Field(default=None, min_length=1, max_length=8)
    """Facts as ``[relation, thing, ...]``, over the ids of the scene's things."""

    @model_validator(mode="after")
    def _one_of_both(self) -> PredictionCreate:
        if (self.actions is None) == (self.facts is None):
            raise ValueError("needs either actions or facts. Give one of them.")
        return self

    def request(self, default_scene: str, priority: int) -> TaskRequest:
        """Return what is asked of the service.

        Raises:
            SceneError: a fact names no relation, or no thing of the scene.
        """
        scene = requested_scene(self.scene, default_scene)
        details: dict[str, Json] = {}
        if self.facts is not None:
            details["facts"] = [cast("Json", checked_fact(k, fact, scene)) for k, fact in enumerate(self.facts)]
        else:
            details["actions"] = cast("Json", self.actions)
        return TaskRequest("", scene, self.seed, kind="predict", priority=priority, details=details)


def checked_fact(index: int, fact: list[JsonValue], scene: Scene) -> list[str | float]:
    """Return a fact whose relation and things exist.

    Args:
        index: of the fact in the request, to name it.
        fact: as it was sent.
        scene: whose things it may name.

    Raises:
        SceneError: it names no relation, no thing of the scene, or the wrong number of things.
    """
    field, relations = f"facts[{index}]", cast("tuple[Relation, ...]", get_args(Relation))
    relation, arguments = (fact[0], fact[1:]) if fact else (None, [])
    if relation not in relations:
        raise SceneError(f"{field}[0]", "is no relation", f"Use one of {', '.join(relations)}.")
    if not all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in arguments):
        raise SceneError(field, "holds something else than names and numbers", "Name things by their ids.")
    if not all(isinstance(value, str) or abs(cast("float", value)) <= FARTHEST for value in arguments):
        raise SceneError(field, f"holds a number beyond {FARTHEST:g}", "Give metres.")
    values = tuple(value if isinstance(value, str) else float(cast("float", value)) for value in arguments)
    made = Fact(relation, values)
    try:
        margin(made, scene.things)
    except SceneError as error:
        raise SceneError(field, error.problem, error.remedy) from error
    return made.as_list()

"""Bodies of requests and responses; what they hold is converted from the service's nouns here and nowhere else."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from hybrid.base import Memory, MemoryKind
from hybrid.service import LONGEST_INSTRUCTION
from hybrid.store.tasks import Task, TaskKind, TaskRequest, TaskStatus
from simulator.base import Scene
from simulator.errors import SceneError
from simulator.scene import dump_scene, load_scene, parse_scene, scene_names

INSTRUCTION = "put the red block on the blue block and then the green one in the bowl"


def _spoken(instruction: str) -> str:
    if not instruction.strip():
        raise ValueError(f"is empty. Say the task in 1 to {LONGEST_INSTRUCTION} characters.")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" for letter in instruction):
        raise ValueError("holds control characters. Write plain text.")
    return instruction


def _named_or_drawn(scene: JsonValue) -> JsonValue:
    if not isinstance(scene, str | dict):
        raise ValueError(
            "is neither a name nor an object. Name a scene of GET /v1/scenes, or give a scene as an object."
        )
    return scene


Spoken = Annotated[str, AfterValidator(_spoken), Field(min_length=1, max_length=LONGEST_INSTRUCTION, strict=True)]
"""Plain words of bearable length."""
SceneWish = Annotated[
    JsonValue,
    AfterValidator(_named_or_drawn),
    Field(validate_default=False, json_schema_extra={"anyOf": [{"type": "string"}, {"type": "object"}]}),
]
"""A scene by name or as an object."""


class TaskCreate(BaseModel):
    """A request in plain words."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"instruction": INSTRUCTION, "scene": "demo", "seed": 7}]}
    )

    instruction: Spoken
    """What to do, in plain words."""
    scene: SceneWish = None
    """Name of a scene, or a scene as an object; the service's default when left out."""
    seed: int = Field(default=0, ge=0, le=2**63 - 1, strict=True)
    """Randomness of the run: the same request with the same seed runs the same way."""
    thread: str | None = Field(default=None, min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:-]+$")
    """Conversation this request belongs to: *the same with the green one* refers to what was asked before in it."""
    priority: int = Field(default=0, ge=-9, le=9, strict=True)
    """Larger ones are taken first; of equal ones the oldest."""
    deadline_seconds: float | None = Field(default=None, gt=0, le=86_400)
    """It must have ended this long after it was asked for."""
    approval: bool = Field(default=False, strict=True)
    """Wait for `POST /v1/tasks/{task}/approval` before anything moves."""

    def request(self, default_scene: str) -> TaskRequest:
        """Return what is asked of the service."""
        return TaskRequest(
            self.instruction,
            requested_scene(self.scene, default_scene),
            self.seed,
            thread=self.thread,
            priority=self.priority,
            seconds=self.deadline_seconds,
            approval=self.approval,
        )


class AnswerCreate(BaseModel):
    """What is answered to a question asked back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"answer": "the left one"}]})

    answer: Spoken


class Approval(BaseModel):
    """Whether the plan a task waits with may be carried out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"plan": "3f2a9c0d4b5e6f708192a3b4c5d6e7f8", "approved": True}]},
    )

    plan: str = Field(min_length=1, max_length=64)
    """The digest in the task's `outcome.plan`: nothing else than what was seen is approved."""
    approved: bool = Field(default=True, strict=True)
    """False ends the task as refused."""


class ExchangeView(BaseModel):
    """A question asked back, and what was answered."""

    question: str
    answer: str


class TaskView(BaseModel):
    """A task and what became of it."""

    id: str = Field(examples=["4f1c09d2a6b3e857"])
    status: TaskStatus
    instruction: str = Field(examples=[INSTRUCTION])
    scene: str = Field(examples=["demo"])
    seed: int
    kind: TaskKind = "run"
    thread: str | None = None
    priority: int = 0
    tries: int = Field(default=0, description="How often a worker took it.")
    exchanges: list[ExchangeView] = []
    request_id: str | None = Field(default=None, description="Id of the HTTP request that asked for it.")
    deadline_at: datetime | None = None
    episode: str | None = Field(description="Id of the episode it led to, once known.")
    reason: str | None = Field(description="Why it did not succeed, or the question asked back.")
    outcome: dict[str, JsonValue] | None = Field(
        description="What the engine reported at the end; `best` is the best it imagined where no plan was found."
    )
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, task: Task) -> TaskView:
        """Return what the outside sees of ``task``."""
        return cls(
            id=task.id,
            status=task.status,
            instruction=task.request.instruction,
            scene=task.request.scene.name,
            seed=task.request.seed,
            kind=task.request.kind,
            thread=task.request.thread,
            priority=task.request.priority,
            tries=task.tries,
            exchanges=[ExchangeView(question=said.question, answer=said.answer) for said in task.exchanges],
            request_id=task.request_id,
            deadline_at=task.deadline_at,
            episode=task.episode,
            reason=task.reason,
            outcome=task.outcome,
            cancel_requested=task.cancel_requested,
            created_at=task.created_at,
            started_at=task.started_at,
            finished_at=task.finished_at,
        )


class TaskPage(BaseModel):
    """Tasks, newest first."""

    tasks: list[TaskView]
    next: str | None = Field(description="Pass it as `before` for the next page; null on the last one.")


class EpisodePage(BaseModel):
    """Summaries of episodes, newest first."""

    episodes: list[dict[str, JsonValue]]
    next: str | None = Field(description="Pass it as `before` for the next page; null on the last one.")


class StepPage(BaseModel):
    """Control steps, in order."""

    steps: list[dict[str, JsonValue]]
    next: int | None = Field(description="Pass it as `after` for the next page; null on the last one.")


class FrameList(BaseModel):
    """When the cameras were looked through."""

    steps: list[int] = Field(description="Control steps; ask for `frames/STEP/VIEW.png`.", examples=[[0, 42]])
    views: int = Field(description="How many cameras there are, counted from 0.", examples=[2])


class Lesson(BaseModel):
    """What a name means."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "my mug", "meaning": "the blue cylinder"}]}
    )

    name: str = Field(min_length=1, max_length=80, strict=True)
    meaning: str = Field(min_length=1, max_length=200, strict=True)


class Correction(BaseModel):
    """What a taught name means instead."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"meaning": "the green bowl"}]})

    meaning: str = Field(min_length=1, max_length=200, strict=True)


class MemoryView(BaseModel):
    """Something remembered."""

    id: str
    kind: MemoryKind
    text: str = Field(examples=["mug: the blue cylinder"])
    data: dict[str, JsonValue] = Field(description="`name` and `meaning` of a fact, `manipulation` of a skill.")
    uses: int = Field(description="How often it was of use.")
    at: datetime
    changed_at: datetime | None

    @classmethod
    def of(cls, memory: Memory) -> MemoryView:
        """Return what the outside sees of ``memory``."""
        return cls(
            id=memory.id,
            kind=memory.kind,
            text=memory.text,
            data=memory.data,
            uses=memory.uses,
            at=memory.at,
            changed_at=memory.changed_at,
        )


class MemoryPage(BaseModel):
    """Memories, newest or most alike first."""

    memories: list[MemoryView]
    next: str | None = Field(description="Pass it as `before` for the next page; null on the last one.")


class Forgotten(BaseModel):
    """How much was forgotten."""

    forgotten: int


class ModelList(BaseModel):
    """Models that took part in episodes."""

    models: list[dict[str, JsonValue]] = Field(examples=[[{"role": "world_model", "version": "cpu-1"}]])


class WorkerView(BaseModel):
    """Somebody who carries tasks out."""

    id: str
    alive: bool
    models: dict[str, JsonValue]
    started_at: datetime
    heartbeat_at: datetime


class WorkerList(BaseModel):
    """Who carries tasks out, latest first."""

    workers: list[WorkerView]


class SceneList(BaseModel):
    """Names of the scenes that come with the service."""

    scenes: list[str] = Field(examples=[["demo", "stacked"]])


class Health(BaseModel):
    """Whether the process answers."""

    status: str = Field(examples=["ok"])
    version: str = Field(examples=["0.1.0"])


class Readiness(BaseModel):
    """Whether requests are welcome, and what is missing if not."""

    ready: bool
    checks: dict[str, bool] = Field(examples=[{"worker": True, "schema": True}])


def packaged_scene(name: str) -> Scene:
    """Return a scene of the package by name; files elsewhere are not reachable from outside.

    Raises:
        SceneError: there is none of that name.
    """
    if name not in scene_names():
        raise SceneError("scene", f"there is none called {name[:80]!r}", f"Known scenes: {', '.join(scene_names())}.")
    return load_scene(name)


def requested_scene(scene: JsonValue, default: str) -> Scene:
    """Return the scene a request means: by name, as an object, or the service's own ``default``.

    Raises:
        SceneError: naming the field of the object, or the name that is unknown.
    """
    if scene is None:
        return load_scene(default)
    return packaged_scene(scene) if isinstance(scene, str) else parse_scene(scene)


def scene_view(scene: Scene) -> dict[str, object]:
    """Return a scene in the form requests take it."""
    return dump_scene(scene)

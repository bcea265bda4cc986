"""How the engine carries a queued task out: run it, only plan it, or imagine what would become of actions.

The bridge between a worker's ``Job`` and the engine's stages; it knows neither queue nor HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypedDict, cast

import numpy as np

from hybrid.base import Engine, Json, Outcome, Turn
from hybrid.conversation import before, words_of
from hybrid.rehearsal import Foresight, Rehearsal
from hybrid.store.episodes import SqlStore
from hybrid.store.records import plain
from hybrid.store.tasks import TaskStatus
from hybrid.worker import ENDINGS, Answer, Job, Runner, ended
from planner.base import Plan
from simulator.base import Fact, FloatArray, Relation, Scene, Subgoal, Thing

_REHEARSED: dict[str, TaskStatus] = {
    "planned": "succeeded",
    "unmet": "failed",
    "question": "question",
    "refused": "refused",
    "interrupted": "cancelled",
    "answered": "succeeded",
}


class TaskEngine(Engine, Protocol):
    """What an engine must be able to do to carry every kind of task out; ``hybrid.engine.PlanningEngine`` can."""

    def bound(self, store: SqlStore, *, approved: Plan | None = None) -> TaskEngine:
        """Return the same engine writing to ``store``; with ``approved``, no other plan may move first there."""
        ...

    def rehearse(
        self,
        instruction: str,
        scene: Scene,
        seed: int,
        cancel: Callable[[], bool],
        *,
        turns: tuple[Turn, ...] = (),
    ) -> Rehearsal:
        """Plan and check without moving or storing anything."""
        ...

    def foresee(
        self, scene: Scene, seed: int, *, actions: FloatArray | None = None, subgoal: Subgoal | None = None
    ) -> Foresight:
        """Imagine and simulate actions, or those of the first step towards a subgoal."""
        ...


def engine_runner(engine: TaskEngine) -> Runner:
    """Return a runner that carries tasks out with ``engine``, writing to the store of each job."""

    def run(job: Job) -> Outcome | Answer:
        bound = engine.bound(job.store)
        kind = job.task.request.kind
        if kind == "plan":
            return _rehearse(bound, job)
        if kind == "predict":
            return _foresee(bound, job)
        return _run(bound, job)

    return run


class Spoken(TypedDict, total=False):
    """The conversation so far, where there is one."""

    turns: tuple[Turn, ...]


def _run(engine: TaskEngine, job: Job) -> Answer:
    task, request = job.task, job.task.request
    words, said = words_of(task), before(job.store, task)
    turns: Spoken = {"turns": said.turns} if said.turns else {}
    if request.approval:
        rehearsal = engine.rehearse(words, said.scene, request.seed, job.cancel, **turns)
        if rehearsal.digest is not None and rehearsal.digest != task.approved:
            reason = (
                "the plan waits for approval" if task.approved is None else "the plan has changed: approve it again"
            )
            return Answer("approval", reason, rehearsal_record(rehearsal))
        first = next((entry.plan for entry in rehearsal.plans if entry.verdict.accepted), None)
        engine = engine if first is None else engine.bound(job.store, approved=first)
    result = engine.run(words, said.scene, request.seed, job.listener, job.cancel, **turns)
    job.listener("episode", {"episode": result.episode})
    answer = ended(result.outcome, job.cancel)
    if answer.status == "question" and result.decomposition is not None:
        answer.record["choices"] = list(result.decomposition.choices)
    return answer


def _rehearse(engine: TaskEngine, job: Job) -> Answer:
    request = job.task.request
    rehearsal = engine.rehearse(words_of(job.task), request.scene, request.seed, job.cancel)
    status, reason = _REHEARSED[rehearsal.status], rehearsal.reason
    if rehearsal.status == "interrupted" and job.cancel.ending is not None:
        status, reason = job.cancel.ending
    return Answer(status, reason, rehearsal_record(rehearsal))


def _foresee(engine: TaskEngine, job: Job) -> Answer:
    request = job.task.request
    given, facts = request.details.get("actions"), cast("list[list[Json]] | None", request.details.get("facts"))
    actions = None if given is None else np.asarray(given, dtype=np.float32).reshape(-1, 4)
    subgoal = None if facts is None else _subgoal(facts)
    found = engine.foresee(request.scene, request.seed, actions=actions, subgoal=subgoal)
    return Answer(ENDINGS["reached"], None, foresight_record(found))


def _subgoal(facts: list[list[Json]]) -> Subgoal:
    made = tuple(Fact(cast("Relation", fact[0]), tuple(cast("list[str | float]", fact[1:]))) for fact in facts)
    return Subgoal(made, ", ".join(" ".join(map(str, fact)) for fact in facts))


def rehearsal_record(rehearsal: Rehearsal) -> dict[str, Json]:
    """Return a rehearsal as plain JSON: ``plan`` is the digest of what would move first."""
    made = rehearsal.decomposition
    return {
        "status": rehearsal.status,
        "reason": rehearsal.reason,
        "plan": rehearsal.digest,
        "decomposition": {
            "status": made.status,
            "subgoals": [
                {"words": goal.words, "facts": [plain(fact.as_list()) for fact in goal.facts]} for goal in made.subgoals
            ],
            "constraints": plain(made.constraints),
            "message": made.message,
            "choices": list(made.choices),
            "backend": made.backend,
            "milliseconds": made.milliseconds,
        },
        "choices": list(made.choices),
        "plans": [
            {"subgoal": entry.subgoal, **_plan(entry.plan), "verdict": plain(entry.verdict)}
            for entry in rehearsal.plans
        ],
        "best": plain(rehearsal.best),
        "perceived": _things(rehearsal.things),
        "imagined": _things(rehearsal.imagined),
    }


def foresight_record(found: Foresight) -> dict[str, Json]:
    """Return a prediction as plain JSON; ``gap`` in metres."""
    return {
        "perceived": _things(found.before),
        "imagined": _things(found.imagined),
        "simulated": _things(found.simulated),
        "gap": found.gap,
        "actions": plain(found.actions),
        "plan": None if found.plan is None else _plan(found.plan),
    }


def _plan(plan: Plan) -> dict[str, Json]:
    return {
        "manipulations": plain(plan.manipulations),
        "energy": plain(plan.energy),
        "first_energy": plain(plan.first_energy),
        "actions": plain(plan.actions),
        "milliseconds": plan.milliseconds,
        "trace": plain(plan.trace),
    }


def _things(things: tuple[Thing, ...]) -> list[Json]:
    return [plain(thing) for thing in things]

"""What was said and done before in a conversation: the earlier tasks of a thread, read back from the store.

A task of a thread begins where the one before it ended: its world is made from the last final state. What the language
model is told of earlier tasks is what perception saw then, never the true state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from hybrid.base import Decomposition, DecompositionStatus, Json, Turn
from hybrid.clarification import clarified
from hybrid.store.episodes import SqlStore
from hybrid.store.records import scene_of
from hybrid.store.tasks import Task, TaskEvent
from simulator.base import SCENE_VERSION, Fact, Relation, Scene, Subgoal

MOST_TURNS: Final = 20
"""Earlier tasks of a thread that are remembered."""


@dataclass(frozen=True)
class Conversation:
    """Where a task of a thread stands.

    Attributes:
        turns: earlier requests, oldest first.
        scene: what the world is made from: as the last task left it, or as asked for where there was none.
    """

    turns: tuple[Turn, ...]
    scene: Scene


def before(store: SqlStore, task: Task) -> Conversation:
    """Return the conversation in which ``task`` was asked for; an empty one for a task of no thread.

    Raises:
        StoreError: the store cannot be read.
    """
    asked = task.request
    if asked.thread is None:
        return Conversation((), asked.scene)
    earlier = store.tasks.tasks(limit=MOST_TURNS, before=task.id, thread=asked.thread, kind="run")
    turns, scene = list[Turn](), asked.scene
    for past in reversed(earlier):
        turn = _turn(past, store.tasks.events(past.id))
        if turn is not None:
            turns.append(turn)
        scene = _left(store, past, scene)
    return Conversation(tuple(turns), scene)


def words_of(task: Task) -> str:
    """Return the instruction of ``task`` with what was answered to its questions."""
    words = task.request.instruction
    for exchange in task.exchanges:
        words = clarified(words, exchange.question, exchange.answer)
    return words


def _turn(task: Task, events: Sequence[TaskEvent]) -> Turn | None:
    """What a task said and did; None when it came to nothing, not even to words understood."""
    seen = [_scene(event.data["things"]) for event in events if event.name in ("perceived", "observed")]
    understood = [event.data for event in events if event.name == "subgoals"]
    if not seen or not understood:
        return None
    return Turn(words_of(task), _answer(understood[-1]), seen[0], seen[-1])


def _answer(data: dict[str, Json]) -> Decomposition:
    """The decomposition that an event told of."""
    subgoals = tuple(_subgoal(cast("dict[str, Json]", entry)) for entry in cast("list[Json]", data["subgoals"]))
    message, choices = data.get("message"), cast("list[str]", data.get("choices") or [])
    return Decomposition(
        cast("DecompositionStatus", data["status"]),
        subgoals,
        message=None if message is None else str(message),
        choices=tuple(choices),
        program=str(data.get("program") or ""),
    )


def _subgoal(entry: dict[str, Json]) -> Subgoal:
    facts = cast("list[dict[str, Json]]", entry["facts"])
    made = (Fact(cast("Relation", f["relation"]), tuple(cast("list[str | float]", f["arguments"]))) for f in facts)
    return Subgoal(tuple(made), str(entry["words"]))


def _scene(things: Json) -> Scene:
    return scene_of({"name": "seen", "version": SCENE_VERSION, "things": things})


def _left(store: SqlStore, task: Task, scene: Scene) -> Scene:
    """The scene as ``task`` left it, under the names the things had in it; unchanged where nothing was moved."""
    if task.episode is None:
        return scene
    final = store.episode(task.episode)["final"]
    if not isinstance(final, dict):
        return scene
    return replace(_scene(final["things"]), name=scene.name)

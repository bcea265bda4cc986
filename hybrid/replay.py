"""Carries the recorded actions of an episode out again: the same start and actions must end in the same state.

Knows the record and the world; needs no model, no search and no words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from hybrid.base import Json
from hybrid.errors import ConfigError
from hybrid.store.episodes import SqlStore
from hybrid.store.ledger import earlier_actions
from hybrid.store.records import scene_of
from simulator.base import Scene, WorldState
from simulator.recording import record_video
from simulator.world import PhysicalWorld, RobotName

VIDEO_SUFFIXES = (".gif", ".mp4")


@dataclass(frozen=True)
class Replay:
    """An episode carried out again.

    Attributes:
        episode: its id.
        scene: where it started.
        states: true states, before the first action and after each one.
        captions: for each state, the words of the subgoal that was pursued.
        deviation: largest distance between a thing's recorded and replayed final position, metres; None when the record
            holds no final state.
    """

    episode: str
    scene: Scene
    states: tuple[WorldState, ...]
    captions: tuple[str, ...]
    deviation: float | None

    @property
    def same(self) -> bool:
        """Whether the final state is the recorded one to the last digit."""
        return self.deviation == 0.0

    def summary(self) -> dict[str, Json]:
        """Return what a program needs to know of it."""
        steps = len(self.states) - 1
        return {"episode": self.episode, "steps": steps, "same": self.same, "deviation": self.deviation}


def replay(store: SqlStore, episode: str) -> Replay:
    """Carry the recorded actions of ``episode`` out again, from the same scene and seed.

    What was done on its table before it began is done first, unseen.

    Raises:
        StoreError: there is no such episode, or its record cannot be read.
    """
    record = store.episode(episode)
    scene = scene_of(record["scene"])
    settings = cast("dict[str, Json]", record["settings"])
    world = PhysicalWorld(scene, robot=cast("RobotName", settings.get("robot", "tool")))
    try:
        world.restart(cast("int", settings.get("table_seed", record["seed"])))
        for action in earlier_actions(store.database, settings):
            world.step(action)
        states = [world.state()]
        for action in store.actions(episode):
            world.step(action)
            states.append(world.state())
    finally:
        world.close()
    deviation = _deviation(record["final"], states[-1])
    return Replay(episode, scene, tuple(states), _captions(record, len(states)), deviation)


def film(store: SqlStore, episode: str, path: Path) -> Replay:
    """Replay ``episode``, write it as a video to ``path``, and keep the video with the episode.

    Raises:
        ConfigError: the video cannot be written there.
        StoreError: there is no such episode, or its record cannot be read.
    """
    refuse_video_path(path)
    played = replay(store, episode)
    record_video(path, played.scene, played.states, captions=played.captions)
    store.record_video(episode, path.read_bytes(), path.suffix[1:])
    return played


def refuse_video_path(path: Path) -> None:
    """Refuse early a ``path`` where no video can be written; raises ``ConfigError``."""
    if path.suffix not in VIDEO_SUFFIXES:
        raise ConfigError("video", f"{path.name!r} is no kind of video", f"End it in {' or '.join(VIDEO_SUFFIXES)}.")
    if not path.parent.is_dir():
        raise ConfigError("video", f"the folder {path.parent} is not there", "Make it first, or name another.")


def _captions(record: dict[str, Json], count: int) -> tuple[str, ...]:
    subgoals = cast("list[dict[str, Json]]", record["subgoals"])
    words = {(subgoal["round"], subgoal["subgoal"]): str(subgoal["words"]) for subgoal in subgoals}
    steps = cast("list[dict[str, Json]]", record["steps"])
    pursued = [words.get((step["round"], step["subgoal"]), "") for step in steps]
    opening = pursued[0] if pursued else str(record["instruction"])
    return tuple([opening, *pursued][:count])


def _deviation(recorded: Json, final: WorldState) -> float | None:
    if recorded is None:
        return None
    things = cast("list[dict[str, Json]]", cast("dict[str, Json]", recorded)["things"])
    kept = {str(thing["id"]): cast("Sequence[float]", thing["position"]) for thing in things}
    return max((math.dist(kept[thing.id], thing.position) for thing in final.things), default=0.0)

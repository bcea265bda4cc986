"""Videos of attempts, from what is kept of them: the same task, the same actions, drawn with the arm in the picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hybrid.evaluation.base import TaskSuite
from hybrid.evaluation.failures import CAUSES
from hybrid.evaluation.report import Row
from hybrid.evaluation.shards import Kept, plain_name
from simulator.disturbed import world_of
from simulator.recording import record_video
from simulator.tasks import Task

FRAMES = 60
"""Pictures of a video: a picture costs tens of milliseconds."""


@dataclass(frozen=True)
class Film:
    """A video worth watching.

    Attributes:
        suite: of the task.
        arm: that attempted it.
        row: its figures.
        file: where the video lies.
    """

    suite: str
    arm: str
    row: Row
    file: Path

    @property
    def words(self) -> str:
        """What is to be seen."""
        ended = "done" if self.row.success else f"failed: {self.row.failure}"
        because = f" – {self.row.reason}" if self.row.reason and not self.row.success else ""
        return f"{self.arm}, {self.suite} {self.row.seed}, {ended}{because}. “{self.row.instruction}”"


def worth_watching(
    rows: Mapping[str, Sequence[Row]], arms: Iterable[str], seen: set[tuple[str, str]]
) -> list[tuple[str, Row]]:
    """Return attempts to film: of each arm the first success and the first failure of every cause not ``seen`` yet.

    An attempt without a control step shows nothing and is left out.
    """
    chosen: list[tuple[str, Row]] = []
    for arm in arms:
        moving = [row for row in rows.get(arm, []) if row.steps > 0]
        for outcome in (None, *CAUSES):
            first = next((row for row in moving if row.failure == outcome), None)
            if first is not None and (arm, str(outcome)) not in seen:
                seen.add((arm, str(outcome)))
                chosen.append((arm, first))
    return chosen


def film(suite: TaskSuite, arm: str, kept: Kept, folder: Path) -> Film:
    """Carry the kept actions out again and write the video into ``folder``, unless it lies there already."""
    task = suite.task(kept.row.seed)
    file = folder / f"{plain_name(suite.name)}-{plain_name(arm)}-{kept.row.seed}.mp4"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _record(task, kept, file)
    return Film(suite.name, arm, kept.row, file)


def _record(task: Task, kept: Kept, file: Path) -> None:
    world = world_of(task.scene, task.physics, task.disturbances)
    try:
        world.reset(task.seed)
        states = [world.state()]
        for action in kept.actions:
            world.step(action)
            states.append(world.state())
    finally:
        world.close()
    record_video(file, task.scene, states, [task.instruction] * len(states), most_frames=FRAMES)

"""Labelled points at which a process kills itself: before and after what the service does to its store and its world.

The functions are the product's own; a child process wraps them before it begins, and dies by SIGKILL when the point it
was given is passed for the given time. Nothing of the product knows of this.
"""

import functools
import os
import signal
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from hybrid.store.artifacts import Artifacts
from hybrid.store.episodes import SqlStore
from hybrid.store.leases import Leases
from hybrid.store.tasks import TaskQueue

WORKER = {
    Leases: ("claim", "append", "finish", "reap", "renew"),
    SqlStore: (
        "open_episode",
        "record_decomposition",
        "record_observation",
        "record_attempt",
        "record_steps",
        "record_subgoal",
        "close_episode",
    ),
    Artifacts: ("put",),
    Path: ("replace",),
}
SERVER = {TaskQueue: ("submit", "task", "events")}
LABELS = {
    role: [
        f"{owner.__name__}.{name}:{side}"
        for owner, names in wrapped.items()
        for name in names
        for side in ("before", "after")
    ]
    + [f"commit:{side}" for side in ("before", "after")]
    for role, wrapped in (("worker", WORKER), ("server", SERVER))
}
LABELS["worker"] += ["world.step:before", "world.step:after"]


class Fuse:
    """Kills this process when ``label`` is passed for the ``count``-th time, and writes the label down first."""

    def __init__(self, label, count, log):
        self.label, self.left, self.log = label, count, log

    def passed(self, label):
        if label != self.label:
            return
        self.left -= 1
        if self.left <= 0:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(f"{label}\n")
            os.kill(os.getpid(), signal.SIGKILL)


def lay(fuse):
    """Wrap every labelled function of this process, so that ``fuse`` hears of each passage."""
    for owner, names in {**WORKER, **SERVER}.items():
        for name in names:
            setattr(owner, name, _told(getattr(owner, name), f"{owner.__name__}.{name}", fuse))
    event.listen(Session, "before_commit", lambda _: fuse.passed("commit:before"))
    event.listen(Session, "after_commit", lambda _: fuse.passed("commit:after"))


def _told(function, label, fuse):
    @functools.wraps(function)
    def told(*arguments, **more):
        fuse.passed(f"{label}:before")
        result = function(*arguments, **more)
        fuse.passed(f"{label}:after")
        return result

    return told

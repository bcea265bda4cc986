"""Forks servers and workers that carry a fuse: all is imported and loaded once, and each child opens its own store."""

import contextlib
import os
import random
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from api.face import create_app
from hybrid.config import load_settings
from hybrid.service import TaskService
from hybrid.store.artifacts import Artifacts
from hybrid.store.engine import open_database
from hybrid.store.episodes import SqlStore, open_store
from hybrid.worker import Worker
from tests.hybrid.chaos.engines import witnessed
from tests.hybrid.chaos.points import LABELS, Fuse, lay


@dataclass(frozen=True)
class Place:
    """Where a storm happens: the database, the folder of artifacts and logs, the port of the server."""

    url: str
    folder: Path
    port: int
    lease_seconds: float = 2.0

    @property
    def effects(self):
        """Every physical step, as the worlds wrote it down."""
        return self.folder / "effects.log"

    @property
    def deaths(self):
        """The label of every self-made end."""
        return self.folder / "deaths.log"

    def store(self):
        return SqlStore(open_database(self.url), Artifacts(self.folder / "artifacts"))


def fork(body, log):
    """Run ``body`` in a child and return its process id."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(output, 1)
        os.dup2(output, 2)
        body()
        code = 0
    except BaseException:  # noqa: BLE001  (a forked child must never return into its parent's code)
        traceback.print_exc()
    finally:
        os._exit(code)


def fuse_for(role, place, rng, deadly):
    """Draw a point of ``role``; common points are given longer fuses, so that later parts of tasks are reached."""
    if not deadly:
        return None
    label = rng.choice(LABELS[role])
    common = label.partition(":")[0] in {
        "commit",
        "world.step",
        "Leases.append",
        "SqlStore.record_steps",
        "TaskQueue.task",
    }
    return Fuse(label, rng.randint(1, 30 if common else 3), place.deaths)


def worker(place, runner, fuse):
    """Return the body of a worker process."""

    def body():
        if fuse is not None:
            lay(fuse)
        store = open_store(place.url, place.folder / "artifacts")
        made = Worker(store, witnessed(runner, place.effects, fuse), seconds=60.0, lease_seconds=place.lease_seconds)
        made.start()
        while made.working:
            time.sleep(0.05)

    return body


def server(place, fuse, runner=None):
    """Return the body of a server process, with an embedded worker when a runner is given."""

    def body():
        if fuse is not None:
            lay(fuse)
        store = open_store(place.url, place.folder / "artifacts")
        run = None if runner is None else witnessed(runner, place.effects, fuse)
        service = TaskService(store, run, room=1000, seconds=60.0, lease_seconds=place.lease_seconds)
        app = create_app(service, load_settings(rate_limit="off"))
        uvicorn.run(app, host="127.0.0.1", port=place.port, log_level="warning", timeout_graceful_shutdown=1)

    return body


LONGEST_LIFE = 8.0
"""Seconds after which a child whose point was not passed is killed from outside, wherever it is."""


class Nursery:
    """Keeps children alive: whoever dies is replaced, with a fuse as long as fewer than ``kills`` were killed."""

    def __init__(self, place, roles, kills, seed=0):
        self.place, self.roles, self.kills = place, roles, kills
        self.rng = random.Random(seed)
        self.children = {}
        self.ends = {}
        self.died = 0

    def tend(self):
        """Replace the dead."""
        for name, (role, make) in self.roles.items():
            pid = self.children.get(name)
            if pid is not None:
                gone, status = os.waitpid(pid, os.WNOHANG)
                if not gone:
                    if self.died < self.kills and time.monotonic() > self.ends[name]:
                        os.kill(pid, signal.SIGKILL)
                    continue
                self.died += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            deadly = self.died < self.kills
            fuse = fuse_for(role, self.place, self.rng, deadly)
            self.children[name] = fork(make(fuse), self.place.folder / f"{name}.log")
            self.ends[name] = time.monotonic() + self.rng.uniform(0.25, 1.0) * LONGEST_LIFE

    def end(self, number=signal.SIGTERM):
        """End all children, and wait for them."""
        for pid in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        for pid in self.children.values():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        self.children = {}

"""Runs something in a process of its own that is killed at a labelled point, as by a power cut."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from simulator.base import FloatArray
from simulator.world import PhysicalWorld


@dataclass(frozen=True)
class Point:
    """The moment before or after the ``call``-th call of ``owner.method``, of a class or a module."""

    owner: type | ModuleType
    method: str
    call: int = 1
    after: bool = False

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'}-{self.owner.__name__}.{self.method}-{self.call}"


def killed_at(point: Point, run: Callable[[], object]) -> None:
    """Run ``run`` in a forked process until ``point`` is met and SIGKILL ends it there."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            _arm(point)
            run()
        except BaseException:  # noqa: BLE001  (a forked child must not return into the test runner)
            traceback.print_exc()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"{point} was never met"
    assert os.WTERMSIG(status) == signal.SIGKILL


def _arm(point: Point) -> None:
    original, calls = getattr(point.owner, point.method), [0]

    def doomed(*args, **kwargs):
        calls[0] += 1
        if calls[0] == point.call and not point.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if calls[0] == point.call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(point.owner, point.method, doomed)


class StandingWorld(PhysicalWorld):
    """A world that outlives the processes that act on it: its past lies in a file, and whoever opens it finds it so.

    It stands for a robot's table: what was done to it stays done, and nobody can take it back.
    """

    def __init__(self, past: Path, scene, seed: int) -> None:
        super().__init__(scene, robot="tool")
        self._past = past
        self.restart(seed)
        for action in past_actions(past):
            super().step(action)

    def step(self, action: FloatArray) -> FloatArray:
        with self._past.open("ab") as file:
            file.write(np.asarray(action, dtype="<f4").tobytes())
            file.flush()
            os.fsync(file.fileno())
        return super().step(action)


def past_actions(past: Path) -> FloatArray:
    """Return everything that was ever done to the world of ``past``, ``[T, A]``."""
    data = past.read_bytes() if past.exists() else b""
    return np.frombuffer(data, dtype="<f4").reshape(-1, 4)

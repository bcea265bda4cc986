"""The worlds that graphs act on, found again after a crash: rebuilt from the ledger, or standing where they stood.

A simulated world dies with its process and is rebuilt from its scene, its seed and every completed control step; the
same actions give the same bytes. A world that stands on its own (a robot, a simulator elsewhere) is opened as it is;
its own clock says how far the effect went that was under way when the process died.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from hybrid.errors import StoreMissingError
from hybrid.store.ledger import Effect, Ledger, TableRecord
from simulator.base import FloatArray, Observation, Scene, World, WorldState
from world_model.base import BLOCK

OPEN_WORLDS = 4
"""Simulated worlds kept open at once; others are rebuilt when they are needed again."""

Standing = Callable[[TableRecord], World]
"""Opens the world of a table that stands on its own; its observations count control steps since it was set up."""


@dataclass
class _Open:
    world: World
    clock: int
    users: int = 0
    turn: threading.RLock = field(default_factory=threading.RLock)


class Worlds:
    """Worlds by table; safe to use from several threads, which take turns at one table.

    Args:
        ledger: what was done to which table.
        make: makes a simulated world from a scene.
        standing: opens worlds that outlive this process; None rebuilds simulated ones.
    """

    def __init__(self, ledger: Ledger, make: Callable[[Scene], World], standing: Standing | None = None) -> None:
        self.ledger = ledger
        self.stands = standing is not None
        self._make = make
        self._standing = standing
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._lock = threading.RLock()
        self._turns: dict[str, threading.RLock] = {}

    @contextmanager
    def turn(self, table: str) -> Generator[None]:
        """Let nobody else of this process act on ``table`` meanwhile."""
        with self._lock:
            turn = self._turns.setdefault(table, threading.RLock())
        with turn:
            yield

    @contextmanager
    def at(self, table: str, step: int) -> Generator[_Open]:
        """Give the world of ``table`` after ``step`` control steps; one that stands is given as it stands now.

        Raises:
            StoreError: there is no such table, or its record is incomplete.
        """
        with self._lock:
            opened = self._open.get(table) or self._opened(table)
            self._open[table] = opened
            self._open.move_to_end(table)
            opened.users += 1
        try:
            with opened.turn:
                if opened.clock != step and not self.stands:
                    self._rebuild(opened, table, step)
                yield opened
        finally:
            self._leave(opened)

    def now(self, table: str) -> int:
        """Return how many control steps ``table`` has seen since it was set up."""
        if not self.stands:
            return self.ledger.steps(table)
        with self.at(table, 0) as opened:
            return opened.clock

    def close(self) -> None:
        """Close every open world."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].world.close()

    def _opened(self, table: str) -> _Open:
        record = self.ledger.table(table)
        if record is None:
            raise StoreMissingError("table", f"there is none called {table[:80]!r}", "Set it up with a scene.")
        if self._standing is not None:
            world = self._standing(record)
            return _Open(world, world.observe().step)
        world = self._make(record.scene)
        world.reset(record.seed)
        return _Open(world, 0)

    def _rebuild(self, opened: _Open, table: str, step: int) -> None:
        record = self.ledger.table(table)
        assert record is not None, "its world is open"
        if opened.clock > step:
            opened.world.reset(record.seed)
            opened.clock = 0
        for action in self.ledger.actions(table, step)[opened.clock :]:
            opened.world.step(action)
            opened.clock += 1

    def _leave(self, opened: _Open) -> None:
        with self._lock:
            opened.users -= 1
            idle = [table for table, found in self._open.items() if not found.users and not self.stands]
            for table in idle[: max(0, len(self._open) - OPEN_WORLDS)]:
                self._open.pop(table).world.close()


class LedgerWorld:
    """The ``World`` that the stages of a run see: the table at its step, with every control step on the ledger.

    Args:
        worlds: where the table's world is found.
        table: its id.
        step: control steps since the table was set up.
    """

    def __init__(self, worlds: Worlds, table: str, step: int) -> None:
        self._worlds = worlds
        self.table = table
        self.clock = step
        self._effects: dict[int, Effect] = {}
        self._planned: FloatArray = np.zeros((0, 4), np.float32)
        self._begun = step
        self._block: list[FloatArray] = []
        self._who = ("", "", None)

    def intend(self, key: str, episode: str, thread: str | None, actions: FloatArray, *, shared: bool = False) -> bool:
        """Say what is about to be done, one ledger row for every block of it.

        Args:
            key: what it is part of.
            episode: whose record it belongs to.
            thread: who does it.
            actions: control steps ``[T, A]``.
            shared: whether other threads act on the table as well; what they did meanwhile is no past to branch off.

        Returns:
            False when the world, shared or standing on its own, has moved on since: then nothing may be done.
        """
        if shared and not self._worlds.stands and self._worlds.ledger.moved_on(self.table, self.clock, thread):
            self.clock = self._worlds.now(self.table)
            return False
        if self._worlds.stands:
            effects = self._worlds.ledger.effects(self.table, key)
            with self._worlds.at(self.table, self.clock) as opened:
                if opened.clock != self.clock and not effects:
                    self.clock = opened.clock
                    return False
        else:
            self.table = self._worlds.ledger.branch(self.table, self.clock, key)
            effects = self._worlds.ledger.effects(self.table, key)
        self._effects = {effect.step: effect for effect in effects if effect.step >= self.clock}
        self._planned, self._begun, self._block = actions, self.clock, []
        self._who = (key, episode, thread)
        return True

    @property
    def caught_up(self) -> bool:
        """Whether everything that was completed before a crash has been passed."""
        return all(effect.sensed is None or effect.end <= self.clock for effect in self._effects.values())

    def step(self, action: FloatArray) -> FloatArray:
        """Apply ``[A]`` unless it was applied before the process died; return proprioception ``[P]`` either way."""
        start = self.clock - (self.clock - self._begun) % BLOCK
        known = self._effects.get(start)
        if known is not None and known.sensed is not None:
            self.clock += 1
            return known.sensed[self.clock - start - 1]
        if self.clock == start:
            self._intended(start)
        with self._worlds.at(self.table, self.clock) as opened:
            if opened.clock > self.clock:
                sensed = opened.world.observe().proprioception
            else:
                sensed = opened.world.step(action)
                opened.clock += 1
        self.clock += 1
        self._block.append(sensed)
        if self.clock == start + len(self._effects[start].actions):
            self._worlds.ledger.complete(self.table, start, np.stack(self._block))
        return sensed

    def _intended(self, start: int) -> None:
        key, episode, thread = self._who
        first = start - self._begun
        effect = Effect(start, key, self._planned[first : first + BLOCK], None)
        self._worlds.ledger.intend(self.table, effect, episode=episode, thread=thread)
        self._effects[start] = effect
        self._block = []

    def observe(self) -> Observation:
        """Return what the cameras and the robot sense now."""
        with self._worlds.at(self.table, self.clock) as opened:
            return opened.world.observe()

    def state(self) -> WorldState:
        """Return the true state, for scoring only."""
        with self._worlds.at(self.table, self.clock) as opened:
            return opened.world.state()

    def reset(self, seed: int) -> Observation:  # noqa: ARG002
        """Return what is seen: a table that people share is not set up anew by one run."""
        return self.observe()

    def close(self) -> None:
        """Leave the world open: it belongs to the table."""

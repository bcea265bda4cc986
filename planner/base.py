"""Nouns of planning; array letters as in ``world_model.base`` and ``simulator.base``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import torch
from torch import Tensor

from simulator.base import FloatArray, Subgoal, Thing
from world_model.base import Belief
from world_model.model import LatentState, Lead, Stride
from world_model.proposals import Aim

ManipulationKind = Literal["pick_place", "push"]


@dataclass(frozen=True)
class Manipulation:
    """A level-2 action: move one thing.

    Attributes:
        kind: carry it with suction, or push it with the closed tool.
        thing: its id.
        start: where the tool meets it, metres, world frame.
        target: where its centre should end, metres, world frame.
        clearance: height of the lowest point of the carried thing on the way, metres.
    """

    kind: ManipulationKind
    thing: str
    start: tuple[float, float, float]
    target: tuple[float, float, float]
    clearance: float


@dataclass(frozen=True)
class Budget:
    """How much one search may cost; it ends with the best found so far, or without a plan, when a bound is met.

    Attributes:
        milliseconds: asked before every batch that is imagined. The first batch of the upper level is always imagined,
            and a batch that has begun is finished: a search takes longer by one batch at most.
        candidates: manipulations and control sequences that are imagined, both levels together; never exceeded.
        depth: largest number of manipulations imagined ahead.
    """

    milliseconds: float = 500.0
    candidates: int = 1024
    depth: int = 3


@dataclass(frozen=True)
class TraceEntry:
    """One step of the search, for the record and for people.

    Attributes:
        level: 1 or 2.
        candidates: how many were imagined.
        energies: the lowest few energies, ascending.
        chosen: the chosen candidate in words.
    """

    level: int
    candidates: int
    energies: tuple[float, ...]
    chosen: str


@dataclass(frozen=True)
class Plan:
    """What the search proposes to do for one subgoal, best first when several are returned.

    Attributes:
        manipulations: level 2, in order; only the first is expanded into ``actions``.
        actions: ``[T, A]`` control actions of the first manipulation, metres and suction, all chosen by level 1.
        energy: imagined energy at the end of all manipulations; 0 when every fact holds.
        first_energy: imagined energy at the end of ``actions``.
        imagined: the things as imagined at the end of ``actions``.
        waypoint: facts-free description of where level 2 wants the moved thing, metres.
        trace: how it was found.
        milliseconds: time the search took.
        finishes: whether a plan of one manipulation is meant to reach the subgoal rather than come nearer.
    """

    manipulations: tuple[Manipulation, ...]
    actions: FloatArray
    energy: float
    first_energy: float
    imagined: tuple[Thing, ...]
    trace: tuple[TraceEntry, ...]
    milliseconds: float
    finishes: bool = True


@dataclass(frozen=True)
class Candidate:
    """What was imagined and is no plan: its manipulations, in order, and where they lead.

    Attributes:
        manipulations: level 2.
        energy: imagined at their end, metres.
        imagined: the things as imagined at their end.
    """

    manipulations: tuple[Manipulation, ...]
    energy: float
    imagined: tuple[Thing, ...]


@dataclass(frozen=True)
class Exhausted:
    """The bound of a budget that was met first.

    Attributes:
        bound: the field of ``Budget``.
        given: what it allows.
        needed: what the batch that was left out would have taken it to; of time what had been spent by then.
    """

    bound: Literal["milliseconds", "candidates"]
    given: float
    needed: float


@dataclass(frozen=True)
class Searched:
    """What became of a search.

    Attributes:
        plans: up to a few, lowest energy first; empty when nothing lowers the energy, or the budget ended the search.
        best: where there is no plan, the best that was imagined; None where nothing could be.
        exhausted: where there is no plan, what of the budget ended the search, if anything did.
    """

    plans: tuple[Plan, ...] = ()
    best: Candidate | None = None
    exhausted: Exhausted | None = None


class Proposals(Protocol):
    """What suggests the next block of control steps."""

    def sample(self, tool: Tensor, aim: Aim, *, temperature: float, generator: torch.Generator) -> Tensor:
        """Sample blocks ``[B, K, A]`` for proprioception ``[B, P]``; sharper for ``temperature`` < 1."""
        ...


class Dynamics(Protocol):
    """What the search needs of a model of the world: the learned one, a hand-written one, a simulator.

    Only the model knows what the tokens of its states mean; the search asks it where things are.
    """

    @property
    def proposals(self) -> Proposals:
        """What suggests control steps to level 1."""
        ...

    def begin(self, belief: Belief) -> LatentState:
        """Return ``belief`` as a batch of one state to imagine from."""
        ...

    def after_block(self, state: LatentState, actions: Tensor) -> tuple[LatentState, *tuple[Tensor, ...]]:
        """Imagine one block of control steps ``[B, K, A]``; only the state is asked for."""
        ...

    def after_manipulation(self, state: LatentState, manipulation: Tensor) -> tuple[LatentState, *tuple[Tensor, ...]]:
        """Imagine whole manipulations ``[B, M]``; only the state is asked for."""
        ...

    def where(self, tokens: Tensor) -> Tensor:
        """Return positions ``[..., 3]`` in metres of tokens ``[..., D]``."""
        ...


class Strider(Protocol):
    """What takes strides towards one aim: proposes a block of control steps, imagines it, reads out positions."""

    def __call__(
        self, state: LatentState, positions: Tensor, generator: torch.Generator, lead: Lead | None = None
    ) -> Stride:
        """Take a stride from ``state`` with things at ``positions [B, N, 3]``, metres, led where ``lead`` says."""
        ...


@runtime_checkable
class Striding(Protocol):
    """A model that takes a stride faster than by its parts."""

    def strider(self, start: LatentState, row: int, aim: Aim, temperature: float) -> Strider:
        """Return what takes strides from ``start`` towards ``aim`` (a batch of one) for the thing ``row``."""
        ...


class Planner(Protocol):
    """Belief and subgoal in, plans out; sees no simulator and no words."""

    def plan(
        self, belief: Belief, subgoal: Subgoal, *, budget: Budget, tabu: tuple[Manipulation, ...], seed: int
    ) -> Searched:
        """Search for plans within ``budget``; where there is none, the best that was imagined is returned.

        ``tabu`` holds manipulations already tried or rejected in the present situation.
        """
        ...

    def reached(self, belief: Belief, subgoal: Subgoal) -> bool:
        """Whether every fact of the subgoal is believed to hold now."""
        ...

"""Blocksworld as symbols: whether a plan of four operators can be carried out and reaches its goal.

The operators are those of the domain ``blocksworld-4ops``: pick-up, put-down, stack, unstack, one block in the hand
(Gupta and Nau, Artificial Intelligence 56, 1992). What VAL checks of such plans is checked here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Action:
    """One step of a plan: ``pick-up``, ``put-down``, ``stack`` or ``unstack`` of one or two blocks."""

    act: str
    blocks: tuple[str, ...]

    def __str__(self) -> str:
        return f"({' '.join((self.act, *self.blocks))})"


@dataclass(frozen=True)
class Stacks:
    """Where every block stands, and which is in the hand.

    Attributes:
        below: each block with what it stands on, None for the table.
        hand: the block in the hand, which has no entry in ``below``.
    """

    below: tuple[tuple[str, str | None], ...]
    hand: str | None = None

    @property
    def blocks(self) -> tuple[str, ...]:
        """The blocks that stand somewhere."""
        return tuple(block for block, _ in self.below)

    def clear(self, block: str) -> bool:
        """Whether ``block`` stands somewhere with nothing on it."""
        return block in self.blocks and all(lower != block for _, lower in self.below)

    def holds(self, goal: Pairs) -> bool:
        """Whether every (upper, lower) stands so."""
        return all((upper, lower) in self.below for upper, lower in goal)

    def after(self, action: Action) -> Stacks | None:
        """Return the stacks after ``action``, None when its preconditions do not hold."""
        arity = 2 if action.act in ("stack", "unstack") else 1
        if len(action.blocks) != arity:
            return None
        block, other = action.blocks[0], action.blocks[-1]
        if action.act in ("pick-up", "unstack"):
            from_ = None if action.act == "pick-up" else other
            return self._lifted(block, from_)
        if self.hand != block or (action.act == "stack" and not self.clear(other)):
            return None
        return Stacks((*self.below, (block, other if action.act == "stack" else None)))

    def _lifted(self, block: str, from_: str | None) -> Stacks | None:
        if self.hand is not None or not self.clear(block) or (block, from_) not in self.below:
            return None
        return Stacks(tuple(entry for entry in self.below if entry[0] != block), block)


@dataclass(frozen=True)
class Validation:
    """What the symbols say of a plan.

    Attributes:
        valid: it can be carried out, and the goal holds at its end.
        reason: in words, why not; None when it is valid.
        carried: how many of its steps can be carried out before the first that cannot.
    """

    valid: bool
    reason: str | None
    carried: int


def validate(start: Stacks, goal: Pairs, plan: Sequence[Action]) -> Validation:
    """Carry ``plan`` out on symbols from ``start`` and see whether the ``goal`` holds at its end."""
    now = start
    for number, action in enumerate(plan):
        after = now.after(action)
        if after is None:
            return Validation(False, f"step {number + 1} {action} cannot be done", number)
        now = after
    missing = next((pair for pair in goal if not now.holds((pair,))), None)
    if missing is not None:
        return Validation(False, f"at the end the {missing[0]} block is not on the {missing[1]} block", len(plan))
    return Validation(True, None, len(plan))


def name_of(word: str, blocks: Sequence[str], letters: Mapping[str, str]) -> str:
    """Return the block that ``word`` of a plan means: its colour, or a letter for it."""
    word = word.removesuffix("_block").removesuffix("-block")
    return word if word in blocks else letters.get(word, word)

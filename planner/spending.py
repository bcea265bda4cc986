"""What a search has spent of its budget: it is asked before every batch that is imagined."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from planner.base import Budget, Exhausted


@dataclass
class Spending:
    """The account of one search.

    Attributes:
        budget: that it may spend.
        candidates: imagined so far.
        exhausted: the bound that was met first, if one was.
        began: by the clock of ``time.perf_counter``, seconds.
    """

    budget: Budget
    candidates: int = 0
    exhausted: Exhausted | None = None
    began: float = field(default_factory=time.perf_counter)

    @property
    def milliseconds(self) -> float:
        """Time spent so far."""
        return 1000 * (time.perf_counter() - self.began)

    @property
    def left(self) -> int:
        """Candidates that may still be imagined."""
        return self.budget.candidates - self.candidates

    def late(self, share: float = 1.0) -> bool:
        """Whether more than ``share`` of the time is spent."""
        spent = self.milliseconds
        if spent <= share * self.budget.milliseconds:
            return False
        self.exhausted = self.exhausted or Exhausted("milliseconds", self.budget.milliseconds, spent)
        return True

    def granted(self, wanted: int, reserve: int = 0) -> int:
        """Return how many of the ``wanted`` candidates may be imagined, and count them.

        ``reserve`` is kept back for later; where the whole budget is no more than that, nothing is.
        """
        kept = reserve if self.budget.candidates > reserve else 0
        count = max(0, min(wanted, self.left - kept))
        if count < wanted:
            self._short(self.candidates + wanted + reserve)
        self.candidates += count
        return count

    def affords(self, wanted: int) -> bool:
        """Whether there is time, and room for all of the ``wanted`` candidates; they are counted if so."""
        if self.late():
            return False
        if wanted > self.left:
            self._short(self.candidates + wanted)
            return False
        self.candidates += wanted
        return True

    def _short(self, needed: int) -> None:
        self.exhausted = self.exhausted or Exhausted("candidates", self.budget.candidates, needed)


def unhurried() -> bool:
    """Return False: there is time."""
    return False

"""SIGINT and SIGTERM as a wish to stop: asked for politely the first time, obeyed at once the second.

Knows signals only; what stopping means is up to whoever asks it (``Engine.run`` completes the episode's record).
"""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether a signal came; calling it asks, so it is the ``cancel`` argument of ``Engine.run``.

    Attributes:
        number: of the signal that came, or None.
    """

    def __init__(self) -> None:
        self.number: int | None = None

    def __call__(self) -> bool:
        """Whether a signal came."""
        return self.number is not None

    @property
    def exit_code(self) -> int | None:
        """128 + the signal's number (130 for SIGINT, 143 for SIGTERM), or None when none came."""
        return None if self.number is None else 128 + self.number


@contextmanager
def interruptible() -> Generator[Interruption]:
    """Listen for signals in the body; main thread only, which is a rule of Python's signals.

    A second signal meets the handlers that stood before, so that a program that does not stop can still be stopped.
    """
    interruption = Interruption()
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def give_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def note(number: int, _frame: FrameType | None) -> None:
        interruption.number = number
        give_back()

    for number in SIGNALS:
        signal.signal(number, note)
    try:
        yield interruption
    finally:
        give_back()

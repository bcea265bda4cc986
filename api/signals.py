"""SIGINT and SIGTERM end the task under way at once, so that whoever listens hears the end before the server goes.

The server itself waits for open streams before it shuts the application down; without this, a stream of a running task
and the server would wait for each other.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_of_signals(told: Callable[[], None]) -> Generator[None]:
    """Call ``told`` on the running event loop when a signal comes, before the handler that stood before.

    Elsewhere than on the main thread this does nothing: Python delivers signals to the main thread alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def hear(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(told)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in SIGNALS:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

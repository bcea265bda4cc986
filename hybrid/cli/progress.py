"""Progress bars of long work, on stderr so that stdout stays the answer."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from hybrid.base import Json, Listener

Told = Callable[[int, int], None]
"""Told (done, in all)."""
ToldPhase = Callable[[str, int, int, dict[str, float]], None]
"""Told (phase, done, in all, parts of the loss)."""


@contextmanager
def _bars() -> Generator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield bars


@contextmanager
def bar(label: str) -> Generator[Told]:
    """Show one bar; yields what to tell of progress."""
    with _bars() as bars:
        task = bars.add_task(label, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


@contextmanager
def phases() -> Generator[ToldPhase]:
    """Show one bar a phase with its latest loss; yields what to tell of progress."""
    with _bars() as bars:
        tasks: dict[str, TaskID] = {}

        def told(phase: str, done: int, total: int, figures: dict[str, float]) -> None:
            if phase not in tasks:
                tasks[phase] = bars.add_task(phase, total=total)
            loss = sum(figures.values())
            bars.update(tasks[phase], completed=done, total=total, description=f"{phase} [dim]loss {loss:.3f}[/dim]")

        yield told


@contextmanager
def following(*, quiet: bool) -> Generator[Listener | None]:
    """Show the latest event of an episode under way; yields the listener, or None when ``quiet``."""
    if quiet:
        yield None
        return
    with Console(stderr=True).status("reading the request") as status:

        def listen(event: str, data: dict[str, Json]) -> None:
            words = data.get("words") or data.get("reason") or ""
            status.update(escape(f"{event} {words}".rstrip()))

        yield listen

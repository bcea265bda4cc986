"""``hybrid memory``: what is remembered, and how to teach, correct and forget it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hybrid.base import Json, Memory, MemoryKind
from hybrid.cli.contracts import Record, answer
from hybrid.cli.episodes import opened_store
from hybrid.cli.options import AsJson
from hybrid.store.reports import moment

app = typer.Typer(help="What is remembered: list, show, teach, correct, forget.", no_args_is_help=True)

MemoryId = Annotated[str, typer.Argument(metavar="ID", help="As `hybrid memory list` shows it.", show_default=False)]
Kind = Annotated[str | None, typer.Option("--kind", help="Only this kind: episode, fact or skill.", show_default=False)]
Like = Annotated[str | None, typer.Option("--like", help="Most alike first.", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many to show.")]
Before = Annotated[str | None, typer.Option("--before", metavar="ID", help="Go on after this one.", show_default=False)]
Name = Annotated[str, typer.Argument(help="What you call it: my mug.", show_default=False)]
Meaning = Annotated[str, typer.Argument(help="What it is: the blue cylinder.", show_default=False)]
OneId = Annotated[str | None, typer.Argument(metavar="[ID]", help="The one to forget.", show_default=False)]
Everything = Annotated[bool, typer.Option("--all", help="Forget everything, or everything of --kind.")]
KINDS = ("episode", "fact", "skill")


@app.command("list")
def list_memories(
    kind: Kind = None, like: Like = None, limit: Limit = 20, before: Before = None, as_json: AsJson = False
) -> int:
    """List what is remembered, newest first."""
    with opened_store() as store:
        found = store.memory.listing(kind=checked_kind(kind), like=like, limit=limit, before=before)

    def people(console: Console) -> None:
        table = Table("id", "kind", "text", "uses")
        for memory in found:
            table.add_row(memory.id, memory.kind, escape(memory.text), str(memory.uses))
        console.print(table if found else "nothing is remembered")

    answer([memory_json(memory) for memory in found], as_json=as_json, people=people)
    return 0


@app.command("show")
def show(memory: MemoryId, as_json: AsJson = False) -> int:
    """Show one memory."""
    with opened_store() as store:
        found = store.memory.memory(memory)
    return _shown(found, as_json=as_json)


@app.command("teach")
def teach(name: Name, meaning: Meaning, as_json: AsJson = False) -> int:
    """Teach what a name means, for instance: hybrid memory teach "my mug" "the blue cylinder"."""
    with opened_store() as store:
        found = store.memory.teach(name, meaning)
    return _shown(found, as_json=as_json)


@app.command("correct")
def correct(memory: MemoryId, meaning: Meaning, as_json: AsJson = False) -> int:
    """Change what a taught name means."""
    with opened_store() as store:
        found = store.memory.correct(memory, meaning)
    return _shown(found, as_json=as_json)


@app.command("forget")
def forget(memory: OneId = None, everything: Everything = False, kind: Kind = None, as_json: AsJson = False) -> int:
    """Forget one memory, or with --all every one; completely."""
    if (memory is None) != everything:
        raise typer.BadParameter("name one ID, or say --all", param_hint="ID")
    with opened_store() as store:
        if memory is not None:
            store.memory.forget(memory)
        count = 1 if memory is not None else store.memory.forget_all(checked_kind(kind))
    record: Record = {"forgotten": count}
    answer(record, as_json=as_json, people=lambda console: console.print(f"{count} forgotten"))
    return 0


def checked_kind(kind: str | None) -> MemoryKind | None:
    """Return ``kind``; raises ``BadParameter`` when it is none."""
    if kind is not None and kind not in KINDS:
        raise typer.BadParameter(f"{kind!r} is no kind; use one of {', '.join(KINDS)}", param_hint="--kind")
    return kind


def memory_json(memory: Memory) -> Record:
    """Return a memory as JSON."""
    moments: dict[str, Json] = {"at": moment(memory.at), "changed_at": moment(memory.changed_at)}
    return {
        "id": memory.id, "kind": memory.kind, "text": memory.text, "data": memory.data, "uses": memory.uses, **moments
    }  # fmt: skip


def _shown(memory: Memory, *, as_json: bool) -> int:
    def people(console: Console) -> None:
        console.print(f"{memory.id}  {memory.kind}  {memory.text}", markup=False)
        console.print(f"used {memory.uses} times")

    answer(memory_json(memory), as_json=as_json, people=people)
    return 0

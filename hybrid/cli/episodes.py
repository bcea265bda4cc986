"""``hybrid episodes``: what was done before, kept, shown again, taken elsewhere and forgotten."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, cast

import typer

from hybrid.base import Json
from hybrid.cli.contracts import Record, answer
from hybrid.cli.options import AsJson, EpisodeId, Video
from hybrid.cli.showing import show_episode, show_episodes, show_replay
from hybrid.config import load_settings
from hybrid.errors import ConfigError
from hybrid.replay import film, replay
from hybrid.store.episodes import SqlStore, open_store
from hybrid.store.exchange import export_episode, import_episode
from hybrid.store.upkeep import forget_episode, retain, sweep

app = typer.Typer(help="Past episodes: list, show, replay, export, import, forget, clean.", no_args_is_help=True)

Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many to show.")]
Before = Annotated[str | None, typer.Option("--before", metavar="ID", help="Go on after this one.", show_default=False)]
Status = Annotated[str | None, typer.Option("--status", help="Only those that ended so.", show_default=False)]

Archive = Annotated[Path | None, typer.Option("--out", help="File to write; ID.zip by default.", show_default=False)]
ArchiveFile = Annotated[Path, typer.Argument(metavar="FILE", help="As hybrid episodes export wrote it.")]
Days = Annotated[float | None, typer.Option("--days", min=0, help="Forget what ended longer ago.", show_default=False)]


@contextmanager
def opened_store() -> Generator[SqlStore]:
    """Give the store that the settings name, as whoever uses this machine sees it."""
    settings = load_settings()
    store = open_store(settings.database_url, settings.artifact_dir, settings.embeddings)
    try:
        yield store
    finally:
        store.close()


@app.command("list")
def list_episodes(limit: Limit = 20, before: Before = None, status: Status = None, as_json: AsJson = False) -> int:
    """List episodes, newest first."""
    with opened_store() as store:
        summaries = store.episodes(limit=limit, before=before, status=status)
    answer(cast("list[Json]", summaries), as_json=as_json, people=lambda console: show_episodes(console, summaries))
    return 0


@app.command("show")
def show(episode: EpisodeId, as_json: AsJson = False) -> int:
    """Show an episode: every subgoal, candidate, energy, verdict; with --json every action too."""
    with opened_store() as store:
        record = store.episode(episode)
    answer(record, as_json=as_json, people=lambda console: show_episode(console, record))
    return 0


@app.command("replay")
def replay_episode(episode: EpisodeId, video: Video = None, as_json: AsJson = False) -> int:
    """Carry an episode's actions out again; exit code 0 when the final state is the recorded one."""
    with opened_store() as store:
        played = replay(store, episode) if video is None else film(store, episode, video)
    answer(played.summary(), as_json=as_json, people=lambda console: show_replay(console, played.summary()))
    return 0 if played.same else 1


@app.command("export")
def export(episode: EpisodeId, out: Archive = None, as_json: AsJson = False) -> int:
    """Write an episode with its images to one file."""
    path = Path(f"{episode}.zip") if out is None else out
    with opened_store() as store:
        data = export_episode(store, episode)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ConfigError("out", f"{path} cannot be written ({error.strerror})", "Name another file.") from error
    record: Record = {"episode": episode, "file": str(path), "bytes": len(data)}
    answer(record, as_json=as_json, people=lambda console: console.print(f"{path}: {len(data)} bytes"))
    return 0


@app.command("import")
def take_in(file: ArchiveFile, as_json: AsJson = False) -> int:
    """Take an exported episode in."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError("file", f"{file} cannot be read ({error.strerror})", "Name an exported episode.") from error
    with opened_store() as store:
        episode = import_episode(store, data)
    record: Record = {"episode": episode}
    answer(record, as_json=as_json, people=lambda console: console.print(episode))
    return 0


@app.command("forget")
def forget(episode: EpisodeId, as_json: AsJson = False) -> int:
    """Forget an episode, its memories, and the images that no other episode names."""
    with opened_store() as store:
        forget_episode(store, episode)
        swept = sweep(store.database, store.artifacts)
    record: Record = {"episode": episode, "files": swept.files}
    answer(record, as_json=as_json, people=lambda console: console.print(f"{episode} is forgotten"))
    return 0


@app.command("clean")
def clean(days: Days = None, as_json: AsJson = False) -> int:
    """Forget episodes older than --days, and remove images that no record names."""
    with opened_store() as store:
        forgotten = 0 if days is None else retain(store, days=days)
        swept = sweep(store.database, store.artifacts)
    record: Record = {"episodes": forgotten, "files": swept.files, "bytes": swept.bytes}
    words = f"{forgotten} episodes forgotten, {swept.files} files with {swept.bytes} bytes removed"
    answer(record, as_json=as_json, people=lambda console: console.print(words))
    return 0

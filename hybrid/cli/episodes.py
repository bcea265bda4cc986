"""``hybrid episodes``: what was done before."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, cast

import typer

from hybrid.base import Json
from hybrid.cli.contracts import answer
from hybrid.cli.options import AsJson, EpisodeId, Video
from hybrid.cli.showing import show_episode, show_episodes, show_replay
from hybrid.config import load_settings
from hybrid.replay import film, replay
from hybrid.store.episodes import SqlStore, open_store

app = typer.Typer(help="Past episodes: list, show, replay.", no_args_is_help=True)

Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many to show.")]
Before = Annotated[str | None, typer.Option("--before", metavar="ID", help="Go on after this one.", show_default=False)]
Status = Annotated[str | None, typer.Option("--status", help="Only those that ended so.", show_default=False)]


@contextmanager
def _store() -> Generator[SqlStore]:
    settings = load_settings()
    store = open_store(settings.database_url, settings.artifact_dir)
    try:
        yield store
    finally:
        store.close()


@app.command("list")
def list_episodes(limit: Limit = 20, before: Before = None, status: Status = None, as_json: AsJson = False) -> int:
    """List episodes, newest first."""
    with _store() as store:
        summaries = store.episodes(limit=limit, before=before, status=status)
    answer(cast("list[Json]", summaries), as_json=as_json, people=lambda console: show_episodes(console, summaries))
    return 0


@app.command("show")
def show(episode: EpisodeId, as_json: AsJson = False) -> int:
    """Show an episode: every subgoal, candidate, energy, verdict; with --json every action too."""
    with _store() as store:
        record = store.episode(episode)
    answer(record, as_json=as_json, people=lambda console: show_episode(console, record))
    return 0


@app.command("replay")
def replay_episode(episode: EpisodeId, video: Video = None, as_json: AsJson = False) -> int:
    """Carry an episode's actions out again; exit code 0 when the final state is the recorded one."""
    with _store() as store:
        played = replay(store, episode) if video is None else film(store, episode, video)
    answer(played.summary(), as_json=as_json, people=lambda console: show_replay(console, played.summary()))
    return 0 if played.same else 1

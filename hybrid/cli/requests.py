"""``hybrid run`` and ``hybrid decompose``: one request in plain words."""

from __future__ import annotations

from hybrid.base import EpisodeResult
from hybrid.bootstrap import build_engine
from hybrid.cli.contracts import answer, decomposition_json, result_json
from hybrid.cli.options import AsJson, Instruction, SceneName, Seed, Video
from hybrid.cli.progress import following
from hybrid.cli.showing import show_decomposition, show_episode
from hybrid.config import load_settings
from hybrid.interruption import Interruption, interruptible
from hybrid.replay import film, refuse_video_path
from hybrid.store.episodes import open_store
from simulator.scene import load_scene


def run(
    instruction: Instruction, scene: SceneName = None, seed: Seed = 0, video: Video = None, as_json: AsJson = False
) -> int:
    """Carry out a request: decompose, plan, check, act, and remember."""
    settings = load_settings(scene=scene)
    table = load_scene(settings.scene)
    if video is not None:
        refuse_video_path(video)
    with interruptible() as interruption, following(quiet=as_json) as listener:
        result = build_engine(settings).run(instruction, table, seed, listener, interruption)
    store = open_store(settings.database_url, settings.artifact_dir)
    try:
        filmed = None if video is None or result.final is None else film(store, result.episode, video)
        record = store.episode(result.episode)
    finally:
        store.close()
    shown = None if filmed is None else video
    answer(result_json(result, shown), as_json=as_json, people=lambda console: show_episode(console, record, shown))
    return exit_code(result, interruption)


def decompose(instruction: Instruction, scene: SceneName = None, seed: Seed = 0, as_json: AsJson = False) -> int:
    """Say what a request means on a scene; nothing moves and nothing is stored."""
    settings = load_settings(scene=scene)
    made = build_engine(settings).decompose(instruction, load_scene(settings.scene), seed)
    answer(decomposition_json(made), as_json=as_json, people=lambda console: show_decomposition(console, made))
    return 0 if made.status in ("planned", "answered") else 1


def exit_code(result: EpisodeResult, interruption: Interruption) -> int:
    """Return 0 when the goal was reached or a question answered, 130 or 143 when a signal ended the episode, else 1."""
    if result.outcome.status in ("reached", "answered"):
        return 0
    if result.outcome.status == "interrupted" and interruption.exit_code is not None:
        return interruption.exit_code
    return 1

"""``hybrid collect`` and ``hybrid train``: play data and the world model made from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hybrid.base import Json
from hybrid.cli.contracts import answer
from hybrid.cli.options import AsJson, Seed, Workers
from hybrid.cli.progress import bar, phases
from hybrid.cli.showing import show_card
from hybrid.evaluation.heldout import refuse_training
from hybrid.training import collect_play, train_preset

Preset = Annotated[str, typer.Option("--preset", help="How much is collected and trained: cpu, or smoke to try.")]
Data = Annotated[Path, typer.Option("--data", help="Folder of the play data; what is missing is collected.")]
Out = Annotated[Path, typer.Option("--out", help="Folder of the checkpoint; an unfinished run there is resumed.")]


def collect(
    out: Annotated[Path, typer.Option("--out", help="Folder of the shards.")] = Path("data/play"),
    preset: Preset = "cpu",
    workers: Workers = 2,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> int:
    """Let the robot play in sampled scenes and write down what it sees and does."""
    refuse_training(seed)
    with bar("playing") as told:
        shards = collect_play(preset, out, workers=workers, seed=seed, progress=told)
    report: Json = {"shards": [str(shard) for shard in shards]}
    answer(report, as_json=as_json, people=lambda console: console.print(f"{len(shards)} shards lie in {out}"))
    return 0


def train(
    preset: Preset = "cpu",
    data: Data = Path("data/play"),
    out: Out = Path("runs/cpu"),
    workers: Workers = 2,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> int:
    """Train the world model, measure it beside its controls on held-out play, and write the checkpoint."""
    refuse_training(seed)
    with bar("playing") as told:
        played = collect_play(preset, data, workers=workers, seed=seed, progress=told)
    with phases() as told_phase:
        card = train_preset(preset, played, out, seed=seed, progress=told_phase)
    answer(card, as_json=as_json, people=lambda console: show_card(console, card))
    return 0

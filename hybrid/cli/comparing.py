"""``hybrid evaluate``: arms on a suite of tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hybrid.cli.contracts import answer, refuse_report_path, write_json
from hybrid.cli.options import Workers
from hybrid.cli.progress import bar
from hybrid.cli.showing import show_evaluation
from hybrid.config import load_settings
from hybrid.evaluation.runner import TEST_SEEDS, evaluate

Suite = Annotated[str, typer.Option("--suite", help="Which tasks.", show_default=False)]
Arms = Annotated[str, typer.Option("--arms", help="Which ways of attempting them, comma-separated.")]
Episodes = Annotated[int, typer.Option("--episodes", help="Tasks an arm.")]
FirstSeed = Annotated[int, typer.Option("--seed", help=f"Of the first task; held-out seeds start at {TEST_SEEDS}.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the whole report there.", show_default=False)]
Tuning = Annotated[bool, typer.Option("--tuning", help="Allow training seeds; nothing may be claimed of the result.")]


def evaluate_arms(
    *,
    suite: Suite,
    arms: Arms = "random,hybrid",
    episodes: Episodes = 100,
    seed: FirstSeed = TEST_SEEDS,
    workers: Workers = 1,
    tuning: Tuning = False,
    file: JsonFile = None,
) -> int:
    """Compare arms on the same tasks, scored by the world's true final state."""
    if file is not None:
        refuse_report_path(file)
    names = [name.strip() for name in arms.split(",") if name.strip()]
    settings = load_settings()
    with bar(suite) as told:
        report = evaluate(
            suite, names, episodes=episodes, seed=seed, settings=settings, workers=workers, tuning=tuning, progress=told
        )
    if file is not None:
        write_json(file, report)
    answer(report, as_json=False, people=lambda console: show_evaluation(console, report))
    return 0

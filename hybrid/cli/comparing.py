"""``hybrid evaluate``, ``report``, ``compare``: arms on suites of tasks; ``ablate``: one part exchanged at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hybrid.cli.contracts import answer, refuse_report_path, write_json
from hybrid.cli.options import Workers
from hybrid.cli.progress import bar
from hybrid.cli.showing import show_evaluation
from hybrid.config import load_settings
from hybrid.evaluation.ablations import ROWS, Study, ablate
from hybrid.evaluation.contrast import contrast
from hybrid.evaluation.heldout import TEST_SEEDS
from hybrid.evaluation.registry import TASKS
from hybrid.evaluation.runner import evaluate
from hybrid.evaluation.study import LONGEST, Comparison, conduct

Suite = Annotated[
    str, typer.Option("--suite", help=f"Which tasks: {', '.join(TASKS)}, FILE.py:NAME.", show_default=False)
]
Arms = Annotated[
    str, typer.Option("--arms", "--arm", help="Which ways of attempting them, comma-separated; FILE.py:NAME is yours.")
]
Episodes = Annotated[int, typer.Option("--episodes", help="Tasks an arm.")]
FirstSeed = Annotated[int, typer.Option("--seed", help=f"Of the first task; held-out seeds start at {TEST_SEEDS}.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the whole report there.", show_default=False)]
Kept = Annotated[
    Path | None,
    typer.Option("--out", help="Keep every attempt there; what is there is not attempted again.", show_default=False),
]
Suites = Annotated[str, typer.Option("--suite", help="Which tasks; several comma-separated.", show_default=False)]
Rows = Annotated[str, typer.Option("--arms", help="Which rows, comma-separated; hybrid is always one.")]
Folder = Annotated[Path, typer.Option("--out", help="Folder of the page and its rows; rows there are not run again.")]
Tuning = Annotated[bool, typer.Option("--tuning", help="Allow training seeds; nothing may be claimed of the result.")]
Controls = Annotated[str, typer.Option("--controls", help="Further arms, on fewer tasks.")]
Few = Annotated[int, typer.Option("--few", help="Tasks for the controls.")]
Films = Annotated[int, typer.Option("--films", help="Videos at most.")]
ReportFolder = Annotated[Path, typer.Option("--out", help="Folder of the report; what is there is not made again.")]
ReportSuites = Annotated[str, typer.Option("--suites", "--suite", help="Which tasks, comma-separated.")]
Run = Annotated[Path, typer.Argument(help="Folder of a report.", show_default=False)]
PageFile = Annotated[Path, typer.Option("--out", help="The page to write.")]
COMPARED = "llm-only,hybrid"
CONTROLS = "nothing,random,llm-subgoals,llm-numbers,llm-feedback,geometry,unchecked,flat"
EVERY_ROW = ",".join(ROWS)


def evaluate_arms(
    *,
    suite: Suite,
    arms: Arms = "random,hybrid",
    episodes: Episodes = 100,
    seed: FirstSeed = TEST_SEEDS,
    workers: Workers = 1,
    tuning: Tuning = False,
    file: JsonFile = None,
    out: Kept = None,
) -> int:
    """Compare arms on the same tasks, scored by the world's true final state."""
    if file is not None:
        refuse_report_path(file)
    names = listed(arms)
    settings = load_settings()
    with bar(suite) as told:
        report = evaluate(
            suite,
            names,
            episodes=episodes,
            seed=seed,
            settings=settings,
            workers=workers,
            tuning=tuning,
            progress=told,
            out=out,
        )
    if file is not None:
        write_json(file, report)
    answer(report, as_json=False, people=lambda console: show_evaluation(console, report))
    return 0


def ablate_parts(
    *,
    suite: Suites,
    arms: Rows = EVERY_ROW,
    episodes: Episodes = 100,
    seed: FirstSeed = TEST_SEEDS,
    workers: Workers = 1,
    tuning: Tuning = False,
    out: Folder,
) -> int:
    """Exchange one part of the product at a time, and write what it was worth as a Markdown page."""
    study = Study(listed(suite), listed(arms), episodes, seed, tuning)
    page = ablate(study, load_settings(), out, workers=workers, told=bar)
    typer.echo(str(page))
    return 0


def report_study(
    *,
    suites: ReportSuites = "place,stack,rearrange,blocksworld,dynamics",
    arms: Arms = COMPARED,
    controls: Controls = CONTROLS,
    episodes: Episodes = 200,
    few: Few = 50,
    seed: FirstSeed = TEST_SEEDS,
    workers: Workers = 2,
    tuning: Tuning = False,
    films: Films = LONGEST,
    out: ReportFolder = Path("out/report"),
) -> int:
    """Compare arms on many suites, and write one page about it; a run that was broken off goes on."""
    study = Comparison(listed(suites), listed(arms), listed(controls), episodes, few, seed, tuning, films)
    typer.echo(str(conduct(study, load_settings(), out, workers=workers, told=bar)))
    return 0


def compare_runs(first: Run, second: Run, *, out: PageFile = Path("comparison.html")) -> int:
    """Write a page about what differs between two reports."""
    typer.echo(str(contrast(first, second, out)))
    return 0


def listed(names: str) -> tuple[str, ...]:
    """Return the comma-separated names."""
    return tuple(name.strip() for name in names.split(",") if name.strip())

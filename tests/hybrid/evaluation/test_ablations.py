"""Ablation studies: rows are run once and kept, strange rows are refused, and the page says what each part is worth."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hybrid.config import Settings
from hybrid.errors import ConfigError
from hybrid.evaluation import ablations
from hybrid.evaluation.ablations import PAGE, ROWS, Study, ablate, farthest_move, least_manipulations
from hybrid.evaluation.registry import ARMS
from hybrid.evaluation.report import Row, report
from hybrid.evaluation.runner import Progress
from hybrid.evaluation.variants import VARIANTS
from simulator.goals import Move
from simulator.tasks import make_task

STUDY = Study(("place", "stack"), ("flat", "exact-twin"), episodes=6, seed=4000, tuning=True)
SOLVED = {"hybrid": 6, "flat": 3, "exact-twin": 6}


def solved(arm: str, seed: int) -> bool:
    return seed - 4000 < SOLVED[arm]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Let arms solve as many tasks as told, and note what was run."""
    calls: list[tuple[str, str]] = []

    def evaluated(suite: str, arms: list[str], *, episodes: int, seed: int, **_: object) -> dict:
        calls.append((suite, arms[0]))
        rows = [
            Row(
                seed=number,
                kind="",
                instruction="do it",
                status="reached",
                success=solved(arms[0], number),
                partial=1.0,
                plan_valid=True,
                planner_share=1.0,
                plan_ms=(20.0, 40.0),
                language_calls=1,
                checks=1,
                milliseconds=90.0,
                reason=None,
                steps=(30 if arms[0] == "flat" else 20) + number % 2,
            )
            for number in range(seed, seed + episodes)
        ]
        return report(suite, seed, {arms[0]: rows})

    monkeypatch.setattr(ablations, "evaluate", evaluated)
    return calls


@contextmanager
def quiet(label: str) -> Iterator[Progress]:
    yield lambda done, total: None


def run(study: Study, folder: Path) -> str:
    page = ablate(study, Settings(), folder, workers=1, told=quiet)
    assert page == folder / PAGE
    return page.read_text(encoding="utf-8")


def cells(page: str, suite: str, arm: str) -> list[str]:
    """Return the cells of the line of ``arm`` in the first table of ``suite`` that has one."""
    part = page.split(f"## {suite}\n", 1)[1]
    line = next(line for line in part.splitlines() if line.startswith(f"| {arm} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_every_row_is_an_arm_and_every_variant_a_row() -> None:
    assert set(VARIANTS) < set(ROWS) <= set(ARMS)
    assert len(set(ROWS)) == len(ROWS)


def test_the_reference_is_run_first_and_the_page_compares_with_it(tmp_path: Path, asked: list[tuple[str, str]]) -> None:
    page = run(STUDY, tmp_path)
    assert asked == [(suite, arm) for arm in ("hybrid", "flat", "exact-twin") for suite in STUDY.suites]
    assert cells(page, "place", "flat")[2:8] == [
        "50.0 %",
        "[18.8, 81.2]",
        "6",
        "30 / 40",
        "-50.0 points",
        "0.125 (3 / 0)",
    ]
    assert cells(page, "place", "flat")[8] == "30.3, +10.0 [+10.0, +10.0]", "of the three tasks both solved"
    assert cells(page, "place", "flat")[9] == (
        "`hybrid evaluate --suite place --arms hybrid,flat --episodes 6 --seed 4000 --tuning`"
    )
    assert cells(page, "stack", "exact-twin *")[6:9] == ["+0.0 points", "1.000 (0 / 0)", "–"]
    assert cells(page, "place", "hybrid")[6:9] == ["–", "–", "20.5"]
    assert "nothing is claimed" in page


def test_rows_that_are_there_are_not_run_again(tmp_path: Path, asked: list[tuple[str, str]]) -> None:
    first = run(STUDY, tmp_path)
    asked.clear()
    assert run(STUDY, tmp_path) == first
    assert asked == []
    (tmp_path / "stack" / "flat.json").unlink()
    assert run(STUDY, tmp_path) == first
    assert asked == [("stack", "flat")]


def test_the_page_has_the_rows_of_earlier_calls_too(tmp_path: Path, asked: list[tuple[str, str]]) -> None:
    run(replace(STUDY, arms=("flat",)), tmp_path)
    page = run(replace(STUDY, arms=("exact-twin",)), tmp_path)
    assert "| flat |" in page
    assert "| exact-twin * |" in page
    assert asked.count(("place", "hybrid")) == 1


def test_an_interrupted_study_leaves_the_page_of_what_was_done(
    tmp_path: Path, asked: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ablations.evaluate

    def interrupted(suite: str, arms: list[str], **given: int) -> dict:
        if arms == ["flat"]:
            raise KeyboardInterrupt
        return whole(suite, arms, **given)

    monkeypatch.setattr(ablations, "evaluate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(STUDY, tmp_path)
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert "| hybrid |" in page
    assert "| flat |" not in page


def test_success_is_told_by_number_of_manipulations(tmp_path: Path, asked: list[tuple[str, str]]) -> None:
    page = run(replace(STUDY, suites=("stack",)), tmp_path)
    table = page.split("### By number of manipulations")[1].splitlines()
    assert table[2] == "| arm | 2 |"
    assert table[5] == "| flat | 50 % [19, 81], n = 6 |"
    assert {least_manipulations(make_task("stack", 4000 + k)) for k in range(6)} == {2}


def test_success_is_told_by_the_longest_move(tmp_path: Path, asked: list[tuple[str, str]]) -> None:
    page = run(replace(STUDY, suites=("stack",)), tmp_path)
    table = page.split("### By longest move")[1].splitlines()
    distances = [farthest_move(make_task("stack", 4000 + k)) for k in range(6)]
    heads = [cell.strip() for cell in table[2].strip("|").split("|")][1:]
    assert heads == [f"{d}–{d + 10} cm" if d < 30 else "30 cm or more" for d in sorted({stride(d) for d in distances})]
    counts = [int(cell.split("n = ")[1]) for cell in table[4].strip("| ").split("|")[1:]]
    assert sum(counts) == 6


def stride(distance: float) -> int:
    return min(30, 10 * int(distance * 10))


def test_the_longest_move_is_measured_from_where_a_thing_was_put_last() -> None:
    task = make_task("stack", 4000)
    (first, *_), start = task.witness, {thing.id: thing.position for thing in task.scene.things}
    there = Move(first.thing, (0.2, 0.2, 0.02))
    back = Move(first.thing, (-0.2, -0.1, 0.02))
    assert farthest_move(replace(task, witness=(there, back))) == pytest.approx(0.5)
    alone = farthest_move(replace(task, witness=(there,)))
    assert alone == pytest.approx(math.dist(start[first.thing][:2], (0.2, 0.2)))


@pytest.mark.parametrize(
    ("field", "study"),
    [
        ("arms", replace(STUDY, arms=("telepathy",))),
        ("suite", replace(STUDY, suites=())),
        ("suite", replace(STUDY, suites=("place", "place"))),
        ("suite", replace(STUDY, suites=("juggle",))),
        ("seed", replace(STUDY, tuning=False)),
        ("episodes", replace(STUDY, episodes=0)),
    ],
)
def test_bad_studies_are_refused_by_name(
    tmp_path: Path, asked: list[tuple[str, str]], field: str, study: Study
) -> None:
    with pytest.raises(ConfigError) as caught:
        run(study, tmp_path)
    assert caught.value.field == field
    assert asked == []


@pytest.mark.parametrize("change", [{"seed": 4001}, {"episodes": 5}])
def test_rows_of_another_study_are_refused(tmp_path: Path, asked: list[tuple[str, str]], change: dict) -> None:
    run(STUDY, tmp_path)
    with pytest.raises(ConfigError, match="other seeds, episodes or weights"):
        run(replace(STUDY, **change), tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"seed": 4000})])
def test_what_is_no_row_is_refused(tmp_path: Path, asked: list[tuple[str, str]], text: str) -> None:
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "flat.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="not a row of an ablation"):
        run(STUDY, tmp_path)


def test_a_row_that_lacks_what_the_page_reads_is_refused(tmp_path: Path, asked: list[tuple[str, str]]) -> None:
    run(STUDY, tmp_path)
    file = tmp_path / "place" / "flat.json"
    row = json.loads(file.read_text(encoding="utf-8"))
    del row["distances"]
    file.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(ConfigError, match="not a row of an ablation"):
        run(STUDY, tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path, asked: list[tuple[str, str]]) -> None:
    (tmp_path / "page").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="is a file"):
        run(STUDY, tmp_path / "page")


def test_the_floor_is_really_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ablations, "REFERENCE", "random")
    study = Study(("place",), ("random",), episodes=1, seed=4000, tuning=True)
    page = ablate(study, Settings(max_attempts=1), tmp_path, workers=1, told=quiet).read_text(encoding="utf-8")
    assert "| random | random control steps |" in page

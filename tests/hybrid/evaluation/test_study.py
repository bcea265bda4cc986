"""The report of a whole comparison: resumable, self-contained, its commands true; and the page about two of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from contextlib import nullcontext
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hybrid.base import Json
from hybrid.cli.main import main
from hybrid.config import Settings
from hybrid.errors import ConfigError
from hybrid.evaluation.contrast import contrast
from hybrid.evaluation.failures import CAUSES
from hybrid.evaluation.films import worth_watching
from hybrid.evaluation.page import page
from hybrid.evaluation.report import Row, report, without_times
from hybrid.evaluation.study import Comparison, conduct

OWN = """
import numpy as np
from hybrid.evaluation.base import Attempt

class Waver:
    def __init__(self, settings):
        pass

    def attempt(self, task, world):
        for k in range(6):
            world.step(np.array([-0.02, 0.01 * (-1) ** k, -0.02, 0.0]))
        return Attempt("unmet", "it only waved")
"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VOID = {"meta", "path", "rect", "circle", "br", "img"}


class Strict(HTMLParser):
    """Every element is closed where it should be, and nothing is loaded from anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []
        self.counts: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID or tag in ("rect", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def looked_at(html: str) -> Strict:
    parser = Strict()
    parser.feed(html)
    assert parser.open == []
    assert [link for link in parser.loaded if not link.startswith(("#", "data:"))] == []
    return parser


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, Path]:
    """A small study of floors and an arm of one's own, with a video."""
    folder = tmp_path_factory.mktemp("study")
    own = folder / "own.py"
    own.write_text(OWN, encoding="utf-8")
    study = Comparison(
        ("place", "push"), ("nothing", f"{own}:Waver"), ("random",), episodes=3, few=2, seed=40, tuning=True, films=1
    )
    conduct(study, Settings(max_attempts=1), folder / "out", workers=1, told=lambda _: nullcontext(lambda *_: None))
    return study, folder / "out"


def test_the_page_is_one_file_with_plots_tables_and_a_video(made: tuple[Comparison, Path]) -> None:
    html = (made[1] / "index.html").read_text(encoding="utf-8")
    parser = looked_at(html)
    assert parser.counts["video"] == 1
    assert parser.counts["svg"] >= 4
    assert "nothing may be claimed of this" in html
    for words in ("Waver", "torch", "processor", "world_model", made[0].command):
        assert words in unescape(html)


def test_the_json_holds_every_figure_with_its_seeds_versions_and_hardware(made: tuple[Comparison, Path]) -> None:
    body = json.loads((made[1] / "report.json").read_text(encoding="utf-8"))
    place = body["suites"]["place"]
    assert (place["seed"], place["arms"]["nothing"]["n"], place["arms"]["random"]["n"]) == (40, 3, 2)
    assert place["mcnemar"]["nothing:random"]["n"] == 2
    assert set(place["arms"]["Waver"]) >= {
        "by_length",
        "by_kind",
        "failures",
        "checks",
        "language_calls",
        "planner_share",
    }
    assert body["circumstances"]["packages"]["torch"]
    assert (made[1] / "videos" / body["films"][0]["file"]).stat().st_size > 1000


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine to open the page with")
def test_a_browser_shows_the_page(made: tuple[Comparison, Path], tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1100,1400"]
    page_address = (made[1] / "index.html").as_uri()
    command = [
        str(CHROMIUM),
        *flags,
        f"--user-data-dir={tmp_path / 'browser'}",
        f"--screenshot={picture}",
        page_address,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with Image.open(picture) as shown:
        assert shown.size == (1100, 1400)
        colours = shown.convert("RGB").getcolors(maxcolors=1_000_000)
    assert colours is not None
    assert len(colours) > 50, "headings, tables and bars in colour"
    assert max(count for count, _ in colours) < 0.98 * 1100 * 1400, "an empty page is no report"


def test_a_figure_is_made_again_by_the_command_beside_it(
    made: tuple[Comparison, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = unescape((made[1] / "index.html").read_text(encoding="utf-8"))
    commands = [
        line for line in re.findall(r"<code>(hybrid evaluate [^<]*)</code>", html) if "random --episodes 2" in line
    ]
    assert commands
    assert any("--arms random --episodes 2" in line for line in commands), "a control's figures are of its own tasks"
    monkeypatch.setenv("HYBRID_MAX_ATTEMPTS", "1")
    assert main([*commands[0].split()[1:], "--json", str(tmp_path / "again.json")]) == 0
    again = json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))
    first = json.loads((made[1] / "report.json").read_text(encoding="utf-8"))["suites"][again["suite"]]
    assert without_times(again["arms"]["random"]) == without_times(first["arms"]["random"])


def test_a_study_that_is_run_again_makes_nothing_again(made: tuple[Comparison, Path]) -> None:
    study, out = made
    before = {file: file.stat().st_mtime_ns for file in out.rglob("*/*") if file.suffix in (".json", ".mp4")}
    figures = json.loads((out / "report.json").read_text(encoding="utf-8"))
    conduct(study, Settings(max_attempts=1), out, workers=1, told=lambda _: nullcontext(lambda *_: None))
    assert {file: file.stat().st_mtime_ns for file in out.rglob("*/*") if file.suffix in (".json", ".mp4")} == before
    assert json.loads((out / "report.json").read_text(encoding="utf-8")) == figures


def test_two_runs_are_compared_task_by_task(made: tuple[Comparison, Path], tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(made[1], other)
    body = json.loads((other / "report.json").read_text(encoding="utf-8"))
    rows = body["suites"]["place"]["episodes"]["Waver"]
    rows[1]["success"], rows[2]["success"] = True, True
    body["circumstances"]["packages"]["torch"] = "9.9"
    (other / "report.json").write_text(json.dumps(body), encoding="utf-8")
    html = contrast(made[1], other, tmp_path / "both.html").read_text(encoding="utf-8")
    looked_at(html)
    assert "+66.7" in html
    assert "41, 42" in html
    assert "9.9" in html


def test_a_folder_without_a_report_cannot_be_compared(made: tuple[Comparison, Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        contrast(made[1], tmp_path, tmp_path / "both.html")
    assert caught.value.field == "second"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("suites", {"suites": ("place", "place")}),
        ("suites", {"suites": ()}),
        ("few", {"few": 0}),
        ("episodes", {"episodes": 0}),
        ("seed", {"tuning": False}),
        ("arms", {"controls": ("nothing",)}),
    ],
)
def test_bad_studies_are_refused_by_name(tmp_path: Path, field: str, change: dict) -> None:
    good = {"suites": ("place",), "arms": ("nothing",), "controls": (), "episodes": 1, "seed": 1, "tuning": True}
    with pytest.raises(ConfigError) as caught:
        conduct(Comparison(**{**good, **change}), Settings(), tmp_path, workers=1, told=lambda _: nullcontext(print))
    assert caught.value.field == field


def row(seed: int, *, success: bool, failure: str | None = None, steps: int = 30) -> Row:
    return Row(
        seed, "on", "Put <it> there & wait.", "unmet", success, float(success), True, 1.0, (12.0,), 1, 2, 900.0,
        "a <b> reason", length=1 + seed % 3, steps=steps, failure=failure,
    )  # fmt: skip


def test_a_page_of_any_figures_is_sound_html_and_shows_them() -> None:
    rng = np.random.default_rng(0)
    outcomes = {arm: rng.random(40) < rate for arm, rate in (("nothing", 0.0), ("llm-only", 0.4), ("hybrid", 0.95))}
    rows = {
        arm: [row(k, success=bool(s), failure=None if s else CAUSES[k % 6]) for k, s in enumerate(solved)]
        for arm, solved in outcomes.items()
    }
    suites: dict[str, dict[str, Json]] = {"place": report("place", 500_000, rows) | {"spec": "place"}}
    body = {
        "command": "hybrid report", "tuning": False, "specs": {}, "suites": suites, "films": [],
        "circumstances": {"python": "3.11", "packages": {}},
    }  # fmt: skip
    html = page(body, {})
    looked_at(html)
    assert f"{100 * outcomes['hybrid'].mean():.1f} %" in html
    assert "hybrid evaluate --suite place --arms hybrid,llm-only --episodes 40 --seed 500000" in html
    assert "manipulations the task takes at least" in html


def test_one_attempt_of_every_outcome_is_worth_watching() -> None:
    rows = {
        "hybrid": [row(1, success=True), row(2, success=True), row(3, success=False, failure="search", steps=0),
                   row(4, success=False, failure="model"), row(5, success=False, failure="model")],
        "llm-only": [row(1, success=False, failure="language")],
    }  # fmt: skip
    seen: set[tuple[str, str]] = set()
    chosen = worth_watching(rows, ("hybrid", "llm-only"), seen)
    assert [(arm, shown.seed) for arm, shown in chosen] == [("hybrid", 1), ("hybrid", 4), ("llm-only", 1)]
    assert worth_watching(rows, ("hybrid", "llm-only"), seen) == [], "each once over all suites"

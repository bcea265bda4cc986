"""Arms, suites and language models by name: ours, and those of the file that the README shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hybrid.config import Settings
from hybrid.errors import ConfigError
from hybrid.evaluation.language_arms import LanguageArm
from hybrid.evaluation.registry import ARMS, TASKS, build_arm, build_suite, named
from hybrid.evaluation.runner import evaluate, study_digest
from hybrid.evaluation.shards import read_shard, shard_path

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The file that the README shows, word for word."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("### Your own arm")[1]
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert code is not None
    assert len([line for line in code[1].splitlines() if line.strip()]) <= 40
    file = tmp_path / "mine.py"
    file.write_text(code[1], encoding="utf-8")
    return file


def test_the_file_of_the_readme_brings_an_arm_a_suite_and_a_language_model(mine: Path, tmp_path: Path) -> None:
    arms = [f"{mine}:Poker", f"llm-only={mine}:parrot"]
    settings, out = Settings(), tmp_path / "out"
    report = evaluate(f"{mine}:reds", arms, episodes=1, seed=3, settings=settings, tuning=True, out=out)
    assert report["suite"] == "reds"
    assert list(report["arms"]) == ["Poker", "llm-only=parrot"]
    (poked,) = report["episodes"]["Poker"]
    assert poked["reason"].startswith("poked ")
    assert poked["steps"] > 5
    (said,) = report["episodes"]["llm-only=parrot"]
    assert said["language_calls"] == 1
    assert f"{mine}:reds" in report["command"]
    kept = read_shard(shard_path(out, "reds", "llm-only=parrot", 3), study_digest(f"{mine}:reds", arms[1], settings))
    assert kept is not None
    written = kept.log[0]
    assert written["event"] == "written"
    assert said["instruction"] in str(written["prompt"]), "the prompt, the answer and what was read are kept"
    assert written["output"] in ("put the red cube aside", "nothing to do")
    assert json.loads(json.dumps(written["steps"])) == written["steps"]


def test_a_changed_file_is_another_study(mine: Path) -> None:
    settings = Settings()
    before = study_digest("place", f"{mine}:Poker", settings)
    assert before == study_digest("place", f"{mine}:Poker", settings)
    mine.write_text(mine.read_text(encoding="utf-8").replace("0.05", "0.06"), encoding="utf-8")
    assert before != study_digest("place", f"{mine}:Poker", settings)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("telepathy", "there is no arm 'telepathy'"),
        ("nowhere.py:Arm", "there is no file"),
        ("{file}:missing", "defines no missing"),
        ("{file}:parrot", "has no attempt"),
        ("llm-only=nothing", "names no model"),
        ("llm-only=nowhere.py:parrot", "names no model"),
        ("recorded=nowhere.json", "there is no file"),
        ("hybrid=twice", "takes nothing"),
        ("llm-subgoals={file}:parrot", "takes nothing"),
    ],
)
def test_what_is_no_arm_is_refused_with_a_remedy(mine: Path, spec: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        build_arm(spec.format(file=mine), Settings())
    assert caught.value.field == "arms"
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("spec", "form", "retries", "writer"),
    [
        ("llm-only", "names", 0, "embedded-plans-"),
        ("llm-numbers", "numbers", 0, "embedded-plans-"),
        ("llm-feedback", "names", 3, "embedded-plans-"),
        ("llm-subgoals", "names", 0, "(subgoals as steps)"),
    ],
)
def test_the_embedded_backend_writes_the_plans_of_every_arm_of_a_language_model(
    tmp_path: Path, spec: str, form: str, retries: int, writer: str
) -> None:
    made = build_arm(spec, Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}", artifact_dir=tmp_path))
    assert isinstance(made, LanguageArm)
    assert (made.form, made.retries) == (form, retries)
    assert writer in made.writer.name
    assert (made.goals is not None) == bool(retries), "only a verdict needs to know what is wanted"


@pytest.mark.parametrize("spec", ["juggle", "planbench", "planbench=nowhere.json", "nowhere.py:suite"])
def test_what_is_no_suite_is_refused_with_a_remedy(spec: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build_suite(spec)
    assert caught.value.field == "suite"
    assert caught.value.remedy


def test_a_file_that_cannot_be_loaded_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text("import nothing_of_this_name\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"broken\.py cannot be loaded"):
        build_arm(f"{file}:Arm", Settings())


def test_labels_are_short_and_nothing_of_ones_own_is_privileged(tmp_path: Path) -> None:
    mine, answers = tmp_path / "mine.py", tmp_path / "gpt-4_chat" / "task.json"
    answers.parent.mkdir()
    mine.write_text("def parrot(prompt: str) -> str:\n    return prompt\n")
    answers.write_text("{}")
    assert named(f"llm-only={mine}:parrot", ARMS, "arms").label == "llm-only=parrot"
    assert named(f"recorded={answers}", ARMS, "arms").label == "recorded=gpt-4_chat/task.json"
    assert named("oracle", ARMS, "arms").privileged
    assert not named(f"{__file__}:oracle", ARMS, "arms").privileged
    assert {"place", "chains", "planbench", "language"} <= set(TASKS)


def test_requests_of_people_that_mean_one_arrangement_are_tasks() -> None:
    suite = build_suite(f"language={ROOT / 'tests/hybrid/language/people.json'}")
    assert (suite.size or 0) > 100
    task = suite.task(500_000)
    assert task == suite.task(500_000)
    assert task.witness
    assert suite.task(500_000 + (suite.size or 0)).instruction == task.instruction

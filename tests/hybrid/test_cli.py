"""The command line: contracts of its JSON, exit codes, errors by field and remedy, replays, interruption."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from hybrid.bootstrap import build_engine
from hybrid.cli import requests
from hybrid.cli.main import main
from hybrid.config import Settings, load_settings
from hybrid.store.episodes import open_store
from tests.hybrid.scripted import ScriptedEngine
from world_model.checkpoint import DEFAULT


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A store of one's own, and an engine without models behind the commands."""
    monkeypatch.setenv("HYBRID_DATABASE_URL", f"sqlite:///{tmp_path / 'hybrid.db'}")
    monkeypatch.setenv("HYBRID_ARTIFACT_DIR", str(tmp_path / "artifacts"))
    monkeypatch.setattr(requests, "build_engine", ScriptedEngine)
    return load_settings()


@pytest.fixture
def hybrid(capsys: pytest.CaptureFixture[str]):
    """Run a command with --json and return (exit code, what it answered)."""

    def run(*arguments: str) -> tuple[int, object]:
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_reached_goal_exits_0_and_answers_by_contract(hybrid) -> None:
    code, answer = hybrid("run", "put the red block on the blue block", "--scene", "demo", "--seed", "7")
    assert code == 0
    assert set(answer) == {
        "status", "episode", "subgoals", "attempts", "checks", "planner_share", "milliseconds", "reason",
    }  # fmt: skip
    assert (answer["status"], answer["attempts"], answer["checks"], answer["planner_share"]) == ("reached", 1, 1, 1.0)
    assert answer["milliseconds"] == {"decompose": 1.2, "plan": 3.0, "check": 2.0, "act": 4.0}
    assert answer["reason"] is None


@pytest.mark.parametrize(
    ("instruction", "status", "reason"),
    [
        ("fail at it", "unmet", "unmet after 30 steps"),
        ("which one", "question", "Which red cube?"),
        ("move the purple block", "refused", "there is no purple block on the table"),
    ],
)
def test_what_is_not_reached_exits_1_with_the_reason(hybrid, instruction: str, status: str, reason: str) -> None:
    code, answer = hybrid("run", instruction)
    assert (code, answer["status"], answer["reason"]) == (1, status, reason)


def test_a_decomposition_answers_by_contract(hybrid) -> None:
    code, answer = hybrid("decompose", "put the red block on the blue block", "--scene", "demo")
    assert code == 0
    assert answer == {
        "status": "planned",
        "subgoals": [
            {
                "predicate": "on",
                "words": "put the red cube on the blue cube",
                "facts": [["on", "red_cube_1", "blue_cube_1"]],
            }
        ],
        "constraints": [["keep", "yellow_cube_1"]],
        "message": None,
        "backend": "scripted 1",
        "milliseconds": 1.2,
    }


def test_a_question_comes_with_its_choices_and_exits_1(hybrid) -> None:
    code, answer = hybrid("decompose", "which one")
    assert (code, answer["status"], answer["choices"]) == (1, "question", ["the left one", "the right one"])


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["run", "hello", "--scene", "nowhere"], "scene"),
        (["run", "hello", "--video", "film.txt"], "video"),
        (["run", "hello", "--video", "no/such/folder/film.gif"], "video"),
        (["run", "hello", "--seed", "-1"], "seed"),
        (["run", "hello", "--seed", "many"], "seed"),
        (["run", "hello", "--sead", "1"], "--sead"),
        (["run"], "instruction"),
        (["sing"], "command line"),
        (["episodes", "show", "20000101-000000-aaaaaa"], "episode"),
        (["episodes", "list", "--limit", "0"], "limit"),
        (["collect", "--preset", "huge"], "preset"),
    ],
)
def test_bad_input_exits_2_and_names_field_and_remedy(hybrid, arguments: list[str], field: str) -> None:
    code, answer = hybrid(*arguments)
    assert code == 2
    assert answer["error"]["field"] == field
    assert answer["error"]["problem"]
    assert answer["error"]["remedy"]


@pytest.mark.parametrize("change", ["--suite juggle", "--arms telepathy", "--episodes 0", "--seed 7"])
def test_a_bad_evaluation_is_refused_before_it_starts(tmp_path: Path, capsys, change: str) -> None:
    file = tmp_path / "report.json"
    good = ["evaluate", "--suite", "place", "--arms", "random", "--episodes", "1", "--seed", "500000"]
    assert main([*good, *change.split(), "--json", str(file)]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["field"] == change.split()[0].removeprefix("--")
    assert not file.exists()


def test_a_bad_ablation_is_refused_before_it_starts(tmp_path: Path, capsys) -> None:
    command = ["ablate", "--suite", "place,juggle", "--episodes", "1", "--out", str(tmp_path / "out")]
    assert main(command) == 2
    assert capsys.readouterr().err.startswith("suite: there is no suite 'juggle'")
    assert not (tmp_path / "out").exists()


def test_errors_for_people_go_to_stderr(capsys) -> None:
    assert main(["run", "hello", "--scene", "nowhere"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("scene: there is no readable scene 'nowhere'")
    assert "demo" in captured.err


def without_a_field(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text())
    del card["config"]["cameras"][0]["fov"]
    (folder / "card.json").write_text(json.dumps(card))


def with_one_graph_over_another(folder: Path) -> None:
    shutil.copy(folder / "block.onnx", folder / "where.onnx")


@pytest.mark.parametrize(
    ("damage", "field"),
    [(without_a_field, "checkpoint.config.cameras[0].fov"), (with_one_graph_over_another, "checkpoint.where")],
)
def test_a_damaged_checkpoint_exits_2_and_names_what_is_damaged(
    hybrid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None], field: str
) -> None:
    damage(Path(shutil.copytree(DEFAULT, tmp_path / "checkpoint")))
    monkeypatch.setattr(requests, "build_engine", build_engine)
    monkeypatch.setenv("HYBRID_CHECKPOINT", str(tmp_path / "checkpoint"))
    code, answer = hybrid("run", "put the red block on the blue block")
    assert code == 2
    assert answer["error"]["field"] == field
    assert "hybrid train" in answer["error"]["remedy"]


def test_nothing_is_stored_when_the_input_is_bad(settings: Settings, hybrid) -> None:
    hybrid("run", "hello", "--scene", "nowhere")
    hybrid("run", "hello", "--video", "film.txt")
    assert hybrid("episodes", "list") == (0, [])


def test_an_evaluation_writes_its_report_whole(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYBRID_MAX_ATTEMPTS", "1")
    file = tmp_path / "report.json"
    command = ["evaluate", "--suite", "place", "--arms", "random", "--episodes", "2", "--seed", "500000"]
    assert main([*command, "--json", str(file)]) == 0
    report = json.loads(file.read_text(encoding="utf-8"))
    assert (report["suite"], report["seed"], report["arms"]["random"]["n"]) == ("place", 500_000, 2)
    assert "random" in capsys.readouterr().out
    assert list(tmp_path.glob("*.partial")) == []


def test_a_report_that_cannot_be_written_is_refused_before_hours_of_work(tmp_path: Path, capsys) -> None:
    command = ["evaluate", "--suite", "place", "--arms", "random", "--episodes", "100000", "--seed", "500000"]
    assert main([*command, "--json", str(tmp_path / "no" / "report.json")]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["field"] == "json"


def test_episodes_are_listed_shown_and_replayed_to_the_same_state(hybrid) -> None:
    _, first = hybrid("run", "put the red block on the blue block", "--seed", "1")
    _, second = hybrid("run", "fail at it", "--seed", "2")
    assert [summary["episode"] for summary in hybrid("episodes", "list")[1]] == [second["episode"], first["episode"]]
    assert [s["episode"] for s in hybrid("episodes", "list", "--status", "unmet")[1]] == [second["episode"]]
    code, record = hybrid("episodes", "show", first["episode"])
    assert code == 0
    assert (len(record["subgoals"]), len(record["attempts"]), len(record["steps"])) == (1, 1, 30)
    assert record["attempts"][0]["energy"] == 0.25
    assert record["attempts"][0]["verdict"]["code"] == "accepted"
    code, replayed = hybrid("episodes", "replay", first["episode"])
    assert (code, replayed) == (0, {"episode": first["episode"], "steps": 30, "same": True, "deviation": 0.0})


def test_a_record_that_was_changed_does_not_replay_to_the_same_state(hybrid, settings: Settings) -> None:
    _, answer = hybrid("run", "put the red block on the blue block")
    store = open_store(settings.database_url, settings.artifact_dir)
    record = store.episode(answer["episode"])
    things = record["final"]["things"]
    things[0]["position"][0] += 0.001
    with store.database.write() as session:
        session.connection().exec_driver_sql("UPDATE episodes SET final = ?", (json.dumps(record["final"]),))
    store.close()
    code, replayed = hybrid("episodes", "replay", answer["episode"])
    assert (code, replayed["same"]) == (1, False)
    assert replayed["deviation"] == pytest.approx(0.001)


def test_a_run_can_be_filmed_and_the_film_is_kept_with_it(hybrid, settings: Settings, tmp_path: Path) -> None:
    film = tmp_path / "film.gif"
    _, answer = hybrid("run", "put the red block on the blue block", "--video", str(film))
    assert answer["video"] == str(film)
    assert film.read_bytes().startswith(b"GIF8")
    store = open_store(settings.database_url, settings.artifact_dir)
    kept = store.video(answer["episode"])
    store.close()
    assert kept is not None
    assert kept.read_bytes() == film.read_bytes()


def test_people_see_subgoals_energies_verdicts_and_where_the_episode_lies(capsys) -> None:
    assert main(["run", "put the red block on the [bold]blue block", "--seed", "3"]) == 0
    shown = capsys.readouterr().out
    for said in (
        "[bold]blue",
        "put the red cube on the blue cube",
        "0.25",
        "it ends as imagined",
        "plan 3 ms",
        "episode 2",
    ):
        assert said in shown


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_a_complete_record_marked_interrupted(
    hybrid, settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int, code: int
) -> None:
    monkeypatch.setattr(ScriptedEngine, "waiting", lambda self: os.kill(os.getpid(), number))
    ended, answer = hybrid("run", "wait for me")
    assert (ended, answer["status"]) == (code, "interrupted")
    store = open_store(settings.database_url, settings.artifact_dir)
    record = store.episode(answer["episode"])
    store.close()
    assert (record["status"], record["finished_at"] is not None) == ("interrupted", True)
    assert len(record["steps"]) >= 30
    assert record["final"] is not None

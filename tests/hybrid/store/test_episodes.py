"""Covers hybrid.store.episodes: complete records, exact replay, rounds, endings, and what a killed process leaves."""

import json
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from hybrid.base import AttemptRecord
from hybrid.errors import EpisodeNotFoundError, StoreError, StoreMissingError
from hybrid.store.episodes import open_store
from hybrid.store.records import scene_of
from tests.hybrid.store.samples import (
    FINAL,
    SCENE,
    SENTENCE,
    attempt,
    begin,
    decomposition,
    observation,
    outcome,
    plan,
    steps,
    whole_episode,
)


def test_report_holds_every_subgoal_attempt_energy_verdict_and_action(store):
    report = store.episode(whole_episode(store))
    assert report["instruction"] == SENTENCE
    assert (report["status"], report["seed"], report["models"]) == ("reached", 7, {"world_model": "cpu-1"})
    assert report["settings"] == {"plan_depth": 3}
    assert report["subgoals"][0]["facts"] == [["on", "red_cube_1", "blue_cube_1"]]
    assert report["subgoals"][0]["status"] == "reached"
    assert report["decompositions"][0]["constraints"] == [["keep", "blue_cube_1"]]
    [tried] = report["attempts"]
    assert (tried["energy"], tried["first_energy"], tried["executed"]) == (0.031, 0.047, True)
    assert tried["trace"][0]["energies"] == [0.031, 0.2]
    assert tried["verdict"]["code"] == "accepted"
    assert tried["manipulations"][0]["thing"] == "red_cube_1"
    assert [step["chosen_by"] for step in report["steps"]] == ["planner"] * 5
    assert report["final"]["upright"] == [1.0, 0.999]
    assert report["outcome"]["milliseconds"] == {"plan": 23.5, "act": 80.0}


def test_report_is_json_and_survives_it_bit_for_bit(store):
    episode = whole_episode(store)
    report = json.loads(json.dumps(store.episode(episode), allow_nan=False))
    recorded = np.stack([step.action for step in steps()])
    from_report = np.array([step["action"] for step in report["steps"]], dtype=np.float32)
    assert from_report.tobytes() == recorded.tobytes()
    assert store.actions(episode).tobytes() == recorded.tobytes()
    sensed = np.array([step["proprioception"] for step in report["steps"]], dtype=np.float32)
    assert sensed.tobytes() == np.stack([step.proprioception for step in steps()]).tobytes()
    planned = np.array(report["attempts"][0]["actions"], dtype=np.float32)
    assert planned.tobytes() == plan().actions.tobytes()
    assert [step["surprise"] for step in report["steps"]] == [step.surprise for step in steps()]
    assert scene_of(report["scene"]) == SCENE


def test_images_come_back_bit_for_bit(store):
    [seen] = store.observations(whole_episode(store))
    assert seen.rgb.tobytes() == observation().rgb.tobytes()
    assert seen.elevation.tobytes() == observation().elevation.tobytes()
    assert seen.proprioception.tobytes() == observation().proprioception.tobytes()


def test_numbers_that_json_cannot_say_become_null(store):
    episode = begin(store)
    worst = plan(energy=float("inf"))
    store.record_attempt(episode, AttemptRecord(0, 0, worst, None, executed=False))
    report = store.episode(episode)
    assert report["attempts"][0]["energy"] is None
    assert report["attempts"][0]["verdict"] is None
    json.dumps(report, allow_nan=False)


def test_recording_the_same_candidate_again_completes_it(store):
    episode = begin(store)
    store.record_attempt(episode, AttemptRecord(0, 0, plan(), None, executed=False))
    assert store.episode(episode)["attempts"][0]["verdict"] is None
    store.record_attempt(episode, attempt())
    store.record_attempt(episode, attempt(executed=True))
    [tried] = store.episode(episode)["attempts"]
    assert tried["verdict"]["accepted"] is True
    assert tried["executed"] is True


def test_candidates_of_one_attempt_are_kept_apart_by_their_actions(store):
    episode = begin(store)
    store.record_attempt(episode, attempt(seed=0))
    store.record_attempt(episode, attempt(seed=1, accepted=False))
    assert [tried["verdict"]["accepted"] for tried in store.episode(episode)["attempts"]] == [True, False]


def test_a_second_decomposition_opens_a_round_of_its_own(store):
    episode = begin(store)
    store.record_decomposition(episode, decomposition())
    store.record_subgoal(episode, 0, "unmet", -0.031, "unmet by 3.1 cm")
    store.record_decomposition(episode, decomposition(count=2))
    store.record_attempt(episode, attempt(subgoal=1))
    store.record_subgoal(episode, 0, "reached", 0.002, None)
    report = store.episode(episode)
    assert [(entry["round"], entry["subgoal"], entry["status"]) for entry in report["subgoals"]] == [
        (0, 0, "unmet"),
        (1, 0, "reached"),
        (1, 1, "pending"),
    ]
    assert report["attempts"][0]["round"] == 1


def test_a_step_is_recorded_once_and_a_repeated_batch_leaves_nothing(store):
    episode = begin(store)
    store.record_steps(episode, steps(3))
    with pytest.raises(StoreError, match="refused"):
        store.record_steps(episode, steps(2, start=2))
    assert [step["step"] for step in store.episode(episode)["steps"]] == [0, 1, 2]


def test_an_ended_episode_is_not_changed(store):
    episode = whole_episode(store)
    with pytest.raises(StoreError, match="has ended as reached"):
        store.record_steps(episode, steps(1, start=9))
    with pytest.raises(StoreError, match="has ended as reached"):
        store.close_episode(episode, outcome("unmet"), FINAL)
    assert store.mark_interrupted(episode, "too late") is False
    assert store.episode(episode)["status"] == "reached"


def test_interrupted_episode_keeps_what_was_recorded(store):
    episode = begin(store)
    store.record_decomposition(episode, decomposition())
    store.record_steps(episode, steps(2))
    assert store.mark_interrupted(episode, "SIGTERM") is True
    report = store.episode(episode)
    assert (report["status"], report["reason"], len(report["steps"])) == ("interrupted", "SIGTERM", 2)
    assert report["finished_at"] is not None


@pytest.mark.parametrize("call", ["episode", "actions", "observations", "video"])
def test_unknown_episode_is_refused_by_name(store, call):
    with pytest.raises(EpisodeNotFoundError, match="nowhere"):
        getattr(store, call)("nowhere")


def test_subgoal_without_a_decomposition_is_refused(store):
    with pytest.raises(StoreError, match="has no subgoal 0"):
        store.record_subgoal(begin(store), 0, "reached", 0.0, None)


def test_summaries_come_newest_first_page_by_page(store):
    made = [whole_episode(store, f"Put block {number} away.") for number in range(5)]
    first = store.episodes(limit=2)
    second = store.episodes(limit=2, before=first[-1]["episode"])
    third = store.episodes(limit=2, before=second[-1]["episode"])
    assert [entry["episode"] for entry in first + second + third] == made[::-1]


def test_summaries_can_be_asked_by_status(store):
    whole_episode(store)
    unmet = whole_episode(store, status="unmet")
    assert [entry["episode"] for entry in store.episodes(status="unmet")] == [unmet]


def test_video_is_kept_and_found(store):
    episode = whole_episode(store)
    assert store.video(episode) is None
    store.record_video(episode, b"GIF89a-bytes", "gif")
    assert store.video(episode).read_bytes() == b"GIF89a-bytes"
    assert store.episode(episode)["video"] is True


def test_missing_images_are_named(store):
    episode = whole_episode(store)
    for path in Path(store.artifacts.root).rglob("*.npz"):
        path.unlink()
    with pytest.raises(StoreMissingError, match="artifact_dir"):
        store.observations(episode)


def test_reopening_leaves_the_episode_of_a_living_process_alone(store, url, tmp_path):
    episode = begin(store)
    other = open_store(url, tmp_path / "artifacts")
    assert other.episode(episode)["status"] == "running"
    other.close()


def test_killed_process_loses_nothing_committed_and_is_closed_as_interrupted(tmp_path):
    url, folder = f"sqlite:///{tmp_path}/hybrid.db", tmp_path / "artifacts"
    script = textwrap.dedent(f"""
        import os, signal, sys
        from pathlib import Path
        from hybrid.store.episodes import open_store
        from tests.hybrid.store.samples import attempt, begin, decomposition, observation, steps
        store = open_store({url!r}, Path({str(folder)!r}))
        episode = begin(store)
        store.record_decomposition(episode, decomposition())
        store.record_observation(episode, 0, observation())
        store.record_attempt(episode, attempt(executed=True))
        store.record_steps(episode, steps(3))
        print(episode, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert killed.returncode == -9, killed.stderr
    store = open_store(url, folder)
    report = store.episode(killed.stdout.strip())
    assert report["status"] == "interrupted"
    assert "before it was complete" in report["reason"]
    assert (len(report["steps"]), len(report["attempts"]), len(report["observations"])) == (3, 1, 1)
    assert len(store.observations(report["episode"])) == 1
    store.close()


def test_store_in_memory_serves_threads_in_turn(tmp_path):
    store = open_store("sqlite://", tmp_path / "artifacts")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: whole_episode(store, f"Put block {number} away."), range(8)))
    assert {entry["episode"] for entry in store.episodes()} == set(made)
    store.close()


def test_threads_share_a_file_without_losing_a_write(store):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: whole_episode(store, f"Put block {number} away."), range(8)))
    assert {entry["episode"] for entry in store.episodes()} == set(made)

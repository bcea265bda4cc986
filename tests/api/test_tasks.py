"""Covers api.tasks: asking, following, listing and stopping tasks over HTTP."""

import pytest

from simulator.scene import dump_scene, load_scene

SENTENCE = "Put the red block on the blue block."


def ask(client, instruction=SENTENCE, **more):
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    return client.post("/v1/tasks", json={"instruction": instruction, **more}, headers=headers)


def test_task_is_accepted_with_a_location_and_ends_succeeded(client, ended):
    response = ask(client, scene="demo", seed=7)
    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/tasks/{response.json()['id']}"
    shown = ended(response.json()["id"])
    assert (shown["status"], shown["instruction"], shown["scene"], shown["seed"]) == ("succeeded", SENTENCE, "demo", 7)
    assert shown["outcome"]["status"] == "reached"
    assert client.get(f"/v1/episodes/{shown['episode']}").json()["status"] == "reached"


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        ("ask me", "question", "Which red block?"),
        ("refuse me", "refused", "there is no purple block on the table"),
        ("fail at it", "failed", "red_cube_1 is 3.1 cm away"),
        ("break it", "failed", "internal error (ZeroDivisionError); the service's log has the details"),
    ],
)
def test_task_ends_as_its_episode_did(client, ended, words, status, reason):
    shown = ended(ask(client, words).json()["id"])
    assert (shown["status"], shown["reason"]) == (status, reason)


def test_the_scene_may_be_an_object(client, ended, runner):
    scene = dump_scene(load_scene("stacked"))
    ended(ask(client, scene=scene).json()["id"])
    assert runner.runs[0].scene == load_scene("stacked")


def test_the_scene_defaults_to_the_settings(client, ended, runner):
    ended(ask(client).json()["id"])
    assert runner.runs[0].scene == load_scene("demo")


def test_running_task_is_cancelled_and_leaves_a_complete_record(client, ended, runner):
    task = ask(client, "wait for me").json()["id"]
    assert runner.begun.wait(10)
    assert client.post(f"/v1/tasks/{task}/cancel").status_code == 202
    shown = ended(task)
    assert (shown["status"], shown["reason"]) == ("cancelled", "cancelled on request")
    episode = client.get(f"/v1/episodes/{shown['episode']}").json()
    assert (episode["status"], len(episode["steps"])) == ("interrupted", 3)


def test_queued_task_is_cancelled_before_it_begins(client, ended, runner):
    ask(client, "wait for me")
    assert runner.begun.wait(10)
    waiting = ask(client).json()["id"]
    assert client.post(f"/v1/tasks/{waiting}/cancel").json()["status"] == "cancelled"
    runner.may_end.set()
    assert [run.instruction for run in runner.runs] == ["wait for me"]


def test_ended_task_stays_as_it_is_when_cancelled(client, ended):
    task = ask(client).json()["id"]
    ended(task)
    assert client.post(f"/v1/tasks/{task}/cancel").json()["status"] == "succeeded"


def test_the_same_key_with_the_same_request_gives_the_same_task(client, ended, runner):
    first, again = ask(client, key="k1", seed=3), ask(client, key="k1", seed=3)
    assert first.json()["id"] == again.json()["id"]
    assert again.status_code == 202
    ended(first.json()["id"])
    assert len(runner.runs) == 1


def test_the_same_key_with_another_request_is_a_conflict(client):
    ask(client, key="k1", seed=3)
    response = ask(client, key="k1", seed=4)
    assert response.status_code == 409
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_full_queue_turns_tasks_away_with_a_time_to_wait(client, runner):
    ask(client, "wait for me")
    assert runner.begun.wait(10)
    assert [ask(client).status_code for _ in range(3)] == [202, 202, 202]
    refused = ask(client)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_tasks_are_listed_newest_first_page_by_page(client, ended):
    made = []
    for number in range(5):
        made.append(ask(client, seed=number).json()["id"])
        ended(made[-1])
    first = client.get("/v1/tasks", params={"limit": 3}).json()
    second = client.get("/v1/tasks", params={"limit": 3, "before": first["next"]}).json()
    assert [task["id"] for task in first["tasks"] + second["tasks"]] == made[::-1]
    assert second["next"] is None


def test_tasks_are_listed_by_status(client, ended):
    ended(ask(client).json()["id"])
    failed = ended(ask(client, "fail at it").json()["id"])["id"]
    assert [task["id"] for task in client.get("/v1/tasks", params={"status": "failed"}).json()["tasks"]] == [failed]

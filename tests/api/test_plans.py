"""Covers api.plans and api.wishes: asking without moving, waiting for the answer or not, and what is refused."""

import pytest

from api.wishes import MOST_ACTIONS


def test_a_plan_is_answered_at_once_when_it_is_ready_in_time(client, runner):
    response = client.post("/v1/plans", json={"instruction": "go", "scene": "demo"})
    assert (response.status_code, response.json()["kind"]) == (200, "plan")
    shown = client.get(response.headers["Location"])
    assert shown.json() == response.json()
    assert runner.runs[0].kind == "plan"


def test_a_plan_that_takes_longer_is_202_and_can_be_fetched(client, runner, ended):
    response = client.post("/v1/plans", params={"wait": 0.05}, json={"instruction": "wait"})
    assert response.status_code == 202
    runner.may_end.set()
    assert ended(response.json()["id"])["status"] == "succeeded"
    assert client.get(response.headers["Location"]).json()["status"] == "succeeded"


def test_a_task_is_no_plan(client):
    task = client.post("/v1/tasks", json={"instruction": "go"}).json()["id"]
    assert client.get(f"/v1/plans/{task}").status_code == 404
    assert client.get(f"/v1/predictions/{task}").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"facts": [["on", "red_cube_1", "blue_cube_1"]]},
        {"facts": [["at", "red_cube_1", 0.1, -0.05], ["at", "blue_cube_1", "top_left"]]},
        {"actions": [[0.04, -0.04, 0.0, 1.0]] * 50},
    ],
)
def test_a_prediction_takes_facts_or_actions(client, runner, asked):
    response = client.post("/v1/predictions", json={"scene": "demo", **asked})
    assert response.status_code == 200
    assert runner.runs[0].details == asked


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("body", {}),
        ("body", {"facts": [["on", "a", "b"]], "actions": [[0, 0, 0, 0]]}),
        ("facts[0][0]", {"facts": [["beside", "red_cube_1", "blue_cube_1"]]}),
        ("facts[0][0]", {"facts": [[]]}),
        ("facts[0]", {"facts": [["on", "red_cube_1"]]}),
        ("facts[1]", {"facts": [["on", "red_cube_1", "blue_cube_1"], ["on", "red_cube_1", "nothing"]]}),
        ("facts[0]", {"facts": [["on", {"a": 1}, None]]}),
        ("facts[0]", {"facts": [["on", 1, 2]]}),
        ("facts[0]", {"facts": [["at", "red_cube_1", "moon"]]}),
        ("facts", {"facts": []}),
        ("actions.0", {"actions": [[0.5, 0, 0, 0]]}),
        ("actions.0", {"actions": [[0, 0, 0]]}),
        ("actions.0", {"actions": [[0, 0, 0, 2]]}),
        ("actions", {"actions": [[0, 0, 0, 0]] * (MOST_ACTIONS + 1)}),
        ("scene", {"scene": "nowhere", "actions": [[0, 0, 0, 0]]}),
    ],
)
def test_what_cannot_be_predicted_is_refused_by_field(client, field, asked):
    response = client.post("/v1/predictions", json={"scene": "demo", **asked})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field, response.json()

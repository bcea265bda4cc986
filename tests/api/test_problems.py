"""Covers api.problems: whatever goes wrong is problem+json, names the field, and is in the table."""

import inspect
import json

import pytest

from api.problems import MEDIA_TYPE, STATUS
from hybrid import errors
from hybrid.service import Desk


def problem(response, status):
    assert response.status_code == status
    assert response.headers["Content-Type"] == MEDIA_TYPE
    body = response.json()
    assert body["status"] == status
    assert body["request_id"] == response.headers["X-Request-ID"]
    assert body["type"].startswith("urn:hybrid-planner:problem:")
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "instruction"),
        ({"instruction": ""}, "instruction"),
        ({"instruction": "   "}, "instruction"),
        ({"instruction": "x" * 1001}, "instruction"),
        ({"instruction": "put \u0000 it"}, "instruction"),
        ({"instruction": 5}, "instruction"),
        ({"instruction": "go", "scene": 3}, "scene"),
        ({"instruction": "go", "scene": "nowhere"}, "scene"),
        ({"instruction": "go", "scene": "/etc/passwd"}, "scene"),
        ({"instruction": "go", "scene": {}}, "scene.version"),
        ({"instruction": "go", "seed": -1}, "seed"),
        ({"instruction": "go", "seed": 2**63}, "seed"),
        ({"instruction": "go", "seed": "7"}, "seed"),
        ({"instruction": "go", "speed": 1}, "speed"),
    ],
)
def test_bad_body_names_the_field(client, body, field):
    found = problem(client.post("/v1/tasks", json=body), 422)
    assert found["errors"][0]["field"] == field
    assert found["errors"][0]["remedy"]
    assert client.get("/v1/tasks").json()["tasks"] == []


@pytest.mark.parametrize(
    ("thing", "field"),
    [
        ({"kind": "gun", "colour": "red", "position": [0, 0]}, "scene.things[0].kind"),
        ({"kind": "cube", "colour": "red", "position": [float("nan"), 0]}, "scene.things[0].position"),
        ({"kind": "cube", "colour": "red", "position": [3, 0]}, "scene.things[0].position"),
    ],
)
def test_bad_scene_names_the_field_inside(client, thing, field):
    body = {"instruction": "go", "scene": {"version": 1, "name": "mine", "things": [thing]}}
    response = client.post("/v1/tasks", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert problem(response, 422)["errors"][0]["field"].startswith(field)


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe", b"[" * 3000])
def test_body_that_is_no_json_is_refused(client, content):
    response = client.post("/v1/tasks", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}
    found = problem(response, response.status_code)
    assert [fault["field"] for fault in found["errors"]] in (["body"], [])


def test_body_of_another_type_is_refused(client):
    response = client.post("/v1/tasks", content=b'{"instruction": "go"}', headers={"Content-Type": "text/plain"})
    problem(response, 422)


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/v1/tasks/none",
        "/v1/tasks/none/events",
        "/v1/episodes/none",
        "/v1/episodes/none/video",
        "/v1/scenes/none",
        "/pages/none.js",
        "/pages/../face.py",
    ],
)
def test_unknown_things_are_404(client, path):
    problem(client.get(path), 404)


def test_unknown_task_cannot_be_cancelled(client):
    problem(client.post("/v1/tasks/none/cancel"), 404)


def test_other_methods_are_405_and_the_allowed_ones_are_named(client):
    response = client.put("/v1/tasks", json={})
    problem(response, 405)
    assert "POST" in response.headers["Allow"] or "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"status": "lost"}, {"before": "x" * 81}]
)
def test_bad_query_names_the_parameter(client, query):
    found = problem(client.get("/v1/tasks", params=query), 422)
    assert found["errors"][0]["field"] == next(iter(query))


def test_unknown_cursor_is_404(client):
    problem(client.get("/v1/tasks", params={"before": "none"}), 404)
    problem(client.get("/v1/episodes", params={"before": "none"}), 404)


@pytest.mark.parametrize("headers", [{"Content-Length": "5000"}, {}])
def test_body_over_the_limit_is_413(client, headers):
    def parts():
        for _ in range(50):
            yield b" " * 100

    response = client.post("/v1/tasks", content=parts(), headers={"Content-Type": "application/json", **headers})
    assert "4096 bytes" in problem(response, 413)["detail"]


def test_locked_store_is_503_with_a_time_to_wait(client, monkeypatch):
    def locked(*_arguments, **_more):
        raise errors.StoreLockedError("store", "hybrid.db is locked by another process", "Wait for it to finish.")

    monkeypatch.setattr(Desk, "submit", locked)
    response = client.post("/v1/tasks", json={"instruction": "go"})
    assert "hybrid.db" not in problem(response, 503)["detail"], "where the database lies is nobody's business"
    assert "Retry-After" in response.headers


def test_surprises_are_500_without_their_details(client, monkeypatch):
    def surprised(*_arguments, **_more):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(Desk, "tasks", surprised)
    response = client.get("/v1/tasks")
    problem(response, 500)
    assert "secret" not in response.text


def test_every_error_of_the_tree_is_in_the_table():
    known = {value for _, value in inspect.getmembers(errors, inspect.isclass) if issubclass(value, errors.HybridError)}
    assert set(STATUS) == known

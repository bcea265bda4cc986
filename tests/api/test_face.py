"""Covers api.face, api.health, api.description and the page: the parts put together."""

import re

import pytest
from fastapi.testclient import TestClient

from api.problems import MEDIA_TYPE


def test_process_answers(client):
    assert client.get("/healthz").json()["status"] == "ok"


def test_service_is_ready_while_its_worker_lives(client, service):
    assert client.get("/readyz").json() == {
        "ready": True,
        "checks": {"worker": True, "schema": True, "accepting": True},
    }
    service.stop()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"worker": False, "schema": True, "accepting": False}


def test_worker_starts_and_stops_with_the_application(app, service):
    assert not service.working
    with TestClient(app, base_url="http://127.0.0.1"):
        assert service.working
    assert not service.working


def test_page_asks_nobody_else_for_anything(client):
    page = client.get("/")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert {"pages/page.js", "pages/style.css"} <= set(named)
    for address in named:
        assert address.startswith("data:") or client.get(f"/{address}").status_code == 200
    assert "http" not in client.get("/pages/page.js").text.replace("http://www.w3.org/2000/svg", "")


@pytest.fixture
def description(client):
    return client.get("/openapi.json").json()


def test_every_route_describes_its_problems_as_what_they_are(description):
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            assert set(operation["responses"]["4XX"]["content"]) == {MEDIA_TYPE}, (path, method)
            assert "422" not in operation["responses"], (path, method)
    assert "HTTPValidationError" not in description["components"]["schemas"]


def test_description_holds_an_example_that_is_accepted(client, description):
    example = description["components"]["schemas"]["TaskCreate"]["examples"][0]
    assert client.post("/v1/tasks", json=example).status_code == 202


def test_every_route_is_described(description):
    assert set(description["paths"]) == {
        "/v1/tasks",
        "/v1/tasks/{task}",
        "/v1/tasks/{task}/events",
        "/v1/tasks/{task}/cancel",
        "/v1/tasks/{task}/answer",
        "/v1/tasks/{task}/approval",
        "/v1/plans",
        "/v1/plans/{task}",
        "/v1/predictions",
        "/v1/predictions/{task}",
        "/v1/episodes",
        "/v1/episodes/{episode}",
        "/v1/episodes/{episode}/steps",
        "/v1/episodes/{episode}/frames",
        "/v1/episodes/{episode}/frames/{step}/{view}.png",
        "/v1/episodes/{episode}/video",
        "/v1/episodes/{episode}/export",
        "/v1/memory",
        "/v1/memory/{memory}",
        "/v1/models",
        "/v1/workers",
        "/v1/scenes",
        "/v1/scenes/{name}",
        "/healthz",
        "/readyz",
        "/metrics",
    }

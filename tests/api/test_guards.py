"""Covers api.guards: request ids and host names; body sizes are in test_problems."""

import pytest
from fastapi.testclient import TestClient

from api.face import create_app
from hybrid.config import load_settings


def test_request_id_is_kept_when_it_is_harmless(client):
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"


def test_request_id_is_drawn_when_it_is_not(client):
    drawn = client.get("/healthz", headers={"X-Request-ID": "<script>"}).headers["X-Request-ID"]
    assert drawn != "<script>"
    assert len(drawn) == 16


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_loopback_refuses_names_of_others(client, host):
    response = client.get("/healthz", headers={"Host": host})
    assert response.status_code == 421
    assert "HYBRID_ALLOWED_HOSTS" in response.json()["detail"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8080", "localhost:8080", "[::1]:8080", "LOCALHOST"])
def test_loopback_answers_to_its_own_names(client, host):
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_other_addresses_answer_to_any_name(app):
    with TestClient(app, base_url="http://10.0.0.7") as opened:
        assert opened.get("/healthz", headers={"Host": "plan.example"}).status_code == 200


def test_allowed_names_replace_the_defaults(service):
    app = create_app(service, load_settings(allowed_hosts="plan.example"))
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        assert opened.get("/healthz", headers={"Host": "plan.example"}).status_code == 200
        assert opened.get("/healthz").status_code == 421


def test_an_address_with_a_nul_is_refused_before_any_database_sees_it(client):
    assert client.get("/v1/tasks/a%00b").status_code == 400
    assert client.get("/v1/tasks?before=%00").status_code == 400

"""Covers api.access: nobody gets in without a key once one is good, no route forgets, and tenants see their own."""

import re
import time

import pytest
from fastapi.testclient import TestClient

from api.access import PUBLIC, needed_scope, parsed_rate
from api.face import create_app
from api.graphs import with_graph
from hybrid.config import load_settings
from hybrid.errors import ConfigError
from hybrid.store.keys import Keys
from hybrid.store.ledger import Ledger

HIDDEN = {"/openapi.json"}


@pytest.fixture
def keys(store):
    return Keys(store.database)


@pytest.fixture
def bearer(keys):
    def make(tenant="ada", **more):
        return {"Authorization": f"Bearer {keys.create(tenant, **more).secret}"}

    return make


@pytest.fixture
def app(app, url, tmp_path):
    """The whole of what is served: with the graph's routes, whose engine is composed when a thread is opened."""
    return with_graph(app, load_settings(database_url=url, artifact_dir=tmp_path / "artifacts"))


def routes(app):
    """Every (method, path) that the application answers, those outside its description included."""
    found = {
        (method, route.path)
        for route in app.routes
        for method in getattr(route, "methods", None) or ()
        if route.path not in PUBLIC and method not in {"HEAD", "OPTIONS"}
    }
    described = {
        (method.upper(), path)
        for path, operations in app.openapi()["paths"].items()
        for method in operations
        if path not in PUBLIC
    }
    assert len(described) > 35
    assert {path.split("/")[1] for _, path in described} >= {"v1", "metrics", "runs", "threads", "assistants"}
    return sorted(found | described)


def filled(path, **known):
    """Return ``path`` with what is known in place of its names, and with what does not exist for the others."""
    names = {"step": "0", "view": "0", "name": "demo", "assistant": "planner", **known}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda match: names.get(match[1], "nowhere"), path)


def test_without_a_key_and_with_a_wrong_one_every_route_refuses(app, client, bearer):
    good = bearer()["Authorization"]
    wrong = good[:-4] + ("aaaa" if not good.endswith("aaaa") else "bbbb")
    time.sleep(1.1)
    for method, path in routes(app):
        for headers in ({}, {"Authorization": wrong}, {"X-API-Key": "hyb_nonsense"}, {"Authorization": "Basic eDp5"}):
            response = client.request(method, filled(path), headers=headers)
            assert response.status_code == 401, (method, path, headers)
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
            assert response.headers["Content-Type"] == "application/problem+json"


def test_with_another_tenants_id_every_route_finds_nothing(app, client, bearer, store):
    ada, bob = bearer("ada"), bearer("bob")
    task = client.post("/v1/tasks", json={"instruction": "go"}, headers=ada).json()["id"]
    until = time.monotonic() + 20
    while (shown := client.get(f"/v1/tasks/{task}", headers=ada).json())["episode"] is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    known = {"task": task, "episode": shown["episode"]}
    taught = client.post("/v1/memory", json={"name": "my mug", "meaning": "the bowl"}, headers=ada)
    known["memory"] = taught.json()["id"]
    known["thread"] = client.post("/threads", json={}, headers=ada).json()["thread_id"]
    kept = store.artifacts.put(b"GIF89a", "gif")
    Ledger(store.database).keep(kept, tenant="ada")
    bodies = {"answer": {"answer": "x"}, "approval": {"plan": "x"}, "{memory}": {"meaning": "x"}}
    checked = set()
    for method, path in routes(app):
        mine = set(re.findall(r"\{(\w+)\}", path)) & set(known)
        if not mine:
            continue
        body = None if method in {"GET", "DELETE"} else bodies.get(path.rpartition("/")[2], {})
        response = client.request(method, filled(path, **known), headers=bob, json=body)
        assert response.status_code == 404, (method, path, response.text)
        assert response.headers["Content-Type"] == "application/problem+json"
        checked |= mine
    assert checked == set(known)
    for path in (f"/v1/tasks/{task}", f"/v1/memory/{known['memory']}", f"/threads/{known['thread']}"):
        assert client.get(path, headers=ada).status_code == 200, "what another asked for changed nothing"
    assert client.get(f"/previews/{kept}", headers=bob).json()["errors"][0]["field"] == "name"
    assert client.get(f"/previews/{kept}", headers=bob).status_code == 404, "knowing what it shows is not enough"
    assert client.get(f"/previews/{kept}", headers=ada).content == b"GIF89a"
    assert client.get("/v1/memory", headers=bob).json()["memories"] == []
    assert client.post("/threads/search", json={}, headers=bob).json() == []
    for path, name in (("/v1/tasks", "tasks"), ("/v1/episodes", "episodes")):
        assert client.get(path, headers=bob).json()[name] == []
        assert len(client.get(path, headers=ada).json()[name]) == 1


def test_public_paths_tell_nothing_and_need_nothing(client, bearer):
    bearer()
    time.sleep(1.1)
    for path in PUBLIC:
        assert client.get(path).status_code == 200
    assert client.get("/pages/page.js").status_code == 200
    for path in HIDDEN:
        assert client.get(path).status_code == 401


def test_a_key_allows_only_its_scopes(client, bearer):
    looks = bearer(scopes=("read",))
    assert client.get("/v1/tasks", headers=looks).status_code == 200
    refused = client.post("/v1/tasks", json={"instruction": "go"}, headers=looks)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (403, "key")
    assert client.get("/v1/tasks", headers=bearer(scopes=("metrics",))).status_code == 403


def test_a_revoked_or_expired_key_is_good_for_nothing(client, keys):
    made = keys.create("ada")
    headers = {"X-API-Key": made.secret}
    assert client.get("/v1/tasks", headers=headers).status_code == 200
    keys.revoke(made.key.id)
    assert client.get("/v1/tasks", headers=headers).status_code == 401
    brief = keys.create("ada", days=1e-9)
    assert client.get("/v1/tasks", headers={"X-API-Key": brief.secret}).status_code == 401
    time.sleep(1.1)
    assert client.get("/v1/tasks").status_code == 401, "that no key is good opens no door"


def test_keys_can_be_demanded_before_one_is_made(service):
    guarded = create_app(service, load_settings(require_keys=True))
    with TestClient(guarded, base_url="http://127.0.0.1") as client:
        assert client.get("/v1/tasks").status_code == 401


def test_without_keys_only_this_machine_is_answered(app):
    with TestClient(app, base_url="http://192.0.2.7") as client:
        assert client.get("/v1/tasks").status_code == 401


def test_who_asks_too_much_is_told_to_wait_and_others_are_not(service, bearer):
    ada, bob = bearer("ada"), bearer("bob")
    limited = create_app(service, load_settings(rate_limit="3/minute"))
    with TestClient(limited, base_url="http://127.0.0.1") as client:
        told = [client.get("/v1/scenes", headers=ada) for _ in range(4)]
        assert [response.status_code for response in told] == [200, 200, 200, 429]
        assert 1 <= int(told[-1].headers["Retry-After"]) <= 60
        assert client.get("/v1/scenes", headers=bob).status_code == 200


def test_guessing_keys_is_slowed_down(service, bearer):
    bearer()
    limited = create_app(service, load_settings(rate_limit="3/minute"))
    with TestClient(limited, base_url="http://127.0.0.1") as client:
        told = [client.get("/v1/scenes", headers={"X-API-Key": f"hyb_{n}"}).status_code for n in range(5)]
    assert told == [401, 401, 401, 429, 429]


def test_a_rate_that_is_none_is_refused_at_the_start():
    with pytest.raises(ConfigError, match="HYBRID_RATE_LIMIT"):
        parsed_rate("many")
    assert parsed_rate("off") is None


def test_figures_need_a_scope_of_their_own():
    assert (needed_scope("GET", "/metrics"), needed_scope("GET", "/v1/tasks")) == ("metrics", "read")
    assert needed_scope("DELETE", "/v1/episodes/x") == "write"

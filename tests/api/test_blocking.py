"""Covers the event loop: no route blocks it, as blockbuster sees every blocking call made on it."""

import pytest
from blockbuster import BlockBuster

from tests.hybrid.store.samples import whole_episode


@pytest.fixture
def buster():
    made = BlockBuster()
    made.activate()
    yield made
    made.deactivate()


def test_no_route_blocks_the_event_loop(client, store, buster, ended):
    episode = whole_episode(store)
    task = client.post("/v1/tasks", json={"instruction": "go"}).json()["id"]
    ended(task)
    looked = [
        "/healthz", "/readyz", "/metrics", "/v1/tasks", f"/v1/tasks/{task}", f"/v1/tasks/{task}/events", "/v1/episodes",
        f"/v1/episodes/{episode}", f"/v1/episodes/{episode}/steps", f"/v1/episodes/{episode}/frames",
        f"/v1/episodes/{episode}/frames/0/0.png", f"/v1/episodes/{episode}/export", "/v1/memory", "/v1/models",
        "/v1/workers", "/v1/scenes", "/v1/scenes/demo",
    ]  # fmt: skip
    assert {path: client.get(path).status_code for path in looked} == dict.fromkeys(looked, 200)
    assert client.post("/v1/plans", json={"instruction": "go"}).status_code == 200
    assert client.post("/v1/memory", json={"name": "my mug", "meaning": "the bowl"}).status_code == 201
    broken = client.post("/v1/tasks", content=b"{", headers={"Content-Type": "application/json"})
    assert broken.status_code == 400

"""Covers api.episodes and api.scenes: reading what was done and where it can be done."""

import pytest

from simulator.scene import parse_scene, scene_names
from tests.hybrid.store.samples import whole_episode


def test_episodes_are_listed_newest_first_page_by_page(client, store):
    made = [whole_episode(store, f"Put block {number} away.") for number in range(3)]
    first = client.get("/v1/episodes", params={"limit": 2}).json()
    second = client.get("/v1/episodes", params={"limit": 2, "before": first["next"]}).json()
    assert [entry["episode"] for entry in first["episodes"] + second["episodes"]] == made[::-1]
    assert second["next"] is None


def test_episodes_are_listed_by_status(client, store):
    whole_episode(store)
    unmet = whole_episode(store, status="unmet")
    listed = client.get("/v1/episodes", params={"status": "unmet"}).json()["episodes"]
    assert [entry["episode"] for entry in listed] == [unmet]


def test_episode_shows_what_the_store_holds(client, store):
    episode = whole_episode(store)
    assert client.get(f"/v1/episodes/{episode}").json() == store.episode(episode)


def test_video_is_sent_with_its_type(client, store):
    episode = whole_episode(store)
    assert client.get(f"/v1/episodes/{episode}/video").status_code == 404
    store.record_video(episode, b"GIF89a-bytes", "gif")
    response = client.get(f"/v1/episodes/{episode}/video")
    assert (response.content, response.headers["Content-Type"]) == (b"GIF89a-bytes", "image/gif")


@pytest.mark.parametrize("name", scene_names())
def test_every_listed_scene_can_be_read_and_given_back(client, name):
    assert name in client.get("/v1/scenes").json()["scenes"]
    assert parse_scene(client.get(f"/v1/scenes/{name}").json()).name == name

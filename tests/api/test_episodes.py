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


def test_a_picture_is_sent_in_parts_and_known_again(client, store):
    address = f"/v1/episodes/{whole_episode(store)}/frames/0/0.png"
    whole = client.get(address)
    known = whole.headers["ETag"]
    parts = [{"Range": "bytes=0-9"}, {"Range": "bytes=10-", "If-Range": known}]
    begun, rest = (client.get(address, headers=part) for part in parts)
    assert (begun.status_code, rest.status_code, begun.headers["ETag"]) == (206, 206, known)
    assert begun.content + rest.content == whole.content
    assert client.get(address, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).content == whole.content


@pytest.mark.parametrize(("asked", "status"), [("bytes=9999999-", 416), ("lines=1-2", 400), ("bytes=5-2", 400)])
def test_a_range_that_is_not_there_is_a_problem(client, store, asked, status):
    address = f"/v1/episodes/{whole_episode(store)}/frames/0/0.png"
    refused = client.get(address, headers={"Range": asked})
    assert (refused.status_code, refused.headers["Content-Type"]) == (status, "application/problem+json")
    assert refused.headers["Content-Range"] == f"bytes */{len(client.get(address).content)}"


@pytest.mark.parametrize("name", scene_names())
def test_every_listed_scene_can_be_read_and_given_back(client, name):
    assert name in client.get("/v1/scenes").json()["scenes"]
    assert parse_scene(client.get(f"/v1/scenes/{name}").json()).name == name

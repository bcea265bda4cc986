"""Covers api.memory: teaching, correcting and forgetting over HTTP, page by page, and what is refused."""

import pytest


def teach(client, name="my mug", meaning="the blue cylinder"):
    return client.post("/v1/memory", json={"name": name, "meaning": meaning})


def test_what_is_taught_is_listed_and_shown(client):
    made = teach(client)
    assert made.status_code == 201
    assert made.json()["data"] == {"name": "mug", "meaning": "the blue cylinder"}
    assert client.get(f"/v1/memory/{made.json()['id']}").json() == made.json()
    assert client.get("/v1/memory", params={"kind": "fact"}).json()["memories"] == [made.json()]


def test_teaching_a_name_again_replaces_what_it_meant(client):
    first, second = teach(client).json(), teach(client, "the mug", "the red bowl").json()
    assert (first["id"], second["data"]["meaning"]) == (second["id"], "the red bowl")


def test_memories_are_paged_and_found_by_likeness(client):
    made = [teach(client, f"favourite {word}").json()["id"] for word in ("mug", "plate", "spoon")]
    page = client.get("/v1/memory", params={"limit": 2}).json()
    assert [entry["id"] for entry in page["memories"]] == [made[2], made[1]]
    rest = client.get("/v1/memory", params={"limit": 2, "before": page["next"]}).json()
    assert ([entry["id"] for entry in rest["memories"]], rest["next"]) == ([made[0]], None)
    assert (
        client.get("/v1/memory", params={"like": "favorite plates", "limit": 1}).json()["memories"][0]["id"] == made[1]
    )


def test_what_is_forgotten_is_gone(client):
    made = teach(client).json()["id"]
    assert client.delete(f"/v1/memory/{made}").status_code == 204
    assert client.get(f"/v1/memory/{made}").status_code == 404
    assert client.delete(f"/v1/memory/{made}").status_code == 404
    teach(client)
    client.post("/v1/tasks", json={"instruction": "go"})
    assert client.delete("/v1/memory", params={"kind": "fact"}).json() == {"forgotten": 1}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "meaning": "the bowl"}, "name"),
        ({"name": "the red block", "meaning": "the bowl"}, "name"),
        ({"name": "x" * 81, "meaning": "the bowl"}, "name"),
        ({"name": "a\x00b", "meaning": "the bowl"}, "name"),
        ({"name": "my mug", "meaning": "   "}, "meaning"),
        ({"name": "my mug"}, "meaning"),
    ],
)
def test_what_cannot_be_remembered_is_refused_by_field(client, body, field):
    response = client.post("/v1/memory", json=body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field


def test_only_facts_are_corrected(client, store, ended):
    ended(client.post("/v1/tasks", json={"instruction": "go"}).json()["id"])
    [past] = client.get("/v1/memory", params={"kind": "episode"}).json()["memories"]
    assert client.patch(f"/v1/memory/{past['id']}", json={"meaning": "the bowl"}).status_code == 422

"""Covers the border of the service: whatever scene or instruction is sent, nothing fails on our side and nothing hangs.

``FUZZ_EXAMPLES=10000 python -m pytest tests/api/test_fuzz.py`` is the long profile.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.scene import dump_scene, load_scene
from tests.api.runners import SmallRunner

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
FUZZ = settings(
    max_examples=EXAMPLES, deadline=20_000, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
NUMBERS = st.one_of(
    st.floats(-0.3, 0.3), st.integers(-10, 10), st.sampled_from([1e308, -1e308, 0, 10**400]), st.floats(allow_nan=False)
)
JUNK = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
THING = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["cube", "cylinder", "ball", "bowl", "tray", "zone"]) | JUNK,
        "colour": st.sampled_from(["red", "blue", "green"]) | JUNK,
        "position": st.lists(NUMBERS, min_size=2, max_size=3) | JUNK,
        "size": st.lists(NUMBERS, min_size=3, max_size=3) | JUNK,
        "yaw": NUMBERS | JUNK,
        "on": st.text(max_size=12) | JUNK,
        "id": st.text(max_size=12) | JUNK,
    },
)
SCENE = st.one_of(
    st.fixed_dictionaries({"version": st.just(1), "name": st.text(max_size=10), "things": st.lists(THING, max_size=5)}),
    JUNK,
    st.sampled_from(["demo", "../../etc/passwd", "demo.json", "", "\x00"]),
)
WORDS = st.text(max_size=200) | st.sampled_from(["put the red block on the blue block", "x" * 1001, "\ud800", "\u202e"])


class Quick(SmallRunner):
    def _ending(self, words, cancel):
        return super()._ending("go", cancel)


@pytest.fixture
def runner(store):
    return Quick(store)


@pytest.fixture
def app(app):
    app.state.service._room = 10**9
    return app


def sent(client, path, body):
    try:
        return client.post(path, json=body)
    except (UnicodeEncodeError, ValueError):
        return None


def fair(response):
    assert response is None or response.status_code < 500, response.text
    if response is not None and response.status_code >= 400:
        told = response.json()
        assert response.headers["Content-Type"] == "application/problem+json"
        assert told["detail"]
        assert "Traceback" not in response.text
        assert ".py" not in response.text


@FUZZ
@given(instruction=WORDS | JUNK, scene=SCENE, seed=st.integers() | JUNK)
def test_whatever_task_is_sent_is_taken_or_refused(client, instruction, scene, seed):
    fair(sent(client, "/v1/tasks", {"instruction": instruction, "scene": scene, "seed": seed}))


@FUZZ
@given(body=JUNK)
def test_whatever_body_is_sent_is_taken_or_refused(client, body):
    for path in ("/v1/tasks", "/v1/memory", "/v1/predictions?wait=0", "/v1/tasks/nowhere/answer"):
        fair(sent(client, path, body))


@FUZZ
@given(
    facts=st.lists(
        st.lists(st.sampled_from(["on", "at", "line", "red_cube_1", "blue_cube_1"]) | JUNK, max_size=5), max_size=3
    ),
    actions=st.lists(st.lists(NUMBERS, min_size=3, max_size=5), max_size=4),
)
def test_whatever_is_asked_of_the_future_is_taken_or_refused(client, facts, actions):
    fair(sent(client, "/v1/predictions?wait=0", {"scene": "demo", "facts": facts}))
    fair(sent(client, "/v1/predictions?wait=0", {"scene": "demo", "actions": actions}))


def test_a_scene_as_it_is_shown_is_taken(client):
    fair(client.post("/v1/tasks", json={"instruction": "go", "scene": dump_scene(load_scene("demo"))}))

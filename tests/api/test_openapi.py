"""Covers the whole interface as described: schemathesis calls every operation with what the description allows and not.

No server error, no status that is not described, no body that is not as described; alone and in chains of calls. It is
a program in an environment of its own (``tests/api/openapi-requirements.txt``; ``make test`` makes it). The graph is
the real one on the real table, with a language model that always asks back: arbitrary words are not carried out.

Left out is one operation, ``GET /v1/tasks/{task}/events``: it stays open until its task ends, and a task that asks back
or waits for approval ends when somebody answers, so that a tester who reads to the end would wait for himself. The
stream of a task that has ended is bounded, and is read here with the same four checks.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.face import create_app
from api.graphs import with_graph
from hybrid.bootstrap import build_engine
from hybrid.config import load_settings
from hybrid.engine import PlanningEngine
from hybrid.service import TaskService
from hybrid.store.episodes import open_store
from tests.api.runners import SmallRunner
from tests.api.serving import served
from tests.hybrid.scripted import ASKED
from tests.hybrid.store.samples import empty_database, whole_episode

PROGRAM = Path(sys.prefix) / "openapi" / "bin" / "schemathesis"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES = os.environ.get("OPENAPI_EXAMPLES", "3")


class Quick(SmallRunner):
    """Ends at once whatever the words are: a random *wait* would wait for nobody."""

    def _ending(self, words, cancel):
        return super()._ending(words.replace("wait", "w"), cancel)


class Doubtful:
    """A language model that asks back whatever it is told, and thereby lets threads wait."""

    name = "doubtful 1"

    def decompose(self, instruction, scene, **_):
        return ASKED


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("described")
    url = empty_database(folder)
    store = open_store(url, folder / "artifacts")
    for _ in range(3):
        whole_episode(store)
    settings = load_settings(rate_limit="off", database_url=url, artifact_dir=folder / "artifacts")
    engine = build_engine(settings)
    doubtful = PlanningEngine(replace(engine.parts, language=Doubtful()))
    service = TaskService(store, Quick(store), room=100_000)
    with served(with_graph(create_app(service, settings), settings, doubtful)) as opened:
        yield opened
    engine.parts.store.close()
    store.close()


@pytest.mark.skipif(not PROGRAM.exists(), reason="make test installs schemathesis beside the environment")
def test_every_operation_alone_and_in_chains_answers_as_described(address, tmp_path):
    asked = ["--phases", "examples,coverage,fuzzing,stateful", "--checks", CHECKS, "--max-examples", EXAMPLES]
    steady = [
        "--seed",
        "1",
        "--generation-database",
        "none",
        "--request-timeout",
        "30",
        "--suppress-health-check",
        "all",
    ]
    left_out = ["--exclude-path-regex", "^/v1/tasks/[^/]+/events$"]
    ran = subprocess.run(
        [str(PROGRAM), "run", f"{address}/openapi.json", *asked, *steady, *left_out],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert httpx.get(f"{address}/healthz", trust_env=False).status_code == 200


def test_the_events_of_a_task_that_has_ended_are_as_described_to_their_end(address):
    described = httpx.get(f"{address}/openapi.json", trust_env=False).json()
    answers = described["paths"]["/v1/tasks/{task}/events"]["get"]["responses"]
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        task = client.post("/v1/tasks", json={"instruction": "go"}).json()["id"]
        for seen, expected in ({}, 200), ({"Last-Event-ID": "2"}, 200), ({"Last-Event-ID": "x"}, 422):
            answer = client.get(f"/v1/tasks/{task}/events", headers=seen)
            assert answer.status_code == expected
            key = str(expected) if str(expected) in answers else f"{expected // 100}XX"
            assert answer.headers["Content-Type"].partition(";")[0] in answers[key]["content"]
            assert expected != 200 or answer.text.count("event: end") == 1
        unknown = client.get("/v1/tasks/none/events")
    assert (unknown.status_code, unknown.headers["Content-Type"]) == (404, "application/problem+json")


def test_the_description_links_what_is_made_to_where_it_is_shown(address):
    described = httpx.get(f"{address}/openapi.json", trust_env=False).json()
    known = {operation["operationId"] for entry in described["paths"].values() for operation in entry.values()}
    links = described["paths"]["/v1/tasks"]["post"]["responses"]["202"]["links"]
    assert {link["operationId"] for link in links.values()} <= known
    assert len(links) == 4
    assert "bearer" in json.dumps(described["components"]["securitySchemes"])

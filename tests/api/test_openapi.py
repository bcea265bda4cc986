"""Covers the whole interface as described: schemathesis calls every operation with what the description allows and not.

No server error, no status that is not described, no body that is not as described; alone and in chains of calls. It is
a program in an environment of its own (``tests/api/openapi-requirements.txt``; ``make test`` makes it).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from api.face import create_app
from hybrid.config import load_settings
from hybrid.service import TaskService
from hybrid.store.episodes import open_store
from tests.api.runners import SmallRunner
from tests.api.serving import served
from tests.hybrid.store.samples import empty_database, whole_episode

PROGRAM = Path(sys.prefix) / "openapi" / "bin" / "schemathesis"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES = os.environ.get("OPENAPI_EXAMPLES", "3")


class Quick(SmallRunner):
    """Ends at once whatever the words are: a random *wait* would wait for nobody."""

    def _ending(self, words, cancel):
        return super()._ending(words.replace("wait", "w"), cancel)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("described")
    store = open_store(empty_database(folder), folder / "artifacts")
    for _ in range(3):
        whole_episode(store)
    service = TaskService(store, Quick(store), room=100_000)
    with served(create_app(service, load_settings(rate_limit="off"))) as opened:
        yield opened
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
    left_out = ["--exclude-path-regex", "/events$|/runs|/threads|/assistants|/store"]
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


def test_the_description_links_what_is_made_to_where_it_is_shown(address):
    described = httpx.get(f"{address}/openapi.json", trust_env=False).json()
    known = {operation["operationId"] for entry in described["paths"].values() for operation in entry.values()}
    links = described["paths"]["/v1/tasks"]["post"]["responses"]["202"]["links"]
    assert {link["operationId"] for link in links.values()} <= known
    assert len(links) == 4
    assert "bearer" in json.dumps(described["components"]["securitySchemes"])

"""The command line of the service: keys, memories, archives of episodes, and doors that are not left open."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hybrid.cli.main import main
from hybrid.cli.system import refuse_open_door
from hybrid.config import load_settings
from hybrid.errors import ConfigError
from hybrid.store.episodes import open_store
from hybrid.store.keys import Keys
from tests.hybrid.store.samples import empty_database, whole_episode


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYBRID_DATABASE_URL", empty_database(tmp_path))
    monkeypatch.setenv("HYBRID_ARTIFACT_DIR", str(tmp_path / "artifacts"))


@pytest.fixture
def store():
    settings = load_settings()
    opened = open_store(settings.database_url, settings.artifact_dir)
    yield opened
    opened.close()


@pytest.fixture
def hybrid(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> tuple[int, object]:
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_key_is_made_listed_rotated_and_revoked(hybrid, store) -> None:
    code, made = hybrid("keys", "create", "--tenant", "ada", "--scopes", "read,metrics", "--label", "robot")
    assert (code, made["tenant"], made["scopes"], made["active"]) == (0, "ada", ["read", "metrics"], True)
    assert Keys(store.database).admit(made["key"]).tenant == "ada"
    _, listed = hybrid("keys", "list")
    assert [key["id"] for key in listed] == [made["id"]]
    assert made["key"].rpartition("_")[2] not in json.dumps(listed)
    _, new = hybrid("keys", "rotate", made["id"])
    assert hybrid("keys", "revoke", new["id"])[1]["active"] is False
    assert not Keys(store.database).any_active()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("keys", "create", "--tenant", "Ada L"), "tenant"),
        (("keys", "create", "--scopes", "all"), "scopes"),
        (("keys", "revoke", "nowhere"), "key"),
        (("memory", "teach", "red block", "the bowl"), "name"),
        (("memory", "forget", "nowhere"), "memory"),
        (("memory", "list", "--kind", "dream"), "--kind"),
        (("episodes", "export", "nowhere"), "episode"),
        (("episodes", "import", "nowhere.zip"), "file"),
    ],
)
def test_bad_input_exits_2_and_names_the_field(hybrid, arguments: tuple[str, ...], field: str) -> None:
    code, told = hybrid(*arguments)
    assert code == 2
    assert field.strip("-") in str(told["error"]["field"]) + str(told["error"]["problem"])


def test_a_name_is_taught_corrected_and_forgotten(hybrid) -> None:
    _, taught = hybrid("memory", "teach", "my mug", "the blue cylinder")
    assert taught["data"] == {"name": "mug", "meaning": "the blue cylinder"}
    assert hybrid("memory", "correct", taught["id"], "the green bowl")[1]["data"]["meaning"] == "the green bowl"
    assert [entry["id"] for entry in hybrid("memory", "list", "--like", "mug")[1]] == [taught["id"]]
    assert hybrid("memory", "show", taught["id"])[0] == 0
    assert hybrid("memory", "forget", taught["id"]) == (0, {"forgotten": 1})
    assert hybrid("memory", "forget", "--all") == (0, {"forgotten": 0})


def test_an_episode_is_exported_forgotten_and_taken_in_again(hybrid, store, tmp_path: Path) -> None:
    episode, archive = whole_episode(store), str(tmp_path / "one.zip")
    before = store.episode(episode)
    assert hybrid("episodes", "export", episode, "--out", archive)[1]["file"] == archive
    assert hybrid("episodes", "forget", episode)[0] == 0
    assert store.episodes() == []
    assert hybrid("episodes", "import", archive) == (0, {"episode": episode})
    assert store.episode(episode) == before
    assert hybrid("episodes", "clean", "--days", "0")[1]["episodes"] == 1


def test_the_service_listens_elsewhere_only_when_a_key_is_good(store) -> None:
    for host in ("0.0.0.0", "192.0.2.7", "::", "robot.example"):
        with pytest.raises(ConfigError, match="no key has been made") as caught:
            refuse_open_door(load_settings(host=host))
        assert caught.value.field == "host"
    for host in ("127.0.0.1", "::1", "localhost"):
        refuse_open_door(load_settings(host=host))
    made = Keys(store.database).create("ada")
    refuse_open_door(load_settings(host="0.0.0.0"))
    Keys(store.database).revoke(made.key.id)
    with pytest.raises(ConfigError):
        refuse_open_door(load_settings(host="0.0.0.0"))


def test_a_worker_process_says_that_it_is_at_work_and_stops_on_a_signal(store) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "hybrid.cli.main", "worker"]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "HYBRID_LOG_LEVEL": "ERROR"}
    )
    with process:
        lines = iter(process.stderr.readline, "")
        assert any("is at work" in line for line in lines)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM

"""Covers api.app: what the environment describes is what is served, and what cannot be used is refused at the start."""

import pytest
from fastapi.testclient import TestClient

import api.app
from api.app import build_app
from hybrid.base import EpisodeResult
from hybrid.errors import ConfigError, StoreSchemaError
from hybrid.store.engine import open_database
from tests.hybrid.store.samples import outcome


class Engine:
    """Reaches everything at once."""

    def __init__(self, settings):
        self.settings = settings

    def bound(self, store, *, approved=None):
        return self

    def run(self, instruction, scene, seed, listener=None, cancel=None, world=None):
        return EpisodeResult(f"{instruction} {scene.name} {seed}", outcome(), None, None)


@pytest.fixture(autouse=True)
def quick_engine(monkeypatch, tmp_path):
    monkeypatch.setattr(api.app, "build_engine", Engine)
    monkeypatch.setenv("HYBRID_DATABASE_URL", f"sqlite:///{tmp_path}/served.db")


def test_settings_of_the_environment_reach_the_engine_and_the_queue(monkeypatch, tmp_path):
    monkeypatch.setenv("HYBRID_SCENE", "stacked")
    with TestClient(build_app(), base_url="http://127.0.0.1") as client:
        task = client.post("/v1/tasks", json={"instruction": "go", "seed": 4}).json()["id"]
        with client.stream("GET", f"/v1/tasks/{task}/events") as response:
            assert "succeeded" in response.read().decode()
        assert client.get(f"/v1/tasks/{task}").json()["episode"] == "go stacked 4"
    assert (tmp_path / "served.db").exists()


def test_bad_setting_is_refused_at_the_start(monkeypatch):
    monkeypatch.setenv("HYBRID_QUEUE_SIZE", "none")
    with pytest.raises(ConfigError, match="HYBRID_QUEUE_SIZE"):
        build_app()


def test_store_of_another_version_is_refused_at_the_start(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/served.db")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(StoreSchemaError, match="9999"):
        build_app()

"""The doctor: every check reports, a failing one names the remedy and does not hide the others."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from hybrid import doctor
from hybrid.base import Decomposition
from hybrid.bootstrap import build_engine
from hybrid.cli.main import main
from hybrid.config import Settings, load_settings
from hybrid.doctor import examine
from hybrid.errors import CheckpointError
from tests.hybrid.scripted import REFUSED, ScriptedEngine
from world_model.checkpoint import DEFAULT


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HYBRID_DATABASE_URL", f"sqlite:///{tmp_path / 'hybrid.db'}")
    monkeypatch.setenv("HYBRID_ARTIFACT_DIR", str(tmp_path / "not" / "yet" / "made"))
    monkeypatch.setattr(doctor, "build_engine", ScriptedEngine)
    return load_settings()


def test_a_sound_installation_has_no_remedies(settings: Settings) -> None:
    findings = examine(settings)
    assert [finding.name for finding in findings if not finding.ok or finding.remedy] == []
    assert {"versions", "sqlite", "store", "integrity", "disk", "scenes", "camera", "models"} == {
        f.name for f in findings
    }
    said = {finding.name: finding.detail for finding in findings}
    assert "demo" in said["scenes"]
    assert "2 views of 96 x 96 pixels" in said["camera"]
    assert "scripted 1 understood" in said["models"]


def test_a_missing_checkpoint_is_one_finding_among_others(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(settings: Settings) -> None:
        raise CheckpointError("checkpoint", "no card.json in there", "Use the packaged checkpoint.")

    monkeypatch.setattr(doctor, "build_engine", build)
    bad = [finding for finding in examine(settings) if not finding.ok]
    assert [(finding.name, finding.remedy) for finding in bad] == [("models", "Use the packaged checkpoint.")]


def test_a_graph_in_the_place_of_another_is_found_before_a_run_dies_of_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    checkpoint = Path(shutil.copytree(DEFAULT, tmp_path / "checkpoint"))
    shutil.copy(checkpoint / "block.onnx", checkpoint / "where.onnx")
    monkeypatch.setattr(doctor, "build_engine", build_engine)
    (bad,) = [found for found in examine(settings.model_copy(update={"checkpoint": checkpoint})) if not found.ok]
    assert bad.name == "models"
    assert bad.detail.startswith("checkpoint.where: where.onnx")
    assert "hybrid train" in bad.remedy


def test_a_language_model_that_refuses_a_plain_request_is_not_sound(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deaf(ScriptedEngine):
        def decompose(self, instruction, scene, seed) -> Decomposition:
            return replace(REFUSED, message="what?")

    monkeypatch.setattr(doctor, "build_engine", Deaf)
    (bad,) = [finding for finding in examine(settings) if not finding.ok]
    assert "what?" in bad.detail


def test_a_full_disk_is_named_before_it_costs_an_episode(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10 * 2**20))
    (bad,) = [finding for finding in examine(settings) if not finding.ok]
    assert (bad.name, "10 MiB" in bad.detail) == ("disk", True)


def test_a_database_from_elsewhere_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "hybrid.db").write_bytes(b"this is no database" * 100)
    bad = [finding.name for finding in examine(settings) if not finding.ok]
    assert "store" in bad


@pytest.mark.parametrize(("builder", "code"), [(ScriptedEngine, 0), (None, 1)])
def test_the_exit_code_says_whether_all_is_well(
    settings, monkeypatch: pytest.MonkeyPatch, capsys, builder, code
) -> None:
    def refuse(settings: Settings) -> None:
        raise CheckpointError("checkpoint", "no card.json in there", "Use the packaged checkpoint.")

    monkeypatch.setattr(doctor, "build_engine", builder or refuse)
    assert main(["doctor", "--json"]) == code
    assert ('"ok": false' in capsys.readouterr().out) == bool(code)

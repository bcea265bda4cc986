"""Covers hybrid.config: defaults, the order of sources, and refusals that name the variable and the remedy."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from hybrid.config import Settings, data_folder, load_settings
from hybrid.errors import ConfigError


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("HYBRID_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_defaults_live_in_the_data_folder_and_create_nothing(tmp_path):
    settings = load_settings()
    assert settings.database_url == f"sqlite:///{tmp_path}/hybrid-planner/hybrid.db"
    assert settings.artifact_dir == tmp_path / "hybrid-planner" / "artifacts"
    assert list(tmp_path.iterdir()) == []


def test_data_folder_without_a_variable_is_under_home():
    assert data_folder({}) == Path.home() / ".local" / "share" / "hybrid-planner"


def test_arguments_win_over_variables_and_variables_over_defaults(monkeypatch):
    monkeypatch.setenv("HYBRID_PORT", "9001")
    monkeypatch.setenv("HYBRID_PLAN_DEPTH", "5")
    settings = load_settings(port=9002, host=None)
    assert (settings.port, settings.plan_depth, settings.host) == (9002, 5, "127.0.0.1")


def test_settings_cannot_be_changed_after_composition():
    with pytest.raises(ValidationError):
        load_settings().port = 1


def test_every_field_is_documented():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HYBRID_PORT", "many"), ("HYBRID_PORT", "70000"), ("HYBRID_PLAN_MILLISECONDS", "-1"), ("HYBRID_QUEUE_SIZE", "0")],
)
def test_bad_variable_is_refused_by_its_name_with_the_default_as_remedy(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert caught.value.field == variable
    assert "The default is" in caught.value.remedy


def test_bad_argument_is_refused_by_its_name():
    with pytest.raises(ConfigError) as caught:
        load_settings(port=-1)
    assert caught.value.field == "port"


def test_unknown_argument_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="database_url"):
        load_settings(database="x")


def test_misspelt_variable_is_refused_with_the_likely_name(monkeypatch):
    monkeypatch.setenv("HYBRID_DATABSE_URL", "sqlite:///x")
    with pytest.raises(ConfigError, match="Did you mean HYBRID_DATABASE_URL"):
        load_settings()


def test_variables_of_other_programs_are_left_alone(monkeypatch):
    monkeypatch.setenv("HYBRID_CAR_MODEL", "x")
    assert load_settings().port == 8080


def test_host_names_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("HYBRID_ALLOWED_HOSTS", "plan.example, 10.0.0.7")
    assert load_settings().allowed_hosts == ("plan.example", "10.0.0.7")

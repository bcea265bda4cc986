"""The engines compared with the product: each differs from it where its name says, and privileged ones are named."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from hybrid.bootstrap import PRODUCT, Variant, build_engine, build_perceiver, build_planner
from hybrid.config import Settings
from hybrid.evaluation.privileged import ExactTwin, TruePerceiver, Window
from hybrid.evaluation.variants import PRIVILEGED, UNCHECKED, VARIANTS, accept
from planner.flat import FlatPlanner
from planner.geometry import GeometricDynamics
from planner.two_level import TwoLevelPlanner
from world_model.checkpoint import load_checkpoint
from world_model.model import WorldModel

COMPARED = sorted(set(VARIANTS) - {"hybrid"})


@pytest.fixture(scope="module")
def model() -> WorldModel:
    return load_checkpoint()[0]


def differences(variant: Variant) -> set[str]:
    return {field.name for field in fields(Variant) if getattr(variant, field.name) != getattr(PRODUCT, field.name)}


@pytest.mark.parametrize("name", COMPARED)
def test_every_variant_differs_from_the_product(name: str) -> None:
    assert differences(VARIANTS[name](Window()))
    assert VARIANTS["hybrid"](Window()) == PRODUCT


def test_no_two_variants_are_the_same() -> None:
    window = Window()
    plain = [VARIANTS[name](window) for name in COMPARED if name not in PRIVILEGED]
    assert all(one != other for k, one in enumerate(plain) for other in plain[k + 1 :])


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("geometry", {"model", "perceiver"}),
        ("flat", {"flat"}),
        ("unchecked", {"check"}),
        ("exact-twin", {"check"}),
        ("no-belief-filter", {"imagines"}),
        ("cem", {"switches"}),
    ],
)
def test_a_variant_differs_in_nothing_else(name: str, parts: set[str]) -> None:
    assert differences(VARIANTS[name](Window())) == parts


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_only_privileged_variants_look_into_the_world(name: str, model: WorldModel) -> None:
    variant = VARIANTS[name](Window())
    planner = build_planner(model, variant)
    parts = (variant.check, build_perceiver(model, variant), planner.model, getattr(planner, "upper", None))
    looks = any(type(part).__module__ == "hybrid.evaluation.privileged" for part in parts)
    assert looks == (name in PRIVILEGED)


def test_planners_are_composed_as_named(model: WorldModel) -> None:
    geometry = build_planner(model, VARIANTS["geometry"](Window()))
    assert isinstance(geometry, TwoLevelPlanner)
    assert geometry.model == GeometricDynamics(model.proposals)
    flat = build_planner(model, VARIANTS["flat"](Window()))
    assert isinstance(flat, FlatPlanner)
    assert flat.model is model
    mixed = build_planner(model, VARIANTS["geometry-controls"](Window()))
    assert isinstance(mixed, TwoLevelPlanner)
    assert mixed.upper is model


def test_the_oracle_perceives_and_checks_with_the_truth(model: WorldModel) -> None:
    variant = VARIANTS["oracle"](Window())
    assert isinstance(build_perceiver(model, variant), TruePerceiver)
    assert isinstance(variant.check, ExactTwin)


def test_only_what_simulates_may_take_its_time(tmp_path: Path) -> None:
    assert {name for name in VARIANTS if VARIANTS[name](Window()).unhurried} == {"oracle", "oracle-waypoints"}
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'h.db'}", artifact_dir=tmp_path, plan_milliseconds=7)
    hurried, unhurried = (build_engine(settings, Variant(unhurried=slow)).parts for slow in (False, True))
    assert (hurried.budget.milliseconds, hurried.limits.seconds) == (7, settings.task_seconds)
    assert unhurried.budget.milliseconds > 100 * settings.plan_milliseconds
    assert unhurried.limits.seconds > 100 * settings.task_seconds


def test_what_is_unchecked_accepts_everything() -> None:
    assert {"unchecked"} < UNCHECKED
    assert all(VARIANTS[name](Window()).check is accept for name in UNCHECKED)

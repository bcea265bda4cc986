"""The product itself as an engine for the storms, on worlds that write down what moves."""

from dataclasses import replace

from hybrid.bootstrap import build_engine
from hybrid.carrying import engine_runner
from hybrid.config import load_settings
from hybrid.engine import PlanningEngine
from tests.hybrid.chaos.engines import WitnessedWorld


def product():
    """Return a runner with the product's engine on witnessed worlds; its own store is in memory and never used."""
    settings = load_settings(database_url="sqlite://", plan_candidates=64, task_seconds=60.0)
    engine = build_engine(settings)
    parts = engine.parts
    return engine_runner(PlanningEngine(replace(parts, world=WitnessedWorld)))

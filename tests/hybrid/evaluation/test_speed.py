"""The speed table's own arithmetic, and that the solvers compared really solve."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
import torch

from hybrid.evaluation import solvers
from hybrid.evaluation.speed import exponent, latency_rows, solver_rows, spent
from planner.base import Manipulation
from planner.geometry import GeometricDynamics
from simulator.base import Scene, Thing
from world_model.base import Belief
from world_model.checkpoint import load_checkpoint

A = Thing("a", "cube", "red", (0.04, 0.04, 0.04), (0.1, 0.05, 0.02))
BELIEF = Belief(
    torch.zeros(1, 6), torch.tensor([0.1, 0.0, 0.12, 0.0, 0.0]), Scene("b", (A,)), torch.ones(1).bool(), torch.ones(1)
)
MOVE = Manipulation("pick_place", "a", (0.1, 0.05, 0.04), (0.0, -0.05, 0.02), 0.05)


def test_the_exponent_of_a_power_law_is_found() -> None:
    assert exponent([(x, 3 * x**1.5) for x in (1, 2, 4, 8)]) == pytest.approx(1.5)
    assert exponent([(2.0, 5.0), (4.0, 5.0), (8.0, 5.0)]) == pytest.approx(0.0)


def test_time_spent_counts_work_and_grows_with_it() -> None:
    few, many = (spent(lambda n=n: sum(range(n))) for n in (10_000, 10_000_000))
    assert 0 <= few < many


def test_latencies_are_told_in_milliseconds_and_in_both_references() -> None:
    rows = latency_rows([10.0, 20.0, 30.0], [1.0, 2.0, 3.0], product=0.5, manipulation=10.0)
    assert rows[0] == ("both levels, p50", "20.0", "40", "2.0")
    assert rows[2] == ("level 1 alone, p50", "2.0", "4", "0.2")


def test_every_solver_starts_from_the_same_and_warm_ones_do_not_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solvers, "SAMPLES", 8)
    monkeypatch.setattr(solvers, "ROUNDS", 2)
    model = GeometricDynamics(load_checkpoint()[0].proposals)
    found = {one.name: one for one in solvers.solved(model, BELIEF, MOVE, seed=0)}
    best = found["propose, imagine, select"]
    assert {f"{rule}, {start}" for rule in ("cem", "icem", "mppi") for start in ("warm", "from nothing")} <= set(found)
    for name, one in found.items():
        assert one.milliseconds > 0
        if name.endswith("warm"):
            assert one.cost <= best.cost + 1e-5
            assert one.sequences == 16
    assert ("pytorch_mppi, warm" in found) == (find_spec("pytorch_mppi") is not None)


def test_solvers_are_told_by_their_medians() -> None:
    answers = [[solvers.Solved("a", cost, ms, 5)] for cost, ms in ((0.001, 10.0), (0.003, 30.0), (0.002, 20.0))]
    assert solver_rows(answers) == [("a", "2.0", "20", "5")]

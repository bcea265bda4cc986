"""Working memory written down and read back is the same to the last bit."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
import torch

from hybrid.agents.written import read_back, write_down
from hybrid.decompose import decompose
from hybrid.engine import never
from hybrid.errors import StoreSchemaError
from hybrid.session import Session
from hybrid.shortfall import best_candidate
from planner.base import Candidate, Searched
from simulator.scene import load_scene

SAME = {
    "decomposition",
    "best",
    "verdict",
    "tabu",
    "preparing",
    "settled",
    "steps",
    "chosen",
    "attempts",
    "checks",
    "spent",
}


@pytest.fixture
def session(engine) -> Session:
    """A session that has looked, understood, planned and checked."""
    scene, parts = load_scene("demo"), engine.parts
    world = parts.world(scene)
    made = Session(parts, world, scene, "episode", never)
    made.belief = parts.perceiver.look(world.reset(7), names=scene)
    world.close()
    made.decomposition = decompose(parts.language, "put the red block on the blue block", made.belief.scene)
    goal = made.decomposition.subgoals[0]
    made.plan = parts.planner.plan(made.belief, goal, budget=parts.budget, tabu=(), seed=7).plans[0]
    made.expected = parts.perceiver.predict(made.belief, made.plan.actions[:3])
    made.verdict = parts.check(made.belief, made.plan, goal)
    left = Searched((), Candidate(made.plan.manipulations, 0.1, made.belief.scene.things))
    made.best = best_candidate(made.belief, goal, left)
    made.tabu, made.settled, made.steps, made.attempts = made.plan.manipulations, {2, 0}, 5, 1
    return made


def test_what_is_read_back_is_what_was_known(session: Session) -> None:
    again = Session(session.parts, session.world, session.names, session.episode, never)
    read_back(again, write_down(session))
    assert all(getattr(again, name) == getattr(session, name) for name in SAME)
    for name in ("belief", "expected"):
        one, other = getattr(session, name), getattr(again, name)
        assert (one.scene, one.surprise, one.leap_surprise) == (other.scene, other.surprise, other.leap_surprise)
        assert all(torch.equal(getattr(one, t), getattr(other, t)) for t in ("tokens", "tool", "visible", "confidence"))
    for field in fields(session.plan):
        if field.name != "actions":
            assert getattr(again.plan, field.name) == getattr(session.plan, field.name)
    assert again.plan.actions.tobytes() == session.plan.actions.tobytes()
    assert abs(again.began - session.began) < 1.0


def test_a_plan_made_from_what_was_read_back_is_the_same_plan(session: Session) -> None:
    again = Session(session.parts, session.world, session.names, session.episode, never)
    read_back(again, write_down(session))
    goal, parts = session.decomposition.subgoals[0], session.parts
    one, other = (
        parts.planner.plan(known.belief, goal, budget=parts.budget, tabu=(), seed=3).plans[0]
        for known in (session, again)
    )
    assert one.actions.tobytes() == other.actions.tobytes()


def test_the_same_knowledge_gives_the_same_bytes(session: Session) -> None:
    one, other = write_down(session), write_down(session)
    assert {name: one[name] for name in ("belief", "expected", "plan")} == {
        name: other[name] for name in ("belief", "expected", "plan")
    }


def test_what_another_version_wrote_is_refused_by_name(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hybrid.agents.written.VERSION", 2)
    notes = write_down(session)
    monkeypatch.undo()
    with pytest.raises(StoreSchemaError, match="version 2"):
        read_back(session, notes)


def test_a_verdict_without_a_margin_survives(session: Session) -> None:
    session.verdict = replace(session.verdict, margin=float("-inf"))
    notes = write_down(session)
    read_back(session, notes)
    assert session.verdict.margin == float("-inf")

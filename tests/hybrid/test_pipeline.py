"""The graph from words to a remembered episode, with the real world, model, search, check and store.

Only the language model is told its answers here: what it makes of words is tested in its own room.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from langgraph.runtime import Runtime

from hybrid.act import RISE
from hybrid.base import Decomposition, EpisodeResult, Json
from hybrid.check import check_plan
from hybrid.engine import PlanningEngine, never
from hybrid.pipeline import after_planning, opening
from hybrid.pipeline import planned as plan_node
from hybrid.replay import replay
from hybrid.session import Limits, Parts, Session
from hybrid.store.episodes import SqlStore, open_store
from planner.base import Budget, Manipulation, Plan, Searched
from planner.two_level import TwoLevelPlanner
from simulator.base import Fact, FloatArray, Observation, Physics, Scene, Subgoal, Thing, Verdict
from simulator.camera import DEFAULT_CAMERAS
from simulator.predicates import holds
from simulator.scene import load_scene
from simulator.world import PhysicalWorld
from tests.hybrid.store.samples import empty_database
from world_model.base import BLOCK, Belief
from world_model.checkpoint import load_checkpoint
from world_model.model import WorldModel
from world_model.perception import TokenPerceiver

ON = Subgoal((Fact("on", ("red_cube_1", "blue_cube_1")),), "put the red block on the blue block")
IN = Subgoal((Fact("in", ("green_cube_1", "white_bowl_1")),), "put the green block in the bowl")


@dataclass
class ToldLanguage:
    """Answers as told, and remembers what it was asked."""

    answers: list[Decomposition]
    feedback: list[str] = field(default_factory=list)
    name: str = "told 1"

    def decompose(
        self, instruction: str, scene: Scene, *, examples: tuple[str, ...] = (), feedback: str = ""
    ) -> Decomposition:
        self.feedback.append(feedback)
        return self.answers[min(len(self.feedback), len(self.answers)) - 1]


class MovedBehindOnesBack(PhysicalWorld):
    """Somebody moves the red block after ten control steps."""

    def step(self, action: FloatArray) -> FloatArray:
        sensed = super().step(action)
        self.count = getattr(self, "count", 0) + 1
        if self.count == 6:
            self.place("red_cube_1", (-0.18, 0.0, 0.02))
        return sensed


@pytest.fixture(scope="module")
def model() -> WorldModel:
    return load_checkpoint(cameras=DEFAULT_CAMERAS)[0]


@pytest.fixture
def store(tmp_path: Path) -> Generator[SqlStore]:
    opened = open_store(empty_database(tmp_path), tmp_path / "artifacts")
    yield opened
    opened.close()


def engine(
    model: WorldModel,
    store: SqlStore,
    *answers: Decomposition,
    check: Callable[[Belief, Plan, Subgoal], Verdict] = check_plan,
    world: type[PhysicalWorld] = PhysicalWorld,
) -> PlanningEngine:
    return PlanningEngine(
        Parts(
            language=ToldLanguage(list(answers)),
            perceiver=TokenPerceiver(model),
            planner=TwoLevelPlanner(model),
            store=store,
            world=partial(world, robot="tool"),
            check=check,
            budget=Budget(milliseconds=60_000),
            limits=Limits(attempts=3, manipulations=9, decompositions=2, seconds=300),
            models={"world_model": "test", "language": "told 1"},
        )
    )


def planned(*subgoals: Subgoal) -> Decomposition:
    return Decomposition("planned", subgoals, backend="told 1")


def truly(result: EpisodeResult, subgoal: Subgoal) -> bool:
    assert result.final is not None
    return all(holds(fact, result.final.things, result.final.held) for fact in subgoal.facts)


def test_two_subgoals_are_reached_recorded_and_replayed_bit_for_bit(model: WorldModel, store: SqlStore) -> None:
    events: list[str] = []
    result = engine(model, store, planned(ON, IN)).run(
        "stack and tidy", load_scene("demo"), 7, lambda name, _: events.append(name)
    )
    assert result.outcome.status == "reached"
    assert truly(result, ON)
    assert truly(result, IN)
    assert result.outcome.planner_share == 1.0
    record = store.episode(result.episode)
    assert record["status"] == "reached"
    assert {"perceived", "subgoals", "plan", "verdict", "acted", "observed", "done"} <= set(events)
    assert replay(store, result.episode).same


@pytest.mark.parametrize("part", ["rgb", "elevation", "proprioception"])
def test_what_is_no_observation_is_refused_by_name_before_it_reaches_the_store(
    model: WorldModel, store: SqlStore, part: str
) -> None:
    class Unplugged(PhysicalWorld):
        def observe(self) -> Observation:
            return replace(super().observe(), **{part: None})

    result = engine(model, store, planned(ON), world=Unplugged).run("stack", load_scene("demo"), 7)
    assert result.outcome.status == "refused"
    assert (result.outcome.reason or "").startswith(f"observation.{part}: it is NoneType, not an array")
    assert store.episode(result.episode)["observations"] == []


def test_rejected_plan_is_replanned(model: WorldModel, store: SqlStore) -> None:
    asked: list[Plan] = []

    def suspicious(belief: Belief, plan: Plan, subgoal: Subgoal) -> Verdict:
        asked.append(plan)
        verdict = check_plan(belief, plan, subgoal)
        return replace(verdict, accepted=False, code="collision", reason="no") if len(asked) == 1 else verdict

    result = engine(model, store, planned(ON), check=suspicious).run("stack", load_scene("demo"), 3)
    assert result.outcome.status == "reached"
    assert not np.array_equal(asked[0].actions, asked[1].actions)


@pytest.mark.parametrize(
    ("margins", "chosen"),
    [((0.001, 0.009), 1), ((0.002, 0.001), 0), ((0.001, -0.01), 0), ((0.009,), 0)],
    ids=["the other has more to spare", "it has less", "it is rejected", "there is enough to spare"],
)
def test_a_plan_with_little_to_spare_is_compared_with_one_more(
    margins: tuple[float, ...], chosen: int, model: WorldModel, store: SqlStore
) -> None:
    asked: list[Plan] = []

    def measuring(belief: Belief, plan: Plan, subgoal: Subgoal) -> Verdict:
        asked.append(plan)
        verdict = check_plan(belief, plan, subgoal)
        if len(asked) > len(margins):
            return verdict
        margin = margins[len(asked) - 1]
        return replace(verdict, accepted=margin >= 0, code="accepted" if margin >= 0 else "unmet", margin=margin)

    ran: list[str] = []
    built = engine(model, store, planned(ON), check=measuring)
    result = built.run("stack", load_scene("demo"), 3, lambda name, _: ran.append(name))
    assert ran[: ran.index("acted")].count("verdict") == len(margins)
    steps = store.steps(result.episode)
    assert {step["attempt"] for step in steps[: len(asked[chosen].actions)]} == {chosen}
    done = np.array([step["action"] for step in steps[: len(asked[chosen].actions)]], dtype=np.float32)
    assert np.array_equal(done, asked[chosen].actions)


def test_a_plan_that_is_always_rejected_is_decomposed_again_and_then_fails_honestly(
    model: WorldModel, store: SqlStore
) -> None:
    def never(belief: Belief, plan: Plan, subgoal: Subgoal) -> Verdict:
        return Verdict(False, "collision", "collision at step 3 between the tool and the blue cup", 3, -0.1, 1.0, 0.0)

    made = engine(model, store, planned(ON), check=never)
    result = made.run("stack", load_scene("demo"), 3)
    language = made.parts.language
    assert isinstance(language, ToldLanguage)
    assert result.outcome.status == "unmet"
    assert "collision at step 3" in (result.outcome.reason or "")
    assert "is unmet by" in (result.outcome.reason or "")
    assert len(language.feedback) == 2
    assert "collision" in language.feedback[1]
    assert result.final is not None
    assert {t.id: t.position for t in result.final.things}.keys() == {t.id for t in load_scene("demo").things}
    steps = store.episode(result.episode)["steps"]
    assert steps == []


def test_an_interrupted_episode_leaves_a_whole_record(model: WorldModel, store: SqlStore) -> None:
    seen: list[str] = []

    def enough() -> bool:
        return "verdict" in seen

    def listen(name: str, _: dict[str, Json]) -> None:
        seen.append(name)

    result = engine(model, store, planned(ON)).run("stack", load_scene("demo"), 3, listen, enough)
    record = store.episode(result.episode)
    assert result.outcome.status == record["status"] == "interrupted"
    assert record["final"] is not None


def test_a_question_and_a_refusal_move_nothing(model: WorldModel, store: SqlStore) -> None:
    asked = Decomposition("question", message="Which red cube?", backend="told 1")
    refused = Decomposition("refused", message="there is no purple block", backend="told 1")
    for answer in (asked, refused):
        result = engine(model, store, answer).run("do it", load_scene("demo"), 1)
        assert result.outcome.status == answer.status
        assert result.outcome.message == answer.message
        assert store.episode(result.episode)["steps"] == []


def test_a_thing_that_is_not_seen_is_refused_by_name(model: WorldModel, store: SqlStore) -> None:
    ghost = Subgoal((Fact("on", ("purple_cube_1", "blue_cube_1")),), "put the purple block on the blue one")
    result = engine(model, store, planned(ghost)).run("stack", load_scene("demo"), 1)
    assert result.outcome.status == "refused"
    assert "purple_cube_1" in (result.outcome.reason or "")


def test_a_block_moved_mid_way_is_found_and_the_goal_still_reached(model: WorldModel, store: SqlStore) -> None:
    result = engine(model, store, planned(ON), world=MovedBehindOnesBack).run("stack", load_scene("demo"), 5)
    assert truly(result, ON)
    assert result.outcome.status == "reached"
    assert result.outcome.attempts >= 2


def test_a_tool_that_lost_what_it_held_lets_go_and_rises_before_anything_else(
    model: WorldModel, store: SqlStore
) -> None:
    result = engine(model, store, planned(ON), world=MovedBehindOnesBack).run("stack", load_scene("demo"), 5)
    steps = store.episode(result.episode)["steps"]
    first = [step["action"] for step in steps if step["attempt"] == steps[0]["attempt"]]
    assert first[-BLOCK:] == [pytest.approx((0.0, 0.0, RISE / BLOCK, 0.0))] * BLOCK
    assert result.outcome.planner_share == pytest.approx(1 - BLOCK / len(steps))


class Late(PhysicalWorld):
    """Obeys a control step late."""

    def __init__(self, scene: Scene, *, robot: Literal["tool", "arm"]) -> None:
        super().__init__(scene, robot=robot, physics=Physics(latency=1))


def test_a_robot_that_obeys_a_step_late_is_not_broken_off(model: WorldModel, store: SqlStore) -> None:
    left: list[object] = []

    def listen(name: str, data: Mapping[str, object]) -> None:
        left.extend([data["left"]] if name == "acted" else [])

    can = Thing("orange_cylinder_1", "cylinder", "orange", (0.04, 0.04, 0.04), (-0.038, -0.219, 0.02))
    across = Subgoal((Fact("at", (can.id, 0.15, 0.15)),), "bring the can across the table")
    result = engine(model, store, planned(across), world=Late).run("across", Scene("can", (can,)), 0, listen)
    assert truly(result, across)
    assert left == [None]


def test_a_goal_that_holds_already_needs_no_action(model: WorldModel, store: SqlStore) -> None:
    there = load_scene("demo").thing("red_cube_1").position
    here = Subgoal((Fact("at", ("red_cube_1", there[0], there[1])),), "leave the red block where it is")
    result = engine(model, store, planned(here)).run("stay", load_scene("demo"), 1)
    assert result.outcome.status == "reached"
    assert store.episode(result.episode)["steps"] == []


def test_the_same_seed_gives_the_same_episode(model: WorldModel, store: SqlStore) -> None:
    one, two = (engine(model, store, planned(ON)).run("stack", load_scene("demo"), 11) for _ in range(2))
    assert one.final == two.final


class Helpless(TwoLevelPlanner):
    """Imagines nothing that would help."""

    def plan(
        self,
        belief: Belief,
        subgoal: Subgoal,
        *,
        budget: Budget,
        tabu: tuple[Manipulation, ...] = (),
        seed: int = 0,
    ) -> Searched:
        return Searched()


@dataclass(frozen=True)
class Unlucky(TwoLevelPlanner):
    """Finds nothing in its first searches, as when no free place that it draws is any good."""

    unlucky: int = 2
    seeds: list[int] = field(default_factory=list)

    def plan(
        self, belief: Belief, subgoal: Subgoal, *, budget: Budget, tabu: tuple[Manipulation, ...] = (), seed: int = 0
    ) -> Searched:
        self.seeds.append(seed)
        if len(self.seeds) <= self.unlucky:
            return Searched()
        return super().plan(belief, subgoal, budget=budget, tabu=tabu, seed=seed)


def test_a_search_that_found_nothing_is_not_repeated_as_it_was(model: WorldModel, store: SqlStore) -> None:
    planner = Unlucky(model)
    made = engine(model, store, planned(ON))
    result = PlanningEngine(replace(made.parts, planner=planner)).run("stack", load_scene("demo"), 3)
    assert result.outcome.status == "reached"
    assert len(planner.seeds) > planner.unlucky
    assert len(set(planner.seeds)) == len(planner.seeds)


def test_a_subgoal_that_was_settled_and_holds_no_more_ends_honestly(model: WorldModel, store: SqlStore) -> None:
    made = engine(model, store, planned(ON))
    scene = load_scene("demo")
    helpless = replace(made.parts, planner=Helpless(model))
    world = helpless.world(scene)
    episode = store.open_episode(instruction="stack", scene=scene, seed=0, models={}, settings={})
    session = Session(helpless, world, scene, episode, never)
    try:
        session.belief = helpless.perceiver.look(world.reset(0), names=scene)
    finally:
        world.close()
    session.decomposition = planned(ON)
    session.settled.add(0)
    state = {**opening("stack", 0), "round": helpless.limits.decompositions}
    update = plan_node(state, Runtime(context=session))
    assert after_planning({**state, **update}, Runtime(context=session)) != "ground"

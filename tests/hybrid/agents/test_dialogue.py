"""People take part: questions, approvals, edits and rejections, each through an interrupt and a resume."""

from __future__ import annotations

from pathlib import Path

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command

from hybrid.agents.graph import build_graph
from hybrid.agents.state import PlanningContext
from simulator.scene import load_scene
from tests.hybrid.agents.hearing import Remembering

REQUEST = {"instruction": "put the red block on the blue block", "scene": "demo", "seed": 7}
UNCLEAR = {"instruction": "put the red cube on the green cube", "scene": "twins"}
ON = {"configurable": {"thread_id": "one"}}
ASKING = PlanningContext(approval="always")


@pytest.fixture
def saver(tmp_path: Path):
    with SqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as opened:
        yield opened


def asked(result: dict) -> dict:
    (found,) = result["__interrupt__"]
    return found.value


@pytest.mark.parametrize("answer", ["the left one", "2", {"answer": "the leftmost red cube"}])
def test_a_question_is_asked_answered_and_the_task_goes_on(engine, saver, answer) -> None:
    graph = build_graph(engine, checkpointer=saver)
    question = asked(graph.invoke(UNCLEAR, ON))
    assert (question["kind"], question["question"]) == ("question", "Which red cube do you mean?")
    assert len(question["choices"]) == 2
    done = graph.invoke(Command(resume=answer), ON)
    assert done["status"] == "reached"
    left = max((t for t in load_scene("twins").things if t.id.startswith("red_cube")), key=lambda t: t.position[1])
    assert done["subgoals"][0]["facts"] == [["on", left.id, "green_cube_1"]]


def test_an_answer_without_words_is_asked_for_again_with_the_problem(engine, saver) -> None:
    graph = build_graph(engine, checkpointer=saver)
    graph.invoke(UNCLEAR, ON)
    again = asked(graph.invoke(Command(resume={"answer": ""}), ON))
    assert again["problem"].startswith("answer:")
    assert again["question"] == "Which red cube do you mean?"


def test_a_question_is_reported_where_nobody_can_be_asked(engine) -> None:
    done = build_graph(engine).invoke(UNCLEAR, context=PlanningContext(questions="report"))
    assert (done["status"], done["message"]) == ("question", "Which red cube do you mean?")


def test_nothing_moves_before_a_plan_is_approved_and_what_is_shown_is_what_happens(engine, saver) -> None:
    graph = build_graph(engine, checkpointer=saver)
    shown = asked(graph.invoke(REQUEST, ON, context=ASKING))
    assert graph.get_state(ON).values["progress"]["step"] == 0
    assert shown["predicted"]["margin_cm"] >= 0
    assert Path(shown["video"].removeprefix("file://")).read_bytes()[:6] == b"GIF89a"
    done = graph.invoke(Command(resume={"decision": "approve"}), ON, context=ASKING)
    assert done["status"] == "reached"
    record = engine.parts.store.episode(done["episode"])
    (moved,) = [thing for thing in record["final"]["things"] if thing["id"] == "red_cube_1"]
    predicted = shown["predicted"]["things_cm"]["red_cube_1"]
    assert all(abs(100 * now - then) < 2 for now, then in zip(moved["position"], predicted, strict=True))


def test_a_person_edits_the_subgoals_and_these_are_reached_instead(engine, saver) -> None:
    graph = build_graph(engine, checkpointer=saver)
    graph.invoke(REQUEST, ON, context=ASKING)
    edit = {"decision": "edit", "subgoals": [{"facts": [["on", "green_cube_1", "blue_cube_1"]]}]}
    shown = asked(graph.invoke(Command(resume=edit), ON, context=ASKING))
    assert shown["subgoal"] == "put the green cube on the blue cube"
    done = graph.invoke(Command(resume=True), ON, context=ASKING)
    assert done["status"] == "reached"
    assert done["subgoals"][0]["facts"] == [["on", "green_cube_1", "blue_cube_1"]]


def test_a_faulty_edit_is_answered_with_its_field_and_nothing_is_lost(engine, saver) -> None:
    graph = build_graph(engine, checkpointer=saver)
    graph.invoke(REQUEST, ON, context=ASKING)
    edit = {"decision": "edit", "subgoals": [{"facts": [["on", "green_cube_1", "nothing"]]}]}
    again = asked(graph.invoke(Command(resume=edit), ON, context=ASKING))
    assert "subgoals[0].facts[0]" in again["problem"]
    assert again["subgoal"] == "put the red cube on the blue cube"


def test_the_reason_of_a_rejection_reaches_the_decomposer_and_the_same_plan_is_not_proposed_again(
    compose, language, saver
) -> None:
    hearing = Remembering(language)
    engine = compose(said=hearing)
    graph = build_graph(engine, checkpointer=saver)
    first = asked(graph.invoke(REQUEST, ON, context=ASKING))
    no = Command(resume={"decision": "reject", "reason": "it passes too near the bowl"})
    second = graph.invoke(no, ON, context=ASKING)
    assert "it passes too near the bowl" in hearing.feedback[-1]
    if "__interrupt__" in second:
        assert first["video"] != asked(second)["video"]
        second = graph.invoke(no, ON, context=ASKING)
    assert second["status"] == "unmet"
    assert "it passes too near the bowl" in second["reason"]
    assert engine.parts.store.actions(second["episode"]).size == 0


def test_approval_once_asked_for_stays_though_the_resume_does_not_say_so(engine, saver) -> None:
    graph = build_graph(engine, checkpointer=saver)
    graph.invoke(REQUEST, ON, context=ASKING)
    again = graph.invoke(Command(resume="no"), ON)
    assert graph.get_state(ON).values["progress"]["step"] == 0
    assert "__interrupt__" in again or again["status"] == "unmet", "nothing moves that nobody approved"
    done = graph.invoke(REQUEST, {"configurable": {"thread_id": "two"}})
    assert done["status"] == "reached", "a request that did not ask for approval needs none"

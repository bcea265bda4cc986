"""Covers conversations: six turns of one thread against the real service, with context, a correction and an undo."""

from __future__ import annotations

import time

import pytest

from hybrid.bootstrap import build_engine
from hybrid.carrying import engine_runner
from hybrid.config import load_settings
from hybrid.conversation import before
from hybrid.service import TaskService
from hybrid.store.tasks import Task, TaskRequest
from simulator.base import Fact
from simulator.predicates import holds
from simulator.scene import load_scene

SECONDS = 120


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    engine = build_engine(load_settings(database_url=f"sqlite:///{folder}/h.db", artifact_dir=folder))
    running = TaskService(engine.parts.store, engine_runner(engine))
    running.start()
    yield running
    running.stop()


def say(service: TaskService, words: str, thread: str | None) -> tuple[Task, list[list[str | float]]]:
    task = service.submit(TaskRequest(words, load_scene("demo"), 3, thread=thread)).task
    until = time.monotonic() + SECONDS
    while service.task(task.id).status in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.05)
    subgoals = [event.data["subgoals"] for event in service.events(task.id) if event.name == "subgoals"]
    facts = [[f["relation"], *f["arguments"]] for goal in subgoals[-1] for f in goal["facts"]] if subgoals else []
    return service.task(task.id), facts


def stands(service: TaskService, task: Task, *fact: str) -> bool:
    left = before(service.store, task).scene if task.request.thread is None else None
    after = (
        before(service.store, say(service, "what do you see", task.request.thread)[0]).scene if left is None else left
    )
    return holds(Fact(fact[0], fact[1:]), after.things)


def test_six_turns_share_a_table_and_what_was_said(service):
    first, facts = say(service, "put the red cube in the bowl", "talk")
    assert (first.status, facts) == ("succeeded", [["in", "red_cube_1", "white_bowl_1"]])
    second, facts = say(service, "now put it next to the cylinder", "talk")
    assert (second.status, facts) == ("succeeded", [["next_to", "red_cube_1", "orange_cylinder_1"]])
    third, facts = say(service, "no, the yellow one", "talk")
    assert third.status == "succeeded"
    assert facts == [["in", "red_cube_1", "white_bowl_1"], ["next_to", "yellow_cube_1", "orange_cylinder_1"]]
    fourth, facts = say(service, "undo", "talk")
    assert fourth.status == "succeeded"
    assert {fact[1] for fact in facts} == {"red_cube_1", "yellow_cube_1"}
    fifth, facts = say(service, "is the yellow cube next to the cylinder?", "talk")
    assert (fifth.status, facts) == ("succeeded", [])
    assert (fifth.reason or "").startswith("No")
    sixth, facts = say(service, "put the green one in the bowl", "talk")
    assert (sixth.status, facts) == ("succeeded", [["in", "green_cube_1", "white_bowl_1"]])
    assert stands(service, sixth, "in", "green_cube_1", "white_bowl_1")


def test_a_task_of_no_thread_knows_nothing_of_others(service):
    alone, _ = say(service, "undo", None)
    assert alone.status == "refused"
    assert "nothing to undo" in (alone.reason or "")


def test_a_question_back_is_answered_and_the_task_goes_on(service):
    twins = load_scene("twins")
    task = service.submit(TaskRequest("put the red block in the tray", twins, 3, thread="choice")).task
    until = time.monotonic() + SECONDS
    while service.task(task.id).status in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.05)
    assert service.task(task.id).status == "question"
    answered = service.submit(TaskRequest("the left one", twins, 3, thread="choice")).task
    while service.task(answered.id).status in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.05)
    assert service.task(answered.id).status == "succeeded"

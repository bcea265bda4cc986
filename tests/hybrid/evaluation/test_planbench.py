"""PlanBench's files: read, checked by symbols, built on the table, recorded plans carried out there. Both problems of
the test file are our own, in PlanBench's form.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from hybrid.config import Settings
from hybrid.errors import ConfigError
from hybrid.evaluation.blocks import Action, Stacks, validate
from hybrid.evaluation.planbench import read_planbench
from hybrid.evaluation.planbench_tasks import PlanbenchSuite, built, steps_of
from hybrid.evaluation.runner import evaluate
from hybrid.evaluation.truth import solved
from simulator.goals import after
from simulator.scene import validate as validate_scene

FILE = Path(__file__).parent / "planbench" / "two_problems.json"
SUITE = f"planbench={FILE}"


def test_a_file_is_read_whether_plans_are_lists_of_letters_or_lines_of_colours() -> None:
    recording = read_planbench(FILE)
    assert recording.model == "somebody"
    first, second = recording.problems
    assert dict(first.start.below) == {"red": "blue", "blue": None, "orange": None}, "the last statement is the problem"
    assert first.goal == (("blue", "orange"),)
    assert [str(action) for action in first.plan or ()] == [
        "(unstack red blue)", "(put-down red)", "(pick-up blue)", "(stack blue orange)",
    ]  # fmt: skip
    assert [str(action) for action in second.plan or ()] == ["(pick-up yellow)", "(stack yellow red)"]
    assert (first.published, second.published) == (True, False)


def test_symbols_say_whether_a_plan_can_be_done_and_reaches_its_goal() -> None:
    first, second = read_planbench(FILE).problems
    assert validate(first.start, first.goal, first.plan or ()).valid
    verdict = validate(second.start, second.goal, second.plan or ())
    assert (verdict.valid, verdict.carried) == (False, 0)
    assert verdict.reason == "step 1 (pick-up yellow) cannot be done"
    assert not validate(first.start, first.goal, (first.plan or ())[:2]).valid


def reachable(start: Stacks, depth: int) -> set[tuple[frozenset, str | None]]:
    """Every state within ``depth`` operators, by an interpreter of its own: columns of blocks and a hand."""

    def columns(stacks: Stacks) -> tuple[frozenset, str | None]:
        over = {lower: upper for upper, lower in stacks.below if lower is not None}
        tall = []
        for block, lower in stacks.below:
            if lower is None:
                column = [block]
                while column[-1] in over:
                    column.append(over[column[-1]])
                tall.append(tuple(column))
        return frozenset(tall), stacks.hand

    states, edge = {columns(start)}, {columns(start)}
    for _ in range(depth):
        fresh = set()
        for table, hand in edge:
            if hand is None:
                fresh |= {(table - {c} | ({c[:-1]} if c[1:] else set()), c[-1]) for c in table}
            else:
                fresh |= {(table - {c} | {(*c, hand)}, None) for c in table} | {(table | {(hand,)}, None)}
        edge = {(frozenset(table), hand) for table, hand in fresh} - states
        states |= edge
    return states


def test_the_operators_reach_exactly_the_states_that_another_interpreter_reaches() -> None:
    start = Stacks((("a", None), ("b", "a"), ("c", None)))
    seen, edge = {start}, [start]
    blocks = "abc"
    actions = [Action(act, (x,)) for act in ("pick-up", "put-down") for x in blocks]
    actions += [Action(act, pair) for act in ("stack", "unstack") for pair in itertools.permutations(blocks, 2)]
    for _ in range(4):
        edge = [after for now in edge for action in actions if (after := now.after(action)) is not None]
        seen |= set(edge)
    distinct = {(frozenset(stacks.below), stacks.hand) for stacks in seen}
    assert len(distinct) == len(reachable(start, 4))


@pytest.mark.parametrize("seed", range(4))
def test_a_problem_is_built_as_it_is_stated_and_its_witness_solves_it(seed: int) -> None:
    suite = PlanbenchSuite(FILE)
    assert suite.size == 2
    task = suite.task(seed)
    validate_scene(task.scene)
    assert not solved(task, task.scene.things)
    assert solved(task, after(task.scene.things, task.witness))
    assert task == suite.task(seed)
    assert "magenta" not in task.instruction


def test_stacks_that_do_not_fit_on_the_table_are_refused() -> None:
    wide = Stacks(tuple((str(k), None) for k in range(60)))
    with pytest.raises((ConfigError, KeyError)):
        built(wide, np.random.default_rng(0), "wide")


def test_what_is_picked_up_moves_once_it_is_let_go_of() -> None:
    first = read_planbench(FILE).problems[0]
    assert [(step.thing, step.relation, step.to) for step in steps_of(first.plan or ())] == [
        ("red_cube_1", "aside", ()),
        ("blue_cube_1", "on", ("orange_cube_1",)),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"query": "(define (problem BW))"},
        {"query": "[STATEMENT]\nAs initial conditions I have that, the red block is clear.\nMy goal is to have that "
         "the red block is on top of the blue block.\n"},
        {"instance_id": None},
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_refused_with_the_instance_and_a_remedy(tmp_path: Path, change: dict) -> None:
    body = json.loads(FILE.read_text(encoding="utf-8"))
    body["instances"][0] |= change
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_planbench(file)
    assert caught.value.field == "suite"
    assert caught.value.remedy


def test_recorded_plans_are_carried_out_and_their_validity_is_told_apart_from_that() -> None:
    report = evaluate(SUITE, ["nothing", "recorded"], episodes=2, seed=0, settings=Settings(), tuning=True)
    right, wrong = report["episodes"]["recorded"]
    assert (right["plan_valid"], right["success"]) == (True, True)
    assert (wrong["plan_valid"], wrong["success"], wrong["failure"]) == (False, False, "language")
    assert report["arms"]["nothing"]["success"] == 0


def test_more_episodes_than_there_are_problems_are_refused() -> None:
    with pytest.raises(ConfigError, match="out of range"):
        evaluate(SUITE, ["nothing"], episodes=3, seed=0, settings=Settings(), tuning=True)


def test_recorded_plans_need_their_problems() -> None:
    with pytest.raises(ConfigError, match="for PlanBench"):
        evaluate("place", ["recorded"], episodes=1, seed=0, settings=Settings(), tuning=True)

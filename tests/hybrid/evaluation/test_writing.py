"""Asking language models for whole plans: what the prompt tells, and what is read from free text."""

from __future__ import annotations

import pytest

from hybrid.base import Decomposition
from hybrid.errors import LanguageError
from hybrid.evaluation.base import Step
from hybrid.evaluation.validity import reaches_the_goal
from hybrid.evaluation.writing import BackendWriter, DecomposingWriter, Form, PromptedWriter, prompted, read
from hybrid.language.plan_experts import ExpertPlan, expert_plan
from hybrid.language.plans import ActionPlan, Amid, Aside, NamedStep, NumberStep, Placed, Point, Related
from simulator.base import Fact, Scene, Subgoal, Thing
from simulator.tasks import make_task

CUBE = (0.04, 0.04, 0.04)
SCENE = Scene(
    "demo",
    (
        Thing("red_cube_1", "cube", "red", CUBE, (0.1, 0.0, 0.02)),
        Thing("blue_cube_1", "cube", "blue", CUBE, (0.0, 0.1, 0.02)),
        Thing("green_cube_1", "cube", "green", CUBE, (0.0, 0.1, 0.06)),
        Thing("green_cube_2", "cube", "green", CUBE, (-0.1, 0.1, 0.02)),
        Thing("gray_zone_1", "zone", "gray", (0.12, 0.12, 0.002), (-0.1, -0.1, 0.001)),
    ),
)


def test_the_prompt_describes_what_is_perceived_and_asks_for_the_form() -> None:
    prompt = prompted("Tidy up.", SCENE, "names")
    assert "Request: Tidy up." in prompt
    assert "- green_cube_1: centre at 0.000 0.100 0.060, size 0.040 x 0.040 x 0.040, on blue_cube_1" in prompt
    assert "carry X Y Z to X Y Z" in prompted("Tidy up.", SCENE, "numbers")
    assert "carry" not in prompt


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("put red_cube_1 on blue_cube_1", Step("put", "red_cube_1", "on", ("blue_cube_1",))),
        ("1. **Put the red block on the blue cube.**", Step("put", "red_cube_1", "on", ("blue_cube_1",))),
        ("- put red_cube_1 between blue_cube_1 and green_cube_2",
         Step("put", "red_cube_1", "between", ("blue_cube_1", "green_cube_2"))),
        ("Step 2: put green_cube_1 aside", Step("put", "green_cube_1", "aside")),
        ("push red_cube_1 at top_left", Step("push", "red_cube_1", "at", ("top_left",))),
        ("put red_cube_1 at -0.1, 0.05", Step("put", "red_cube_1", "at", ((-0.1, 0.05),))),
        ("put the red cube in the gray mat", Step("put", "red_cube_1", "in", ("gray_zone_1",))),
        ("carry 0.1 0.0 0.02 to 0 0.1 0.10", Step("carry", to=((0.1, 0.0, 0.02), (0.0, 0.1, 0.10)))),
        ("carry (0.1, 0.0) to (0.0, 0.1)", Step("carry", to=((0.1, 0.0), (0.0, 0.1)))),
    ],
)  # fmt: skip
def test_steps_are_read_from_the_ways_models_write_them(line: str, step: Step) -> None:
    assert list(read(line, SCENE)) == [step]


@pytest.mark.parametrize(
    "line",
    [
        "First I will think about the red block.",
        "put the green cube on the red cube",
        "put red_cube_1 on pink_cube_1",
        "put red_cube_1 between blue_cube_1",
        "carry 0.1 to 0.2",
        "put red_cube_1",
        "",
    ],
)
def test_what_is_no_step_or_names_no_one_thing_is_passed_over(line: str) -> None:
    assert list(read(line, SCENE)) == []


def test_a_model_is_a_function_and_its_prompt_and_answer_are_kept() -> None:
    asked: list[str] = []

    def model(prompt: str) -> str:
        asked.append(prompt)
        return "Sure:\n```\nput red_cube_1 on green_cube_1\n```"

    written = PromptedWriter("mine", model).write("Stack.", SCENE, "names", feedback="it fell", last="put nothing")
    assert written.steps == (Step("put", "red_cube_1", "on", ("green_cube_1",)),)
    assert written.prompt == asked[0]
    assert "it fell" in asked[0]
    assert "put nothing" in asked[0]
    assert written.problem is None


def test_an_answer_without_a_step_says_so_unless_it_says_that_nothing_is_to_be_done() -> None:
    assert PromptedWriter("m", lambda _: "I cannot help.").write("x", SCENE, "names").problem
    assert PromptedWriter("m", lambda _: "Nothing to do.").write("x", SCENE, "names").problem is None


class Backend:
    """Subgoals and plans as a language backend gives them."""

    name = "backend"

    def decompose(self, instruction: str, scene: Scene, **_: object) -> Decomposition:
        if instruction == "?":
            return Decomposition("question", message="Which one?")
        facts = (Fact("on", ("red_cube_1", "blue_cube_1")), Fact("at", ("red_cube_1", 0.1, -0.05)))
        return Decomposition("planned", tuple(Subgoal((fact,)) for fact in facts), program="on red blue ; at red")

    def action_plan(self, instruction: str, scene: Scene, form: str, feedback: str = "") -> ActionPlan:
        if form == "steps":
            named = (
                NamedStep(pick="red_cube_1", place=Related(relation="on", of="blue_cube_1")),
                NamedStep(pick="red_cube_1", place=Placed(at="left")),
            )
            return ActionPlan(named)
        return ActionPlan((NumberStep(pick=Point(x=100, y=0), place=Point(x=-20, y=90)),))


def test_subgoals_are_taken_as_steps_in_the_order_they_are_said() -> None:
    written = DecomposingWriter(Backend()).write("x", SCENE, "names")
    assert written.steps == (
        Step("put", "red_cube_1", "on", ("blue_cube_1",)),
        Step("put", "red_cube_1", "at", ((0.1, -0.05),)),
    )
    assert DecomposingWriter(Backend()).write("?", SCENE, "names").problem == "Which one?"
    with pytest.raises(LanguageError, match="no steps in metres"):
        DecomposingWriter(Backend()).write("x", SCENE, "numbers")


def test_a_backend_that_writes_plans_is_taken_at_its_word() -> None:
    writer = BackendWriter(Backend())
    assert writer.write("x", SCENE, "names").steps == (
        Step("put", "red_cube_1", "on", ("blue_cube_1",)),
        Step("put", "red_cube_1", "at", ("left",)),
    )
    assert writer.write("x", SCENE, "numbers").steps == (Step("carry", to=((0.1, 0.0), (-0.02, 0.09))),)


@pytest.mark.parametrize(
    ("step", "meant"),
    [
        (NamedStep(pick="red_cube_1", place=Placed(at="left"), push=True), Step("push", "red_cube_1", "at", ("left",))),
        (NamedStep(pick="red_cube_1", place=Point(x=50, y=-20)), Step("put", "red_cube_1", "at", ((0.05, -0.02),))),
        (NamedStep(pick="red_cube_1", place=Aside(aside=True)), Step("put", "red_cube_1", "aside")),
        (
            NamedStep(pick="red_cube_1", place=Amid(between=("blue_cube_1", "green_cube_2"))),
            Step("put", "red_cube_1", "between", ("blue_cube_1", "green_cube_2")),
        ),
    ],
)
def test_every_way_of_saying_where_is_a_step_of_the_controller(step: NamedStep, meant: Step) -> None:
    class One(Backend):
        def action_plan(self, instruction: str, scene: Scene, form: str, feedback: str = "") -> ActionPlan:
            return ActionPlan((step,), prompt="as given")

    written = BackendWriter(One()).write("x", SCENE, "names")
    assert written.steps == (meant,)
    assert written.prompt == "as given"


@pytest.mark.parametrize("suite", ["place", "stack", "tower", "rearrange", "blocksworld"])
@pytest.mark.parametrize("form", ["names", "numbers"])
def test_expert_plans_solve_their_tasks_as_the_controller_reads_them(suite: str, form: Form) -> None:
    solved = []
    for seed in range(491_000, 491_010):
        task = make_task(suite, seed)
        plan = expert_plan(task.scene.things, task.subgoals)

        class Expert(Backend):
            def action_plan(
                self, instruction: str, scene: Scene, form: str, feedback: str = "", made: ExpertPlan = plan
            ) -> ActionPlan:
                return ActionPlan(made.steps if form == "steps" else made.numbers)

        steps = BackendWriter(Expert()).write(task.instruction, task.scene, form).steps
        solved.append(reaches_the_goal(steps, task))
    assert sum(solved) >= 9, "a container that is too full for two is no matter of plans"

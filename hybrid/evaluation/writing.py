"""Asking a language model for the whole action plan: the prompt, and what is read from its answer.

Two forms: steps that name things, and steps in metres. The table is described as perceived, and nothing else is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, cast

from hybrid.base import LanguageModel
from hybrid.errors import LanguageError
from hybrid.evaluation.base import STEP_RELATIONS, Act, Place, Step, StepRelation
from hybrid.evaluation.targets import words
from hybrid.language.plans import ActionPlanner, Amid, NamedStep, NumberStep, Placed, PlanForm, Point, Related
from hybrid.language.prompts import plan_prompt
from simulator.base import Fact, Scene, Thing
from simulator.places import PLACES
from simulator.predicates import rests_on

Form = Literal["names", "numbers"]
Complete = Callable[[str], str]
"""A language model as a function: a prompt in, its answer out."""

SITUATION: Final = """You move things on a table with one gripper. Lengths are metres. x points away from the viewer, \
y to the viewer's left, z up; the table top is z = 0 and reaches from -0.25 to 0.25 along x and y.
The gripper lifts one thing at a time, from above. What carries another thing must be freed first.

Things on the table:
{things}

Request: {instruction}
"""
NAMES: Final = """
Answer with the whole plan, one step a line, nothing else. Steps:
put THING on|in THING
put THING left_of|right_of|behind|in_front_of|next_to THING
put THING between THING THING
put THING at PLACE        (PLACE is one of {places}, or x y in metres)
put THING aside           (some free place of the table)
push THING at PLACE, push THING left_of THING, ...   (only when pushing is asked for)
Name things as they are listed above.
"""
NUMBERS: Final = """
Answer with the whole plan, one step a line, nothing else. The only step is
carry X Y Z to X Y Z
where the first point is the centre of the thing to lift and the second is where its centre should end.
"""
FEEDBACK: Final = """
Your last plan was
{plan}
A physics simulator tried it: {verdict}
Answer with a better plan.
"""
NOTHING: Final = re.compile(r"^\s*(done|nothing to do|no steps?)\W*$", re.IGNORECASE)
BULLET: Final = re.compile(r"^[\s>*`-]*(?:step\s*)?(?:\d+\s*[.):]\s*)?[\s*`]*", re.IGNORECASE)
NUMBER: Final = r"[-+]?(?:\d+\.?\d*|\.\d+)"


@dataclass(frozen=True)
class Written:
    """What a language model answered.

    Attributes:
        prompt: what it was asked.
        output: its answer, word for word.
        steps: what was read from it.
        problem: why nothing could be read, None when something was.
    """

    prompt: str
    output: str
    steps: tuple[Step, ...]
    problem: str | None = None


class PlanWriter(Protocol):
    """A language model asked for an action plan."""

    @property
    def name(self) -> str:
        """Model and version, kept with every row."""
        ...

    def write(self, instruction: str, scene: Scene, form: Form, *, feedback: str = "", last: str = "") -> Written:
        """Write the plan for ``instruction`` on ``scene`` as perceived.

        ``feedback`` says what the simulator found wrong with the plan ``last``.
        """
        ...


@dataclass(frozen=True)
class PromptedWriter:
    """A language model that is a function of a prompt; implements ``PlanWriter``.

    Attributes:
        name: model and version.
        complete: answers prompts.
    """

    name: str
    complete: Complete

    def write(self, instruction: str, scene: Scene, form: Form, *, feedback: str = "", last: str = "") -> Written:
        """Prompt the model and read its answer."""
        prompt = prompted(instruction, scene, form)
        if feedback:
            prompt += FEEDBACK.format(plan=last, verdict=feedback)
        output = self.complete(prompt)
        steps = tuple(read(output, scene))
        problem = None if steps or NOTHING.match(output) else "no step could be read from the answer"
        return Written(prompt, output, steps, problem)


@dataclass(frozen=True)
class BackendWriter:
    """A language backend that writes action plans itself; implements ``PlanWriter``.

    Attributes:
        planner: asked for plans in steps that name things, or in millimetres.
    """

    planner: ActionPlanner

    @property
    def name(self) -> str:
        """The backend's name."""
        return self.planner.name

    def write(self, instruction: str, scene: Scene, form: Form, *, feedback: str = "", last: str = "") -> Written:
        """Ask the backend, and take its steps as they are."""
        told = f"Your last plan was {last}. {feedback}" if feedback else ""
        shape: PlanForm = "steps" if form == "names" else "numbers"
        made = self.planner.action_plan(instruction, scene, shape, told)
        steps = tuple(_placed(step) if isinstance(step, NamedStep) else _pointed(step) for step in made.steps)
        prompt = made.prompt or str(plan_prompt(instruction, scene, shape, told))
        said = json.dumps([step.model_dump() for step in made.steps])
        return Written(prompt, said, steps, made.problem)


@dataclass(frozen=True)
class DecomposingWriter:
    """A language backend whose subgoals are taken as the plan, in the order it says them; implements ``PlanWriter``.

    What the product would plan for is here carried out as it was said: every fact is one step, and nothing is looked
    ahead for, cleared or reordered. It writes no numbers.

    Attributes:
        language: the backend of the product.
    """

    language: LanguageModel

    @property
    def name(self) -> str:
        """The backend's name."""
        return f"{self.language.name} (subgoals as steps)"

    def write(self, instruction: str, scene: Scene, form: Form, *, feedback: str = "", last: str = "") -> Written:
        """Take the backend's subgoals as steps.

        Raises:
            LanguageError: steps in metres are asked for.
        """
        if form == "numbers":
            remedy = "Give a model that does: llm-numbers=FILE.py:NAME."
            raise LanguageError("language", f"{self.language.name} writes no steps in metres", remedy)
        del last
        answer = self.language.decompose(instruction, scene, feedback=feedback)
        steps = tuple(stated(fact, sub.manner == "push") for sub in answer.subgoals for fact in sub.facts)
        said = answer.program or "\n".join(words(step) for step in steps)
        problem = None if answer.status == "planned" else answer.message or answer.status
        return Written(instruction, said, steps, problem)


def _placed(step: NamedStep) -> Step:
    act: Act = "push" if step.push else "put"
    match step.place:
        case Related():
            return Step(act, step.pick, step.place.relation, (step.place.of,))
        case Placed():
            return Step(act, step.pick, "at", (step.place.at,))
        case Point():
            return Step(act, step.pick, "at", (_metres(step.place),))
        case Amid():
            return Step(act, step.pick, "between", step.place.between)
        case _:
            return Step(act, step.pick, "aside")


def _pointed(step: NumberStep) -> Step:
    return Step("carry", to=(_metres(step.pick), _metres(step.place)))


def _metres(point: Point) -> tuple[float, float]:
    return (point.x / 1000, point.y / 1000)


def prompted(instruction: str, scene: Scene, form: Form) -> str:
    """Return the prompt that asks for a plan of ``form``."""
    things = "\n".join(described(thing, scene.things) for thing in scene.things)
    how = NAMES.format(places=", ".join(PLACES)) if form == "names" else NUMBERS
    return SITUATION.format(things=things, instruction=instruction) + how


def described(thing: Thing, things: Sequence[Thing]) -> str:
    """Return what a prompt says of ``thing``: name, place, size and what it stands on."""
    x, y, z = thing.position
    size = " x ".join(f"{extent:.3f}" for extent in thing.size)
    below = [other.id for other in things if other.id != thing.id and rests_on(thing, other) >= 0.0]
    stands = f", on {below[0]}" if below else ""
    return f"- {thing.id}: centre at {x:.3f} {y:.3f} {z:.3f}, size {size}{stands}"


def read(output: str, scene: Scene) -> Iterator[Step]:
    """Yield the steps in a model's ``output``, line by line; lines that are none are passed over."""
    names = {thing.id: thing.id for thing in scene.things}
    names |= _plain_names(scene)
    for row in output.splitlines():
        line = " ".join(BULLET.sub("", row, count=1).strip("`*.; ").lower().replace(",", " ").split())
        step = _carry(line) or _named(line, names)
        if step is not None:
            yield step


def stated(fact: Fact, push: bool) -> Step:
    """Return the step that brings ``fact`` about as it is said."""
    act: Act = "push" if push else "put"
    thing, *rest = fact.arguments
    if fact.relation in ("clear", "apart", "line", "held"):
        return Step(act, str(thing), "aside")
    if fact.relation == "at" and len(rest) == 2:
        return Step(act, str(thing), "at", (tuple(float(v) for v in rest),))
    return Step(act, str(thing), cast("StepRelation", fact.relation), tuple(str(name) for name in rest))


def _plain_names(scene: Scene) -> dict[str, str]:
    """What things may also be called where colour and kind tell them from all others: ``red block``."""
    other = {"cube": ("cube", "block"), "zone": ("zone", "mat")}
    looks = [(thing.colour, thing.kind) for thing in scene.things]
    return {
        f"{thing.colour} {kind}": thing.id
        for thing, look in zip(scene.things, looks, strict=True)
        if looks.count(look) == 1
        for kind in other.get(thing.kind, (thing.kind,))
    }


def _carry(line: str) -> Step | None:
    point = rf"\(?\s*({NUMBER})\s+({NUMBER})(?:\s+({NUMBER}))?\s*\)?"
    found = re.fullmatch(rf"carry\s+{point}\s+to\s+{point}", line)
    if found is None:
        return None
    numbers = [None if group is None else float(group) for group in found.groups()]
    start, end = (tuple(v for v in numbers[k : k + 3] if v is not None) for k in (0, 3))
    return Step("carry", to=(start, end))


def _named(line: str, names: dict[str, str]) -> Step | None:
    """Read ``put THING RELATION ...``."""
    act, _, rest = line.partition(" ")
    if act not in ("put", "push"):
        return None
    tokens = _tokens(rest, names)
    if len(tokens) < 2 or tokens[0] not in names.values() or tokens[1] not in STEP_RELATIONS:
        return None
    to = _places(tokens[2:], names)
    relation = tokens[1]
    wanted = {"aside": 0, "between": 2}.get(relation, 1)
    if to is None or len(to) != wanted:
        return None
    return Step(act, tokens[0], relation, to)


def _tokens(text: str, names: dict[str, str]) -> list[str]:
    """The words of a step, with what things are called replaced by their ids and articles left out."""
    for called in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<![\w]){re.escape(called)}(?![\w])", names[called], text)
    return [word for word in text.replace("(", " ").replace(")", " ").split() if word not in ("the", "a", "of")]


def _places(tokens: Sequence[str], names: dict[str, str]) -> tuple[Place, ...] | None:
    """Things and named places, or one point in metres; None when there is anything else."""
    if len(tokens) in (2, 3) and all(re.fullmatch(NUMBER, token) for token in tokens):
        return (tuple(float(token) for token in tokens[:2]),)
    known = {*names.values(), *PLACES}
    places = [token for token in tokens if token != "and"]
    return tuple(places) if all(place in known for place in places) else None

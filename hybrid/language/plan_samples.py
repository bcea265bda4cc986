"""What the network of plans learns from: requests on tables with the plans of an expert.

Tasks of the suites with training seeds, in their own words, and requests of the training grammar on tables drawn for
them. Seeds that evaluations claim anything of are refused. A sample can be varied: other colours, things in another
order, and the millimetres by which perception is off.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from hybrid.errors import ConfigError, LanguageError
from hybrid.language.grammar import Grammar
from hybrid.language.plan_experts import ExpertPlan, by_way_of, expert_plan
from hybrid.language.plan_scenes import scene_for
from hybrid.language.plan_wire import MOST_THINGS, written
from hybrid.language.resolver import resolve
from simulator.base import COLOURS, Kind, Scene, Thing
from simulator.scene import next_id
from simulator.tasks import Task, make_task

HELD_OUT_SEEDS: Final = 490_000
"""First seed that is not trained on: up to the test seeds, exactness is measured there."""
TEST_SEEDS: Final = 500_000
"""First seed of tasks that evaluations claim something of; as in ``hybrid.evaluation.heldout``."""
SHARES: Final[dict[str, int]] = {
    "place": 40, "stack": 18, "tower": 20, "rearrange": 40, "blocksworld": 44, "dynamics": 8, "push": 4,
}  # fmt: skip
"""Fresh tasks of each suite in one shard; those that take long to make are repeated in other variants."""
SAID: Final = 90
"""Fresh requests of the grammar in one shard."""
PER_SHARD: Final = 100
"""Seeds of each suite that a shard may use."""
NATURAL: Final = 0.4
"""Share of the tasks with a shorter wording that are asked for in it."""
AWRY: Final = (0.002, 0.001)
"""Standard deviation of perceived positions, along the table and in height, metres."""
_COLOUR: Final = re.compile(rf"\b({'|'.join(COLOURS)})\b")


@dataclass(frozen=True)
class PlanSample:
    """One request on one table, and what an expert would do.

    Attributes:
        source: its suite, or ``said`` for the grammar.
        text: the request.
        things: the table, in the order in which it is told.
        steps: tokens of the plan in steps that name things.
        numbers: tokens of the plan in coordinates.
    """

    source: str
    text: str
    things: tuple[Thing, ...]
    steps: tuple[str, ...]
    numbers: tuple[str, ...]


def shard(number: int, seed: int) -> list[PlanSample]:
    """Draw the fresh samples of one shard; the same arguments give the same samples.

    Raises:
        ConfigError: its seeds reach those that are held out.
    """
    rng = random.Random(seed * 1_000_003 + number)
    samples: list[PlanSample] = []
    for suite, count in SHARES.items():
        first = number * PER_SHARD
        samples += [found for k in range(count) if (found := suite_sample(suite, first + k, rng)) is not None]
    said = said_samples(seed * 1_000_003 + number)
    return samples + [next(said) for _ in range(SAID)]


def suite_sample(suite: str, seed: int, rng: random.Random, *, held_out: bool = False) -> PlanSample | None:
    """Return task ``seed`` of ``suite`` with its expert plan; None when the expert does not know how.

    Raises:
        ConfigError: ``seed`` may not be trained on, or, with ``held_out``, is one that evaluations claim something of.
    """
    least, most = (HELD_OUT_SEEDS, TEST_SEEDS) if held_out else (0, HELD_OUT_SEEDS)
    if not least <= seed < most:
        raise ConfigError("seed", f"{seed} is held out", f"Take one from {least} to {most - 1}.")
    task = make_task(suite, seed)
    text = task.natural if task.natural and rng.random() < NATURAL else task.instruction
    try:
        return _sample(suite, text, task.scene, _task_plan(task))
    except LanguageError:
        return None


def said_samples(seed: int) -> Iterator[PlanSample]:
    """Yield requests of the training grammar on tables drawn for them, with expert plans; without end."""
    grammar, rng = Grammar(seed), random.Random(seed)
    while True:
        drawn = grammar.sample()
        if drawn.program.refuse is not None or drawn.program.ask is not None:
            continue
        scene = scene_for(drawn.program, rng)
        if scene is None:
            continue
        answer = resolve(drawn.program, scene)
        if answer.status != "planned":
            continue
        try:
            plan = expert_plan(scene.things, answer.subgoals)
        except LanguageError:
            continue
        if plan.steps:
            yield _sample("said", drawn.text, scene, plan)


def varied(sample: PlanSample, rng: random.Random) -> PlanSample:
    """Return ``sample`` with its things in another order, seen a little off, and in other colours if of a suite.

    The words of the grammar for colours are too many to exchange, so that its samples keep theirs.
    """
    order = list(range(len(sample.things)))
    rng.shuffle(order)
    places = {f"t{old}": f"t{new}" for new, old in enumerate(order)}
    colours = dict(zip(COLOURS, rng.sample(list(COLOURS), len(COLOURS)), strict=True))
    if sample.source == "said":
        colours = {colour: colour for colour in COLOURS}
    text = _COLOUR.sub(lambda found: colours[found.group()], sample.text)
    things: list[Thing] = []
    for k in order:
        thing = sample.things[k]
        colour = colours[thing.colour]
        things.append(replace(_seen(thing, rng), colour=colour, id=next_id(colour, thing.kind, things)))
    steps = tuple(places.get(token, token) for token in sample.steps)
    return PlanSample(sample.source, text, tuple(things), steps, sample.numbers)


def _task_plan(task: Task) -> ExpertPlan:
    last = task.subgoals[-1].facts[-1]
    if task.kind == "push_past":
        return by_way_of(task.scene.things, task.witness, last)
    return expert_plan(task.scene.things, task.subgoals)


def _sample(source: str, text: str, scene: Scene, plan: ExpertPlan) -> PlanSample:
    if len(scene.things) > MOST_THINGS:
        raise LanguageError("scene", f"it has {len(scene.things)} things", f"Keep at most {MOST_THINGS}.")
    things = scene.things
    return PlanSample(source, text, things, written(plan.steps, things), written(plan.numbers, things))


def _seen(thing: Thing, rng: random.Random) -> Thing:
    x, y, z = thing.position
    across, up = AWRY
    return replace(thing, position=(rng.gauss(x, across), rng.gauss(y, across), rng.gauss(z, up)))


def as_row(sample: PlanSample) -> list[object]:
    """Return ``sample`` as plain JSON values."""
    things = [[t.kind, t.colour, *t.size, *t.position, t.yaw] for t in sample.things]
    return [sample.source, sample.text, things, " ".join(sample.steps), " ".join(sample.numbers)]


def from_row(row: Sequence[object]) -> PlanSample:
    """Return the sample that ``as_row`` wrote down."""
    source, text, told, steps, numbers = row
    things: list[Thing] = []
    for kind, colour, *values in cast("list[list[object]]", told):
        a, b, c, x, y, z, yaw = (float(str(value)) for value in values)
        name = next_id(str(colour), str(kind), things)
        things.append(Thing(name, cast(Kind, kind), str(colour), (a, b, c), (x, y, z), yaw))
    return PlanSample(str(source), str(text), tuple(things), tuple(str(steps).split()), tuple(str(numbers).split()))

"""The embedded writer of action plans: what a language model of the decomposer's size writes when asked for the plan.

Its network has the decomposer's encoder and training, and was then trained on expert plans; it is the language model
alone that the evaluation compares the product with. It implements ``hybrid.language.plans.ActionPlanner``.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Final

from hybrid.errors import LanguageError
from hybrid.language.embedded import plain_words
from hybrid.language.plan_decoding import DecodedPlan, decoded
from hybrid.language.plan_files import SHIPPED_PLANS, LoadedPlans, load_plans
from hybrid.language.plan_wire import plan_of
from hybrid.language.plans import ActionPlan, NamedStep, NumberStep, PlanForm
from simulator.base import Scene, Thing
from simulator.predicates import rests_on

WIDTH: Final = 4
"""Plans of a beam: the first, and one for each verdict that may be told."""
_Steps = tuple[NamedStep, ...] | tuple[NumberStep, ...]


class EmbeddedPlanWriter:
    """An ``ActionPlanner`` over a loaded network of plans; deterministic.

    A network of this kind cannot read a verdict. Told one, it writes the plan that it holds for the most probable
    after the one the verdict is about, and that one again when it has no other.

    Args:
        plans: the network, its tokenizer and card.
    """

    def __init__(self, plans: LoadedPlans) -> None:
        self._plans = plans
        self._name = f"embedded-plans-{str(plans.card.get('weights_sha256', 'untrained'))[:8]}"

    @property
    def name(self) -> str:
        """``embedded-plans-`` and the start of the weights' sha256."""
        return self._name

    def action_plan(self, instruction: str, scene: Scene, form: PlanForm, feedback: str = "") -> ActionPlan:
        """Return the plan for ``instruction`` on ``scene``.

        ``feedback`` holds the last plan as JSON, as ``said`` writes it. What is too long or too much for the network is
        told as the plan's ``problem``.
        """
        began = time.perf_counter()
        text = plain_words(instruction)
        try:
            found = [self._steps(one, form, scene) for one in self._ranked(text, scene, form, wide=bool(feedback))]
        except LanguageError as error:
            return ActionPlan((), str(error), self.name, 1, 1000.0 * (time.perf_counter() - began), told(text, scene))
        tried = max((k for k, steps in enumerate(found) if said(steps) in feedback), default=-1) if feedback else -1
        steps = found[min(tried + 1, len(found) - 1)]
        return ActionPlan(steps, None, self.name, 1, 1000.0 * (time.perf_counter() - began), told(text, scene))

    def _ranked(self, text: str, scene: Scene, form: PlanForm, *, wide: bool) -> list[DecodedPlan]:
        """The greedy plan, then, when ``wide``, those of a beam that differ from it."""
        first = decoded(self._plans, text, scene.things, form)
        if not first:
            raise LanguageError("instruction", "no plan came to its end", "Say it another way.")
        if not wide:
            return first
        others = decoded(self._plans, text, scene.things, form, WIDTH)
        return [*first, *(plan for plan in others if plan.tokens != first[0].tokens)]

    def _steps(self, plan: DecodedPlan, form: PlanForm, scene: Scene) -> _Steps:
        return plan_of(plan.tokens, form, scene.things)


def load_plan_writer(folder: Path = SHIPPED_PLANS) -> EmbeddedPlanWriter:
    """Load the shipped writer, or another from a folder; raises ``CheckpointError`` when it is missing."""
    return EmbeddedPlanWriter(load_plans(folder))


def said(steps: _Steps) -> str:
    """Return ``steps`` as JSON, as they stand in what is kept and in feedback."""
    return json.dumps([step.model_dump() for step in steps])


def told(text: str, scene: Scene) -> str:
    """Return in words what the network is given: the request, then a line a thing with centre and size in metres."""
    return "\n".join([text, *(_row(k, scene.things) for k in range(len(scene.things)))])


def _row(number: int, things: tuple[Thing, ...]) -> str:
    thing = things[number]
    centre = " ".join(f"{value:.3f}" for value in thing.position)
    size = " x ".join(f"{extent:.3f}" for extent in thing.size)
    below = [f"t{k}" for k, other in enumerate(things) if other is not thing and rests_on(thing, other) >= 0.0]
    return f"t{number} {thing.colour} {thing.kind} at {centre}, size {size}" + (f", on {below[-1]}" if below else "")

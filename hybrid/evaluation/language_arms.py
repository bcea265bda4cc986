"""Language models alone: the whole action plan at once, carried out by a fixed controller on perceived poses.

The same words, the same first look, the same language backend and the same judge as the product; no world model plans,
nothing is searched. ``llm-feedback`` has its plan tried in a twin of what is perceived and may write another.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from hybrid.base import Json, LanguageModel, Perceiver
from hybrid.evaluation.base import Attempt
from hybrid.evaluation.controller import Carried, carry_out
from hybrid.evaluation.rehearsing import rehearsed
from hybrid.evaluation.writing import Form, PlanWriter, Written
from simulator.base import Subgoal, World
from simulator.tasks import Task
from world_model.base import Belief

RETRIES: Final = 3
"""How often a plan may be written anew after the simulator's verdict."""


@dataclass(frozen=True)
class LanguageArm:
    """Implements ``Arm``: asks once, or until the simulator finds nothing wrong, then carries the last plan out.

    Attributes:
        writer: the language model.
        perceiver: looks.
        form: steps that name things, or in metres.
        retries: further plans after verdicts; 0 asks once and simulates nothing.
        goals: says what the request means, so that a verdict can also tell that a plan misses it; None leaves that out.
    """

    writer: PlanWriter
    perceiver: Perceiver
    form: Form = "names"
    retries: int = 0
    goals: LanguageModel | None = None

    def attempt(self, task: Task, world: World) -> Attempt:
        """Look, ask for the plan, carry it out; errors of perception and language end the attempt."""
        began = time.perf_counter()
        belief = self.perceiver.look(world.observe(), names=task.scene)
        written, log, checks = self._written(task.instruction, belief)
        calls = sum(entry["event"] == "written" for entry in log)
        if written.problem is not None:
            reason, steps, status = written.problem, 0, "refused"
        else:
            done = self._carried(written, belief, world)
            log += done.log
            reason, steps, status = done.reason, len(done.log), "reached" if done.done else "unmet"
        return Attempt(
            status=status,
            reason=reason,
            plan=written.steps,
            planner_share=0.0 if steps else None,
            language_calls=calls,
            checks=checks,
            milliseconds=1000 * (time.perf_counter() - began),
            log=tuple(log),
        )

    def _carried(self, written: Written, belief: Belief, world: World) -> Carried:
        return carry_out(written.steps, belief, world, self.perceiver)

    def _written(self, instruction: str, belief: Belief) -> tuple[Written, list[dict[str, Json]], int]:
        """Return the last plan, what was asked and answered, and how many plans were simulated."""
        log: list[dict[str, Json]] = []
        goals = self._goals(instruction, belief)
        feedback, last, checks = "", "", 0
        while True:
            written = self.writer.write(instruction, belief.scene, self.form, feedback=feedback, last=last)
            log.append(noted(written, self.writer.name))
            if checks >= self.retries or written.problem is not None or written.output == last:
                return written, log, checks
            verdict = rehearsed(written.steps, belief, goals)
            checks += 1
            log.append({"event": "verdict", "accepted": verdict is None, "reason": verdict or "accepted"})
            if verdict is None:
                return written, log, checks
            feedback, last = verdict, written.output

    def _goals(self, instruction: str, belief: Belief) -> tuple[Subgoal, ...]:
        if self.goals is None or not self.retries:
            return ()
        answer = self.goals.decompose(instruction, belief.scene)
        return answer.subgoals if answer.status == "planned" else ()


def noted(written: Written, model: str) -> dict[str, Json]:
    """Return what is kept of one answer."""
    return {
        "event": "written",
        "model": model,
        "prompt": written.prompt,
        "output": written.output,
        "steps": [step.as_json() for step in written.steps],
        "problem": written.problem,
    }

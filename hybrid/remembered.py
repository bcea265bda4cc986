"""Where long-term memory meets the stages: taught names in the words, skills before the search, skills after success.

Everything here does nothing when the engine has no memory. A remembered plan is imagined from the present belief and
must be imagined to reach the subgoal; it is then checked in the twin like any other.
"""

from __future__ import annotations

import time
from dataclasses import replace

from hybrid.ground import margins
from hybrid.rest import at_rest, held_thing
from hybrid.session import Parts, Session
from planner.base import Plan, TraceEntry
from simulator.base import Subgoal, Thing
from world_model.base import Belief

REMEMBERED = "remembered"
"""How the trace of a plan begins that was not searched for."""


def words_for(parts: Parts, instruction: str, *, used: bool = False) -> str:
    """Return ``instruction`` with taught names replaced by what they mean; ``used`` counts a use of each."""
    if parts.memory is None:
        return instruction
    known = parts.memory.understood(instruction)
    if used:
        parts.memory.used(known.facts)
    return known.words


def remembered_plan(parts: Parts, belief: Belief, subgoal: Subgoal) -> Plan | None:
    """Return a plan that worked before on the same table, if it is imagined to reach ``subgoal`` again."""
    if parts.memory is None:
        return None
    began = time.perf_counter()
    skill = parts.memory.skill(subgoal, things_of(belief))
    if skill is None:
        return None
    imagined = parts.perceiver.predict(belief, skill.actions)
    least = margins(imagined, subgoal)
    if least < 0:
        return None
    words = f"{REMEMBERED} {skill.manipulation.kind} {skill.manipulation.thing}: {len(skill.actions)} control steps"
    parts.memory.used((skill.id,))
    return Plan(
        manipulations=(skill.manipulation,),
        actions=skill.actions,
        energy=0.0,
        first_energy=0.0,
        imagined=imagined.scene.things,
        trace=(TraceEntry(1, 1, (0.0,), words),),
        milliseconds=1000 * (time.perf_counter() - began),
    )


def learn_from(session: Session, before: Belief, subgoal: Subgoal) -> None:
    """Remember the plan just carried out if it was one manipulation and its subgoal is believed to hold now."""
    memory, plan = session.parts.memory, session.plan
    if memory is None or plan is None or len(plan.manipulations) != 1 or plan.trace[-1].chosen.startswith(REMEMBERED):
        return
    if margins(session.sure, subgoal) < 0:
        return
    memory.learn(subgoal, things_of(before), plan.manipulations[0], plan.actions, session.episode)


def things_of(belief: Belief) -> tuple[Thing, ...]:
    """Return the believed things at rest, at the places by which a table is known again."""
    held = held_thing(belief)
    known = {thing.id for thing in belief.scene.things}
    settled = at_rest(belief.scene.things, held)
    return tuple(replace(thing, yaw=0.0) for thing in settled if thing.id in known)

"""Looking at a table and thinking about it, without moving anything: what tools offer beside carrying out.

Everything is about the table as it stands now; words are for people and language models, facts for programs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from hybrid.agents.desk import Desk
from hybrid.agents.preview import in_words
from hybrid.agents.worlds import LedgerWorld
from hybrid.base import Json
from hybrid.engine import never
from hybrid.language.description import inventory, name
from hybrid.rehearsal import Asked, Rehearsal, foresee, rehearse
from hybrid.rest import at_rest, held_thing
from hybrid.session import Parts
from hybrid.store.artifacts import pack_images
from hybrid.store.ledger import TableRecord
from hybrid.store.records import plain
from simulator.base import CONTAINERS, MOVABLE, Fact, Scene, Subgoal, Thing
from simulator.predicates import holds
from world_model.base import Belief

STIRRED = 0.01
"""A thing predicted to end within this distance of where it is has not moved, metres."""


def look(desk: Desk, table: TableRecord) -> dict[str, Json]:
    """Return what is seen on ``table`` now: ``words``, ``things`` with ids and places, and the ``images``' name."""
    observation = _world(desk, table).observe()
    belief = desk.parts.perceiver.look(observation, names=table.scene)
    images = desk.kept(pack_images(observation), "npz")
    things = at_rest(belief.scene.things, held_thing(belief))
    return {
        "words": in_sentences(things),
        "things": [_thing(thing, things) for thing in things],
        "images": images,
    }


def believed(desk: Desk, table: TableRecord) -> Belief:
    """Return what is believed to be on ``table`` after a look at it."""
    return desk.parts.perceiver.look(_world(desk, table).observe(), names=table.scene)


def plan(desk: Desk, table: TableRecord, instruction: str) -> tuple[str, dict[str, Json]]:
    """Return what would be done for ``instruction`` on ``table``, in words and as data; nothing moves.

    Raises:
        InstructionError: the instruction is empty, too long or not text.
        PerceptionError: it names what is not seen.
    """
    rehearsed = rehearse(_parts(desk, table), Asked(instruction, table.scene, table.seed), never)
    record: dict[str, Json] = {
        "status": rehearsed.status,
        "reason": rehearsed.reason,
        "best": plain(rehearsed.best),
        "choices": list(rehearsed.decomposition.choices),
        "subgoals": [
            {"words": goal.words, "facts": plain([fact.as_list() for fact in goal.facts])}
            for goal in rehearsed.decomposition.subgoals
        ],
        "manipulations": [
            {
                "subgoal": entry.subgoal, "words": in_words(entry.plan.manipulations[0]),
                "accepted": entry.verdict.accepted, "reason": entry.verdict.reason,
            }
            for entry in rehearsed.plans
        ],
    }  # fmt: skip
    return _planned_words(rehearsed), record


def what_if(desk: Desk, table: TableRecord, fact: Fact) -> tuple[str, dict[str, Json]]:
    """Return what would come of bringing ``fact`` about on ``table``: imagined by the model, simulated in a twin.

    Raises:
        PerceptionError: it names what is not seen, or nothing imagined brings it nearer.
    """
    seen = foresee(_parts(desk, table), table.scene, table.seed, actions=None, subgoal=Subgoal((fact,)))
    after = {thing.id: thing for thing in seen.simulated}
    moved = [_shift(thing, after[thing.id]) for thing in seen.before if _stirred(thing, after[thing.id])]
    reached = holds(fact, seen.simulated)
    said = f"{fact.relation}({', '.join(str(argument) for argument in fact.arguments)})"
    words = f"{said} would {'hold' if reached else 'not hold yet'}."
    words += f" What moves: {'; '.join(moved)}." if moved else " Nothing would move."
    manipulation = in_words(seen.plan.manipulations[0]) if seen.plan is not None else None
    return words, {
        "holds": reached,
        "manipulation": manipulation,
        "moved": cast("Json", moved),
        "gap_cm": round(100 * seen.gap, 1),
        "simulated": [_thing(thing, seen.simulated) for thing in seen.simulated],
    }


def recall(desk: Desk, request: str, limit: int) -> list[dict[str, Json]]:
    """Return past requests that were carried out and are most alike to ``request``."""
    return desk.store.similar(request, limit=limit)


def in_sentences(things: tuple[Thing, ...]) -> str:
    """Say what is on the table and what lies on what: *A red cube and a bowl. red_cube_1 is in white_bowl_1.*."""
    listed = inventory(Scene("seen", things))
    listed = listed[0].upper() + listed[1:]
    lying = [f"{thing.id} is {'in' if under.kind in CONTAINERS else 'on'} {under.id}"
             for thing in things for under in _under(thing, things)]  # fmt: skip
    return " ".join(f"{sentence}." for sentence in [listed, *lying])


def _planned_words(rehearsed: Rehearsal) -> str:
    if rehearsed.status == "question":
        choices = "; ".join(rehearsed.decomposition.choices)
        return f"Question: {rehearsed.reason} Choices: {choices}. Ask again with the words that say which."
    if rehearsed.status == "answered":
        return str(rehearsed.reason)
    if rehearsed.status == "refused":
        return f"Refused: {rehearsed.reason} Ask for something that can be done with the things on the table."
    accepted = [in_words(entry.plan.manipulations[0]) for entry in rehearsed.plans if entry.verdict.accepted]
    if rehearsed.status == "planned":
        return f"It can be done: {'; '.join(accepted)}." if accepted else "It holds already; nothing needs to move."
    return f"No plan was found: {rehearsed.reason}. Clear what is in the way, or ask for less."


def _thing(thing: Thing, things: tuple[Thing, ...]) -> dict[str, Json]:
    under = _under(thing, things)
    return {
        "id": thing.id,
        "name": name(thing, Scene("seen", things)),
        "x_cm": round(100 * thing.position[0], 1),
        "y_cm": round(100 * thing.position[1], 1),
        "z_cm": round(100 * thing.position[2], 1),
        "on": under[0].id if under else None,
        "movable": thing.kind in MOVABLE,
    }


def _under(thing: Thing, things: tuple[Thing, ...]) -> list[Thing]:
    """Return what ``thing`` lies on or in, if not on the bare table."""
    found: list[Thing] = []
    for other in things:
        if other.id != thing.id and thing.kind in MOVABLE:
            flat = other.kind in CONTAINERS or other.kind == "zone"
            if holds(Fact("in" if flat else "on", (thing.id, other.id)), things):
                found.append(other)
    return found[:1]


def _stirred(before: Thing, after: Thing) -> bool:
    return any(abs(a - b) > STIRRED for a, b in zip(before.position, after.position, strict=True))


def _shift(before: Thing, after: Thing) -> str:
    x, y, z = (f"{100 * value:.0f}" for value in after.position)
    return f"{before.id} to x {x} cm, y {y} cm, z {z} cm"


def _world(desk: Desk, table: TableRecord) -> LedgerWorld:
    return LedgerWorld(desk.worlds, table.id, desk.worlds.now(table.id))


def _parts(desk: Desk, table: TableRecord) -> Parts:
    """Return the engine's parts, whose world is ``table`` as it stands now."""
    return replace(desk.parts, world=lambda _scene: _world(desk, table))

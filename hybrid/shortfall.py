"""Why a search has no plan, in words, and the best that it imagined though that was not good enough.

Reads believed and imagined things only.
"""

from __future__ import annotations

import math

from hybrid.base import BestCandidate
from hybrid.config import PREFIX, Settings
from hybrid.ground import broken
from hybrid.language.description import joined, name
from hybrid.rest import at_rest
from planner.base import Candidate, Exhausted, Manipulation, Searched
from planner.room import inner
from simulator.base import Scene, Subgoal
from simulator.predicates import margin
from world_model.base import Belief

MORE = {
    "milliseconds": "raise {variable}, which is {given:g}; the default is {default:g}",
    "candidates": "raise {variable}, which is {given:g}, to {needed:g} or more",
}
"""What to do about each bound of a budget."""


def unplanned(belief: Belief, subgoal: Subgoal, searched: Searched) -> str:
    """Say why there is no plan for ``subgoal``: by how much it is unmet, and what the best that was imagined leaves."""
    ended = "" if searched.exhausted is None else f" within the budget of the search ({remedy(searched.exhausted)})"
    best = best_candidate(belief, subgoal, searched)
    told = "" if best is None else f"; {best.words}"
    return f"no plan was found{ended}: {broken(belief, subgoal)}{told}"


def remedy(exhausted: Exhausted) -> str:
    """Name the setting that ended a search and say what to raise it to."""
    setting = f"plan_{exhausted.bound}"
    default = Settings.model_fields[setting].default
    variable = f"{PREFIX}{setting.upper()}"
    return MORE[exhausted.bound].format(
        variable=variable, given=exhausted.given, needed=exhausted.needed, default=default
    )


def best_candidate(belief: Belief, subgoal: Subgoal, searched: Searched) -> BestCandidate | None:
    """Return the best that was imagined with what it leaves unmet, None where nothing could be imagined."""
    best = searched.best
    if best is None or not subgoal.facts:
        return None
    things = at_rest(best.imagined, None)
    left, fact = min(((margin(fact, things), fact) for fact in subgoal.facts), key=lambda pair: pair[0])
    said = f"leaves it unmet by {-100 * left:.1f} cm" if left < 0 else "would reach it"
    words = f"the best that was imagined, {in_words(belief, best)}, {said}"
    return BestCandidate(best.manipulations, best.energy, tuple(fact.as_list()), left, words)


def in_words(belief: Belief, candidate: Candidate) -> str:
    """Say what a candidate does: *carrying the red cube to the white bowl*."""
    return joined([moving(belief.scene, one) for one in candidate.manipulations], "and then")


def moving(scene: Scene, manipulation: Manipulation) -> str:
    """Say a manipulation by the thing its target lies over, or else by where that is on the table."""
    x, y, z = manipulation.target
    under = [
        thing
        for thing in scene.things
        if thing.id != manipulation.thing
        and math.dist(thing.position[:2], (x, y)) <= inner(thing)
        and thing.bottom <= z
    ]
    highest = max(under, key=lambda thing: thing.top, default=None)
    goes = f"x {100 * x:.0f} cm, y {100 * y:.0f} cm" if highest is None else name(highest, scene)
    verb = "pushing" if manipulation.kind == "push" else "carrying"
    return f"{verb} {name(scene.thing(manipulation.thing), scene)} to {goes}"

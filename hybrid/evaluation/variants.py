"""Every engine that is compared with the product, by name: what is composed otherwise, and nothing else.

Compositions that look into the true state are named in ``PRIVILEGED`` and reported as such.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hybrid.base import Perceiver
from hybrid.bootstrap import PRODUCT, Variant, geometric, learned
from hybrid.evaluation.memory import OtherMemory
from hybrid.evaluation.privileged import ExactTwin, SimulatedDynamics, TruePerceiver, Window
from planner.base import Dynamics, Plan
from planner.configurator import Switches
from planner.refinement import Refinement
from simulator.base import Subgoal, Verdict
from world_model.base import Belief
from world_model.model import WorldModel

ORACLE_CONTROLS: Final = 12
"""Control sequences the oracle simulates for one manipulation: each costs as much as carrying it out."""
ROUNDS: Final = 2
"""Rounds of refinement compared (EVIDENCE 3 used one and two)."""


def accept(belief: Belief, plan: Plan, subgoal: Subgoal) -> Verdict:
    """Accept every plan untried."""
    del belief, subgoal
    return Verdict(True, "accepted", "not checked", None, margin=0.0, peak_force=0.0, gap=0.0, final=plan.imagined)


def geometric_memory(model: WorldModel, perceiver: Perceiver) -> Perceiver:
    """Expect hidden things where the hand-written transition moves them."""
    return OtherMemory(perceiver, model, geometric(model))


def oracle(window: Window) -> Variant:
    """Know everything but chance: true state, PyBullet as the model, an exact twin."""

    def simulated(dynamics: Dynamics) -> Dynamics:
        return SimulatedDynamics(window, dynamics.proposals)

    def knowing(model: WorldModel, perceiver: Perceiver) -> Perceiver:
        del model, perceiver
        return TruePerceiver(window)

    search = Switches(controls=ORACLE_CONTROLS)
    return Variant(model=simulated, perceiver=knowing, check=ExactTwin(window), switches=search, unhurried=True)


def oracle_waypoints(window: Window) -> Variant:
    """Let an exact copy of the world imagine manipulations; everything else as in the product."""
    return Variant(upper=lambda dynamics: SimulatedDynamics(window, dynamics.proposals), unhurried=True)


def refined_by(refinement: Refinement) -> Variant:
    """Refine what level 1 selects."""
    return Variant(switches=Switches(refinement=refinement))


VARIANTS: Final[dict[str, Callable[[Window], Variant]]] = {
    "hybrid": lambda _: PRODUCT,
    "geometry": lambda _: Variant(model=geometric, perceiver=geometric_memory),
    "flat": lambda _: Variant(flat=True),
    "unchecked": lambda _: Variant(check=accept),
    "exact-twin": lambda window: Variant(check=ExactTwin(window)),
    "oracle": oracle,
    "geometry-manipulations": lambda _: Variant(upper=geometric),
    "geometry-controls": lambda _: Variant(model=geometric, upper=learned),
    "geometry-unchecked": lambda _: Variant(model=geometric, perceiver=geometric_memory, check=accept),
    "flat-unchecked": lambda _: Variant(flat=True, check=accept),
    "oracle-waypoints": oracle_waypoints,
    "no-look-ahead": lambda _: Variant(switches=Switches(ahead=False)),
    "no-clearing": lambda _: Variant(switches=Switches(clearing=False)),
    "no-named-places": lambda _: Variant(switches=Switches(named=False)),
    "no-free-places": lambda _: Variant(switches=Switches(free=False)),
    "targets-2": lambda _: Variant(switches=Switches(targets=2)),
    "targets-24": lambda _: Variant(switches=Switches(targets=24)),
    "controls-1": lambda _: Variant(switches=Switches(controls=1)),
    "controls-8": lambda _: Variant(switches=Switches(controls=8)),
    "controls-160": lambda _: Variant(switches=Switches(controls=160)),
    "cem": lambda _: refined_by(Refinement("cem", ROUNDS)),
    "icem": lambda _: refined_by(Refinement("icem", ROUNDS)),
    "mppi": lambda _: refined_by(Refinement("mppi", ROUNDS)),
    "no-belief-filter": lambda _: Variant(imagines=False),
    "no-inventory": lambda _: Variant(inventory=False),
}
"""How each compared engine is composed, given a window into the world that only privileged ones look through."""

PRIVILEGED: Final = frozenset({"exact-twin", "oracle", "oracle-waypoints"})
"""Arms that are given the true state; ceilings, not competitors."""
UNCHECKED: Final = frozenset(name for name in VARIANTS if name.endswith("unchecked"))
"""Arms that try nothing in a twin."""

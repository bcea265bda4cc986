"""What a person is shown before a plan is carried out: what will be done, what should come of it, and a video of that.

The video is of the twin in which the plan was checked, never of the world that is acted on.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from hybrid.agents.desk import Desk
from hybrid.base import Json
from hybrid.check import solid
from hybrid.rest import at_rest, held_thing
from hybrid.session import Session
from hybrid.store.records import plain
from planner.base import Manipulation
from simulator.base import Scene, Subgoal
from simulator.recording import record_video
from simulator.twin import Twin

FRAMES = 20
"""Frames of a preview: enough to follow one manipulation, and drawn in about a second."""


def proposal(desk: Desk, session: Session, goal: Subgoal) -> dict[str, Json]:
    """Return what the session's plan for ``goal`` will do and what is predicted to come of it; films it too."""
    plan, verdict = session.plan, session.verdict
    assert plan is not None, "nothing was planned"
    assert verdict is not None, "nothing was checked"
    moves = plan.manipulations
    return {
        "subgoal": goal.words,
        "facts": plain([fact.as_list() for fact in goal.facts]),
        "manipulations": [in_words(move) for move in moves],
        "predicted": {
            "reason": verdict.reason,
            "energy": round(float(plan.first_energy), 4),
            "margin_cm": round(100 * verdict.margin, 1),
            "gap_cm": round(100 * verdict.gap, 1),
            "peak_force_newtons": round(verdict.peak_force, 1),
            "things_cm": {
                thing.id: [round(100 * value, 1) for value in thing.position]
                for thing in verdict.final
                if thing.id == moves[0].thing
            },
        },
        "video": film(desk, session, goal),
    }


def in_words(move: Manipulation) -> str:
    """Say a manipulation: *carry red_cube_1 to x 2 cm, y 2 cm, z 6 cm*."""
    x, y, z = (f"{100 * value:.0f}" for value in move.target)
    return f"{'push' if move.kind == 'push' else 'carry'} {move.thing} to x {x} cm, y {y} cm, z {z} cm"


def film(desk: Desk, session: Session, goal: Subgoal) -> str:
    """Draw the session's plan as it runs in a twin of the belief; return the artifact's name, ``<sha256>.gif``."""
    plan, belief = session.plan, session.sure
    assert plan is not None, "nothing was planned"
    needed = {plan.manipulations[0].thing} | {str(name) for fact in goal.facts for name in fact.arguments}
    held = held_thing(belief)
    things = at_rest(solid(belief, needed), held)
    tip = (float(belief.tool[0]), float(belief.tool[1]), float(belief.tool[2]))
    twin = Twin(things, robot="tool", tool=tip, held=held)
    try:
        played = twin.run(plan.actions)
    finally:
        twin.close()
    states = [played.start, *(step.state for step in played.steps)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "preview.gif"
        captions = [goal.words] * len(states)
        record_video(path, Scene("preview", things), states, captions, most_frames=FRAMES)
        return desk.kept(path.read_bytes(), "gif", session.episode)

"""The nodes in which people take part: where a request begins, where it is asked about, and where a plan is approved.

An interrupt is the first thing its node does, because a resumed node runs again from its start.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from hybrid import pipeline
from hybrid.agents.answers import Decision, chosen, decision_of, spoken
from hybrid.agents.desk import Desk
from hybrid.agents.preview import proposal
from hybrid.agents.stages import inner_state, outer_update
from hybrid.agents.state import PlanningContext, PlanningState, PlanningUpdate, Progress
from hybrid.base import Json
from hybrid.clarification import clarified
from hybrid.decompose import checked_instruction
from hybrid.engine import subgoal_reports
from hybrid.errors import InstructionError, SceneError
from hybrid.session import Session
from hybrid.store.ledger import new_table
from hybrid.store.records import plain
from simulator.base import Scene
from simulator.scene import dump_scene, load_scene, parse_scene, scene_names

DEFAULT_SCENE = "demo"
HOW_TO_DECIDE = "approve, edit (with subgoals) or reject (with a reason)"


def requested_scene(scene: object) -> Scene:
    """Return the scene that an input means: by name, or as an object.

    Raises:
        SceneError: the name is unknown, or a field of the object is wrong.
    """
    if scene is None:
        return load_scene(DEFAULT_SCENE)
    if isinstance(scene, str):
        if scene not in scene_names():
            known = ", ".join(scene_names())
            remedy = f"Name one of {known}, or give a scene as an object."
            raise SceneError("scene", f"there is none called {scene[:80]!r}", remedy)
        return load_scene(scene)
    return parse_scene(scene)


def requested_seed(seed: object) -> int:
    """Return the seed of an input; raises ``InstructionError`` when it is none."""
    if isinstance(seed, float) and seed.is_integer():
        seed = int(seed)  # numbers of other languages' JSON
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise InstructionError("seed", f"{seed!r} is no whole number from 0 to 2^63 - 1", "Leave it out for 0.")
    return seed


class Dialogue:
    """The nodes in which people take part, over ``desk``.

    Args:
        desk: at which runs work.
        link: makes an address that people can open from an artifact's name.
    """

    def __init__(self, desk: Desk, link: Callable[[str], str] | None = None) -> None:
        self.desk = desk
        self.link = link or self._file

    def begin(self, state: PlanningState, runtime: Runtime[PlanningContext]) -> PlanningUpdate:
        """Check the request, find its table, and open the record of the episode."""
        said = checked_instruction(state.get("instruction"))
        seed = requested_seed(state.get("seed", 0))
        table, step = self._table(state, seed)
        asked = cast("PlanningContext | None", runtime.context) or PlanningContext()
        record, parts = self.desk.ledger.table(table), self.desk.parts
        assert record is not None, "the table was set up"
        settings: dict[str, Json] = {
            "robot": "tool", "limits": plain(parts.limits), "budget": plain(parts.budget),
            "table": table, "table_step": step, "table_seed": record.seed,
        }  # fmt: skip
        episode = parts.store.open_episode(
            instruction=said, scene=record.scene, seed=seed, models=parts.models, settings=settings
        )
        progress = Progress(
            said=said, asked=0, round=0, subgoal=0, tries=0, moves=0, failed=False, next="perceive",
            table=table, step=step, notes={}, problem=None, approval=asked.approval, questions=asked.questions,
        )  # fmt: skip
        past = state.get("progress", {})
        if past.get("table") == table and "turns" in past:
            progress["turns"] = past["turns"]
        return {
            "status": "running", "reason": None, "message": None, "episode": episode, "subgoals": [], "outcome": None,
            "progress": cast("Json", progress),
        }  # fmt: skip

    def ask(self, state: PlanningState, runtime: Runtime[PlanningContext]) -> PlanningUpdate:
        """Ask the person what they mean, and read the request again in the light of the answer."""
        session, progress = self.desk.session(state), state.get("progress", {})
        asked = session.decomposition
        assert asked is not None, "nothing was asked"
        payload = {"kind": "question", "question": asked.message, "choices": list(asked.choices)}
        answer = interrupt(payload | _problem(progress))
        try:
            text = chosen(spoken(answer), asked.choices)
        except InstructionError as error:
            return {"progress": cast("Json", {**progress, "problem": str(error)})}
        said = clarified(progress.get("said", ""), asked.message or "", text)
        pipeline.tell(cast("Any", runtime), "answered", question=asked.message, answer=text, understood=said)
        count = progress.get("asked", 0) + 1
        fresh = Progress(said=said, asked=count, round=0, next="decompose", problem=None)
        return {"status": "running", "message": None, "progress": cast("Json", {**progress, **fresh})}

    def preview(self, state: PlanningState, runtime: Runtime[PlanningContext]) -> PlanningUpdate:
        """Put together what the person is asked to approve: the plan, its predicted outcome and a video of it."""
        session, inner = self.desk.session(state), inner_state(state)
        goal = pipeline.current(inner, session)
        shown = proposal(self.desk, session, goal)
        shown["video"] = self.link(str(shown["video"]))
        shown["subgoals"] = plain(subgoal_reports(session, inner))
        pipeline.tell(cast("Any", runtime), "preview", **shown)
        progress = state.get("progress", {})
        notes = {**progress.get("notes", {}), "proposal": self.desk.ledger.note(json.dumps(shown).encode())}
        return {"progress": cast("Json", {**progress, "next": "approve", "notes": notes, "problem": None})}

    def approve(self, state: PlanningState, runtime: Runtime[PlanningContext]) -> PlanningUpdate:
        """Ask the person to approve, edit or reject the plan."""
        session, progress = self.desk.session(state), state.get("progress", {})
        shown = json.loads(self.desk.ledger.read(progress.get("notes", {})["proposal"]))
        payload = {"kind": "approval", **shown, "answer_with": HOW_TO_DECIDE}
        answer = interrupt(payload | _problem(progress))
        try:
            decision = decision_of(answer, session.sure.scene)
        except InstructionError as error:
            return {"progress": cast("Json", {**progress, "problem": str(error)})}
        pipeline.tell(cast("Any", runtime), "decided", decision=decision.kind, reason=decision.reason or None)
        if decision.kind == "approve":
            return {"progress": cast("Json", {**progress, "next": "act", "problem": None})}
        return self._edited(state, session, decision) if decision.kind == "edit" else self._rejected(
            state, session, decision
        )  # fmt: skip

    def _edited(self, state: PlanningState, session: Session, decision: Decision) -> PlanningUpdate:
        """Go on with the person's subgoals."""
        assert session.decomposition is not None, "nothing was decomposed"
        if not self.desk.store.reopen(session.episode):
            self.desk.branch(session, state.get("progress", {}).get("table", ""))
        session.decomposition = replace(session.decomposition, subgoals=decision.subgoals, backend="a person")
        session.settled.clear()
        session.situation_changed()
        session.plan, session.verdict, session.preparing = None, None, None
        session.parts.store.record_decomposition(session.episode, session.decomposition)
        inner = inner_state(state)
        inner.update(subgoal=0, tries=0, moves=0, failed=False, reason=None)
        changes = Progress(next="ground", notes=self.desk.written(session), problem=None)
        return {
            **outer_update(state, inner, changes),
            "subgoals": plain(subgoal_reports(session, inner)),
            "episode": session.episode,
        }

    def _rejected(self, state: PlanningState, session: Session, decision: Decision) -> PlanningUpdate:
        """Do not try the same again; let the decomposer hear the reason, or end when it has heard enough."""
        assert session.plan is not None, "nothing was planned"
        session.tabu = (*session.tabu, session.plan.manipulations[0])
        inner = inner_state(state)
        inner.update(failed=True, tries=inner["tries"] + 1, reason=f"a person rejected the plan: {decision.reason}")
        again = inner["round"] < session.parts.limits.decompositions
        changes = Progress(next="decompose" if again else "give_up", notes=self.desk.written(session), problem=None)
        return outer_update(state, inner, changes)

    def _table(self, state: PlanningState, seed: int) -> tuple[str, int]:
        """Return the id of the table to act on and its clock: the one named, the thread's own, or a new one."""
        scene, worlds = requested_scene(state.get("scene")), self.desk.worlds
        named, progress = cast("object", state.get("table")), state.get("progress", {})
        if named is not None:
            if not isinstance(named, str) or not 0 < len(named) <= 120:
                raise InstructionError("table", "not a text of 1 to 120 characters", "Name a table, or leave it out.")
            stands = self.desk.ledger.set_up(named, scene, seed)
            if state.get("scene") is not None and dump_scene(stands.scene) != dump_scene(scene):
                problem = f"table {named[:80]!r} was set up as another scene"
                raise InstructionError("scene", problem, "Name the scene it was set up as, or another table.")
            return named, worlds.now(named)
        own = self.desk.ledger.table(progress.get("table", ""))
        if own is not None and (dump_scene(own.scene), own.seed) == (dump_scene(scene), seed):
            return own.id, worlds.now(own.id) if worlds.stands else progress.get("step", 0)
        made = self.desk.ledger.set_up(new_table(), scene, seed)
        return made.id, worlds.now(made.id)

    def _file(self, name: str) -> str:
        return self.desk.store.artifacts.path(name).absolute().as_uri()


def _problem(progress: Progress) -> dict[str, str]:
    problem = progress.get("problem")
    return {} if problem is None else {"problem": problem}

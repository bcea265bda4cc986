"""The sentence of the README as a LangGraph graph, and the one place that goes back.

::

    perceive → recall → decompose → ground → plan → check → act → observe → conclude

Rejected plans are planned again, failed ones too, then the instruction is decomposed again with the reason, and then
the episode fails honestly; every way back is bounded by ``Limits``. Nodes change the session and return plain values;
streaming, checkpoints and interrupts are LangGraph's.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from hybrid.act import act
from hybrid.base import AttemptRecord
from hybrid.decompose import decompose
from hybrid.ground import broken, ground, margins, out_of_reach, preparation, progressed, strayed
from hybrid.remembered import learn_from, remembered_plan, words_for
from hybrid.session import Session
from hybrid.shortfall import best_candidate, unplanned
from hybrid.store.records import plain
from planner.base import Searched
from planner.cost import encoded
from simulator.base import Observation, Subgoal
from world_model.acceptance import accept_recording
from world_model.errors import PerceptionError

THIN = 0.003
"""Margin up to which an accepted plan is compared with one more, metres: perception's own error."""
Status = Literal["running", "reached", "unmet", "refused", "question", "interrupted", "answered"]


class State(TypedDict):
    """Plain values that travel along the graph.

    ``subgoal`` is the index under way, ``tries`` counts its failed or rejected plans, ``moves`` its executed
    manipulations, ``round`` the decompositions; ``reason`` says why things are as they are.
    """

    instruction: str
    seed: int
    status: Status
    reason: str | None
    message: str | None
    round: int
    subgoal: int
    tries: int
    moves: int
    failed: bool


class Update(TypedDict, total=False):
    """What a node changes of the ``State``."""

    status: Status
    reason: str | None
    message: str | None
    round: int
    subgoal: int
    tries: int
    moves: int
    failed: bool


def opening(instruction: str, seed: int) -> State:
    """Return the state in which an episode begins."""
    return State(
        instruction=instruction, seed=seed, status="running", reason=None, message=None, round=0, subgoal=0, tries=0,
        moves=0, failed=False,
    )  # fmt: skip


Context = Runtime[Session]


def tell(runtime: Context, event: str, **data: object) -> None:
    """Stream an event with plain data to whoever listens."""
    runtime.stream_writer({"event": event, "data": plain(data)})


def current(state: State, session: Session) -> Subgoal:
    """Return the subgoal under way, or what has to be done before it."""
    assert session.decomposition is not None, "nothing was decomposed"
    return session.preparing or session.decomposition.subgoals[state["subgoal"]]


def kept(session: Session) -> Observation:
    """Return what is observed now, once it is recorded; the store is given nothing that is no observation."""
    observation = session.world.observe()
    accept_recording(observation)
    session.parts.store.record_observation(session.episode, session.steps, observation)
    return observation


def perceive(state: State, runtime: Context) -> Update:
    """Look at the table for the first time."""
    session = runtime.context
    observation = kept(session)
    session.belief = session.parts.perceiver.look(observation, names=session.names)
    session.places = {thing.id: thing.position for thing in session.belief.scene.things}
    tell(runtime, "perceived", episode=session.episode, things=session.belief.scene.things)
    return {"status": state["status"]}


def recall(state: State, runtime: Context) -> Update:
    """Find past episodes like this one."""
    session = runtime.context
    past = session.parts.store.similar(state["instruction"])
    if session.parts.memory is not None:
        session.tabu = session.parts.store.rejected(state["instruction"], session.names)
    words = words_for(session.parts, state["instruction"], used=True)
    tell(runtime, "recalled", episodes=[episode.get("episode") for episode in past], words=words)
    return {}


def decomposed(state: State, runtime: Context) -> Update:
    """Ask the language model for subgoals; a question, an answer or a refusal ends the episode."""
    session = runtime.context
    examples = tuple(str(e.get("instruction", "")) for e in session.parts.store.similar(state["instruction"]))
    with session.timed("decompose"):
        session.language_calls += 1
        answer = decompose(
            session.parts.language, words_for(session.parts, state["instruction"]), session.sure.scene,
            examples=examples, feedback=state["reason"] or "", turns=session.turns,
        )  # fmt: skip
    session.decomposition = answer
    session.settled.clear()
    session.parts.store.record_decomposition(session.episode, answer)
    tell(
        runtime, "subgoals", status=answer.status, subgoals=answer.subgoals, message=answer.message,
        choices=answer.choices, program=answer.program,
    )  # fmt: skip
    fresh: Update = {"round": state["round"] + 1, "subgoal": 0, "tries": 0, "moves": 0, "message": answer.message}
    if answer.status != "planned":
        return {**fresh, "status": answer.status, "reason": answer.message}
    return {**fresh, "status": "running"}


def grounded(state: State, runtime: Context) -> Update:
    """Choose the subgoal to pursue: the first that does not hold, or none; refuse what is not seen or out of reach."""
    session = runtime.context
    assert session.decomposition is not None, "nothing was decomposed"
    if session.stopped():
        return interruption(session)
    try:
        index = ground(session.sure, session.decomposition.subgoals, session.parts.planner, session.settled)
    except PerceptionError as error:
        return refusal(str(error))
    for done in range(state["subgoal"], len(session.decomposition.subgoals) if index is None else index):
        note_subgoal(session, done, "reached", None)
        tell(runtime, "subgoal", subgoal=done, status="reached")
    if index is None:
        harm = strayed(session.sure, session.decomposition.subgoals, session.places)
        return {"status": "reached", "reason": None} if harm is None else {"status": "unmet", "reason": harm}
    far = out_of_reach(session.sure, session.decomposition.subgoals[index:])
    if far is not None:
        return {"status": "unmet", "reason": far} if session.acts else refusal(far)
    prepared = session.preparing
    session.preparing = preparation(session.sure, session.decomposition.subgoals, index)
    if session.preparing != prepared:
        session.situation_changed()
    if index != state["subgoal"]:
        session.situation_changed()
        return {"subgoal": index, "tries": 0, "moves": 0}
    return {}


def planned(state: State, runtime: Context) -> Update:
    """Search for a plan of the subgoal under way."""
    session, goal = runtime.context, current(state, runtime.context)
    if session.stopped():
        return interruption(session)
    with session.timed("plan"):
        known = None if session.tabu or state["tries"] else remembered_plan(session.parts, session.sure, goal)
        searched = (
            Searched((known,))
            if known is not None
            else session.parts.planner.plan(
                session.sure,
                goal,
                budget=session.parts.budget,
                tabu=session.tabu,
                seed=state["seed"] * 1009 + session.attempts + session.blanks,
            )
        )
    session.plan = searched.plans[0] if searched.plans else None
    session.best = best_candidate(session.sure, goal, searched)
    session.blanks += session.plan is None
    if session.plan is None and session.fall_back():
        return {"failed": False}
    if session.plan is None:
        if session.preparing is None and margins(session.sure, goal) >= 0:
            session.settled.add(state["subgoal"])
        else:
            session.settled.discard(state["subgoal"])
        reason = unplanned(session.sure, goal, searched)
        tell(runtime, "plan", subgoal=state["subgoal"], found=False, reason=reason, best=session.best)
        return {"failed": True, "tries": state["tries"] + 1, "reason": reason}
    session.attempt, session.attempts = session.attempts, session.attempts + 1
    session.searches.append(session.plan.milliseconds)
    plan = session.plan
    tell(
        runtime, "plan", subgoal=state["subgoal"], found=True, manipulations=plan.manipulations, energy=plan.energy,
        first_energy=plan.first_energy, steps=len(plan.actions), milliseconds=plan.milliseconds, trace=plan.trace,
    )  # fmt: skip
    return {"failed": False}


def checked(state: State, runtime: Context) -> Update:
    """Try the plan in a twin; a rejected one is remembered as tabu.

    One that is accepted with little to spare is compared with one more, and the one with more to spare is taken.
    """
    session = runtime.context
    assert session.plan is not None, "nothing was planned"
    with session.timed("check"):
        session.verdict = session.parts.check(session.sure, session.plan, current(state, session))
    session.checks += 1
    verdict = session.verdict
    session.parts.store.record_attempt(session.episode, attempt_record(state, session, executed=False))
    tell(
        runtime, "verdict", subgoal=state["subgoal"], accepted=verdict.accepted, code=verdict.code,
        reason=verdict.reason, margin=verdict.margin, peak_force=verdict.peak_force, gap=verdict.gap,
    )  # fmt: skip
    known = session.spare_verdict if session.spare is not None else None
    if known is not None and not (verdict.accepted and verdict.margin > known.margin):
        return {"failed": not session.fall_back()}
    session.spare = None
    if verdict.accepted and (session.compared or verdict.margin > THIN):
        return {"failed": False}
    session.tabu = (*session.tabu, session.plan.manipulations[0])
    if verdict.accepted:
        session.set_aside()
        return {"failed": True, "reason": verdict.reason}
    return {"failed": True, "tries": state["tries"] + 1, "reason": verdict.reason}


def acted(state: State, runtime: Context) -> Update:
    """Execute the accepted plan."""
    session = runtime.context
    session.parts.store.record_attempt(session.episode, attempt_record(state, session, executed=True))
    with session.timed("act"):
        left = act(session, state["subgoal"], session.attempt)
    session.acts += 1
    tell(runtime, "acted", subgoal=state["subgoal"], steps=session.steps, left=left)
    if left == "interrupted":
        return interruption(session)
    return {"moves": state["moves"] + 1, "reason": left}


def observed(state: State, runtime: Context) -> Update:
    """Look again, compare with what was imagined, and judge whether the manipulation did anything."""
    session = runtime.context
    assert session.plan is not None, "nothing was planned"
    before, observation = session.sure, kept(session)
    first, perceiver = session.plan.manipulations[0], session.parts.perceiver
    seen = perceiver.look(observation, expected=session.expected)
    leap = perceiver.leap_surprise(before, encoded([first])[0].numpy(), seen)
    session.belief = seen.surprised(seen.surprise, leap)
    tell(runtime, "observed", surprise=seen.surprise, leap_surprise=leap, things=seen.scene.things)
    if progressed(before, session.belief, first.thing):
        learn_from(session, before, current(state, session))
        session.situation_changed()
        return {"failed": False}
    session.tabu = (*session.tabu, first)
    return {"failed": True, "tries": state["tries"] + 1, "reason": state["reason"] or f"{first.thing} did not move"}


def concluded(state: State, runtime: Context) -> Update:
    """Complete the record of the subgoals."""
    session = runtime.context
    if session.decomposition is not None and state["status"] != "reached":
        for index in range(state["subgoal"], len(session.decomposition.subgoals)):
            note_subgoal(session, index, "unmet" if state["status"] == "unmet" else state["status"], state["reason"])
    tell(runtime, "done", status=state["status"], reason=state["reason"])
    return {}


def gave_up(state: State, runtime: Context) -> Update:
    """Fail honestly, with the unmet margin of what was tried last."""
    session, goal = runtime.context, current(state, runtime.context)
    reason, unmet = state["reason"] or "no plan was found", broken(session.sure, goal)
    return {"status": "unmet", "reason": reason if unmet in reason else f"{reason}; {unmet}"}


def refusal(reason: str) -> Update:
    """Return how an episode ends in which nothing can be done, for ``reason``."""
    return {"status": "refused", "reason": reason, "message": reason}


def interruption(session: Session) -> Update:
    """Return how an episode ends that must end now."""
    if session.late and not session.cancelled():
        return {"status": "unmet", "reason": f"it took longer than {session.parts.limits.seconds:g} seconds"}
    return {"status": "interrupted", "reason": "it was interrupted"}


def note_subgoal(session: Session, index: int, status: str, reason: str | None) -> None:
    """Record how a subgoal ended, with its least margin as believed."""
    assert session.decomposition is not None, "nothing was decomposed"
    margin = margins(session.sure, session.decomposition.subgoals[index])
    session.parts.store.record_subgoal(session.episode, index, status, margin, reason)


def attempt_record(state: State, session: Session, *, executed: bool) -> AttemptRecord:
    """Return the record of the plan under consideration."""
    assert session.plan is not None, "nothing was planned"
    return AttemptRecord(state["subgoal"], session.attempt, session.plan, session.verdict, executed)


def after_decomposition(state: State) -> str:
    """Pursue the subgoals, or conclude with a question or a refusal."""
    return "ground" if state["status"] == "running" else "conclude"


def after_grounding(state: State) -> str:
    """Plan the unmet subgoal, or conclude."""
    return "plan" if state["status"] == "running" else "conclude"


def after_planning(state: State, runtime: Context) -> str:
    """Check the plan, or go back."""
    if state["status"] != "running":
        return "conclude"
    if state["failed"] and state["subgoal"] in runtime.context.settled:
        return "ground"
    return back(state, runtime.context) if state["failed"] else "check"


def after_check(state: State, runtime: Context) -> str:
    """Act on an accepted plan, or go back."""
    return back(state, runtime.context) if state["failed"] else "act"


def after_acting(state: State) -> str:
    """Look again, or conclude when interrupted."""
    return "observe" if state["status"] == "running" else "conclude"


def after_observation(state: State, runtime: Context) -> str:
    """See which subgoal is unmet now, unless this one has used up its tries."""
    session, limits = runtime.context, runtime.context.parts.limits
    assert session.decomposition is not None, "nothing was decomposed"
    if session.acts >= limits.manipulations * len(session.decomposition.subgoals):
        return "give_up"
    spent = state["tries"] >= limits.attempts or state["moves"] >= limits.manipulations
    return back(state, session) if spent and state["failed"] else "ground" if not spent else "give_up"


def back(state: State, session: Session) -> str:
    """Go back as little as may help: another plan, another decomposition, an honest failure."""
    limits = session.parts.limits
    if state["tries"] < limits.attempts:
        return "plan"
    if state["round"] < limits.decompositions and not session.stopped():
        return "decompose"
    return "give_up"


def build_graph() -> CompiledStateGraph[Any, Session, Any, Any]:
    """Return the compiled graph; its run context is a ``Session``."""
    graph = StateGraph(State, context_schema=Session)
    nodes = {
        "perceive": perceive, "recall": recall, "decompose": decomposed, "ground": grounded, "plan": planned,
        "check": checked, "act": acted, "observe": observed, "give_up": gave_up, "conclude": concluded,
    }  # fmt: skip
    for name, node in nodes.items():
        graph.add_node(name, node)  # pyright: ignore[reportArgumentType]
    graph.add_edge(START, "perceive")
    graph.add_edge("perceive", "recall")
    graph.add_edge("recall", "decompose")
    graph.add_conditional_edges("decompose", after_decomposition, ["ground", "conclude"])
    graph.add_conditional_edges("ground", after_grounding, ["plan", "conclude"])
    graph.add_conditional_edges("plan", after_planning, ["check", "ground", "plan", "decompose", "give_up", "conclude"])
    graph.add_conditional_edges("check", after_check, ["act", "plan", "decompose", "give_up"])
    graph.add_conditional_edges("act", after_acting, ["observe", "conclude"])
    graph.add_conditional_edges("observe", after_observation, ["ground", "plan", "decompose", "give_up"])
    graph.add_edge("give_up", "conclude")
    graph.add_edge("conclude", END)
    return graph.compile()

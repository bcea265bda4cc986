"""The working memory of one episode: what the stages share while it lasts, and the counters its outcome is made of.

Graph state holds plain values only; what cannot be written down (the world, tensors, open connections) lives here and
is handed to the nodes as LangGraph's run context.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hybrid.base import BestCandidate, Decomposition, EpisodeStore, LanguageModel, LongTermMemory, Perceiver, Turn
from planner.base import Budget, Manipulation, Plan, Planner
from simulator.base import Scene, Subgoal, Verdict, World
from world_model.base import Belief


@dataclass(frozen=True)
class Limits:
    """How often the loop may go back before it gives up honestly.

    Attributes:
        attempts: failed or rejected plans for one subgoal.
        manipulations: executed for one subgoal at a stretch, and on average for all of them.
        decompositions: of one instruction.
        seconds: the whole episode may take.
    """

    attempts: int
    manipulations: int
    decompositions: int
    seconds: float


@dataclass(frozen=True)
class Parts:
    """The concrete parts an engine is composed of; everyone but the composition root sees their Protocols.

    Attributes:
        language: decomposes.
        perceiver: perceives.
        planner: plans.
        store: remembers.
        world: makes the world to act on from a scene.
        check: tries a plan in a twin of the belief.
        budget: of one search.
        limits: of going back.
        models: role to version, stored with every episode.
        memory: what is known beyond the episode; None when nothing known may change what is done.
    """

    language: LanguageModel
    perceiver: Perceiver
    planner: Planner
    store: EpisodeStore
    world: Callable[[Scene], World]
    check: Callable[[Belief, Plan, Subgoal], Verdict]
    budget: Budget
    limits: Limits
    models: dict[str, str]
    memory: LongTermMemory | None = None


@dataclass
class Session:
    """Everything one episode knows while it runs.

    Attributes:
        parts: of the engine.
        world: the one acted on.
        names: the declared scene, which lends its ids.
        episode: id in the store.
        cancelled: asked once a control block.
        turns: what was said and done before in this conversation, oldest first.
        belief: what is thought to be on the table, from the first look on.
        expected: the same as imagined for after the actions under way.
        places: where each thing lay at the first look, metres.
        decomposition: the latest.
        plan, verdict, attempt: under consideration; the last is its number among all.
        best: where the last search found no plan, the best that it imagined.
        spare, spare_verdict, spare_attempt: a plan that was accepted with little to spare, to fall back on.
        compared: whether a plan with little to spare was compared with another in the present situation.
        tabu: what failed in the present situation.
        preparing: what has to be done before the subgoal under way, if anything.
        settled: subgoals that hold with little to spare and that no imagined manipulation betters.
        acts: plans executed.
        steps: control steps executed.
        chosen: of these, how many were those of a plan of the planner.
        attempts, blanks, checks, language_calls: counters; blanks are searches that found nothing.
        spent: milliseconds by stage.
        searches: milliseconds of each search.
    """

    parts: Parts
    world: World
    names: Scene
    episode: str
    cancelled: Callable[[], bool]
    turns: tuple[Turn, ...] = ()
    belief: Belief | None = None
    expected: Belief | None = None
    places: dict[str, tuple[float, float, float]] = field(default_factory=dict[str, tuple[float, float, float]])
    decomposition: Decomposition | None = None
    plan: Plan | None = None
    best: BestCandidate | None = None
    verdict: Verdict | None = None
    attempt: int = 0
    spare: Plan | None = None
    spare_verdict: Verdict | None = None
    spare_attempt: int = 0
    compared: bool = False
    tabu: tuple[Manipulation, ...] = ()
    preparing: Subgoal | None = None
    settled: set[int] = field(default_factory=set[int])
    acts: int = 0
    steps: int = 0
    chosen: int = 0
    attempts: int = 0
    blanks: int = 0
    checks: int = 0
    language_calls: int = 0
    spent: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("decompose", "plan", "check", "act"), 0.0))
    searches: list[float] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @property
    def sure(self) -> Belief:
        """The belief; only stages after the first look ask for it."""
        assert self.belief is not None, "the table has not been looked at"
        return self.belief

    def stopped(self) -> bool:
        """Whether the episode must end: cancelled, or out of time."""
        return self.cancelled() or self.late

    @property
    def late(self) -> bool:
        """Whether the episode is out of time."""
        return time.monotonic() - self.began > self.parts.limits.seconds

    @contextmanager
    def timed(self, stage: str) -> Generator[None]:
        """Add the time the body takes to ``stage``."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.spent[stage] += 1000 * (time.perf_counter() - began)

    def situation_changed(self) -> None:
        """Forget what failed: it may succeed now."""
        self.tabu, self.spare, self.compared = (), None, False

    def fall_back(self) -> bool:
        """Consider the spare plan again, as it was accepted; return False when there is none."""
        if self.spare is None:
            return False
        self.plan, self.verdict, self.attempt = self.spare, self.spare_verdict, self.spare_attempt
        self.spare = None
        return True

    def set_aside(self) -> None:
        """Keep the plan under consideration as a spare, while one more is looked for."""
        self.spare, self.spare_verdict, self.spare_attempt = self.plan, self.verdict, self.attempt
        self.compared = True

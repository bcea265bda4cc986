"""Nouns and Protocols of the service: what travels between the stages and what each stage is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from planner.base import Manipulation, Plan
from simulator.base import FloatArray, Observation, Scene, Subgoal, Thing, Verdict, World, WorldState
from world_model.base import Belief

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

DecompositionStatus = Literal["planned", "question", "refused", "answered"]
EpisodeStatus = Literal["running", "reached", "unmet", "refused", "question", "interrupted", "failed", "answered"]


@dataclass(frozen=True)
class Decomposition:
    """What a language backend makes of an instruction on a scene.

    Attributes:
        status: ``planned`` with subgoals, ``question`` with a message to the person, ``refused`` with a reason, or
            ``answered``: the person asked something about the scene, and the message answers it.
        subgoals: in order; facts name things by id.
        constraints: facts that must hold throughout, ``("keep", id)``.
        message: the question or the reason of the refusal.
        choices: the answers offered with a question.
        backend: which language model answered, with its version.
        milliseconds: time it took.
        program: what was understood, before it was resolved on the scene, in the backend's own form; may be empty.
    """

    status: DecompositionStatus
    subgoals: tuple[Subgoal, ...] = ()
    constraints: tuple[tuple[str, str], ...] = ()
    message: str | None = None
    choices: tuple[str, ...] = ()
    backend: str = ""
    milliseconds: float = 0.0
    program: str = ""


@dataclass(frozen=True)
class Turn:
    """An earlier request of the same conversation and what became of it.

    Attributes:
        instruction: as said; of a clarified request, the one that was asked about.
        answer: what the language model made of it.
        before: the scene as perceived when it was said.
        after: the scene as perceived when it ended.
        chosen: answers given so far to questions about it, as they were offered.
    """

    instruction: str
    answer: Decomposition
    before: Scene
    after: Scene
    chosen: tuple[str, ...] = ()


class LanguageModel(Protocol):
    """Turns words into subgoals over the things of a scene; sees no image and no simulator."""

    @property
    def name(self) -> str:
        """Backend and version, stored with every episode."""
        ...

    def decompose(
        self,
        instruction: str,
        scene: Scene,
        *,
        examples: tuple[str, ...] = (),
        feedback: str = "",
        turns: tuple[Turn, ...] = (),
    ) -> Decomposition:
        """Decompose ``instruction`` against ``scene``.

        ``feedback`` is the reason the last decomposition failed; ``turns`` is the conversation so far, oldest first.
        """
        ...


class Perceiver(Protocol):
    """Images and proprioception in, belief out."""

    def look(self, observation: Observation, *, expected: Belief | None = None, names: Scene | None = None) -> Belief:
        """Perceive ``observation``.

        ``expected`` is the belief imagined for this moment: it keeps identities, and remembers what is hidden now.
        ``names`` (first look only) lends its ids to the perceived things of the same colour and kind; positions
        always come from the images. Raises ``PerceptionError`` naming a thing that cannot be perceived.
        """
        ...

    def predict(self, belief: Belief, actions: FloatArray) -> Belief:
        """Imagine ``belief`` after control actions ``[T, A]`` with the level-1 predictor."""
        ...

    def leap_surprise(self, before: Belief, manipulation: FloatArray, after: Belief) -> float:
        """Return the error of what level 2 imagines of ``manipulation [M]``; 1 is the 99th percentile of play."""
        ...


@dataclass(frozen=True)
class AttemptRecord:
    """One planned candidate of one subgoal: its energies, its verdict, and whether it was executed."""

    subgoal: int
    attempt: int
    plan: Plan
    verdict: Verdict | None
    executed: bool


@dataclass(frozen=True)
class StepRecord:
    """One control step as executed: ``action`` ``[A]``, ``proprioception`` ``[P]`` after it, surprise, who chose it."""

    step: int
    subgoal: int
    attempt: int
    action: FloatArray
    proprioception: FloatArray
    surprise: float
    chosen_by: str = "planner"


@dataclass(frozen=True)
class BestCandidate:
    """The best that was imagined by a search that found no plan.

    Attributes:
        manipulations: in order.
        energy: imagined at their end, metres.
        fact: which holds least at their end, as a list: ``["in", "red_cube_1", "white_bowl_1"]``.
        margin: of that fact, metres; below 0 it is unmet by so much.
        words: what would be done and what it leaves unmet.
    """

    manipulations: tuple[Manipulation, ...]
    energy: float
    fact: tuple[str | float, ...]
    margin: float
    words: str


@dataclass(frozen=True)
class Outcome:
    """The end of an episode, as the ``hybrid run --json`` contract reports it.

    ``best`` comes along where the last search found no plan and something could be imagined.
    """

    status: EpisodeStatus
    reason: str | None
    subgoals: tuple[dict[str, Json], ...]
    attempts: int
    checks: int
    planner_share: float
    milliseconds: dict[str, float] = field(default_factory=dict)
    message: str | None = None
    best: BestCandidate | None = None


@dataclass(frozen=True)
class EpisodeResult:
    """What is left of an episode once it ended, for doors and for scoring.

    Attributes:
        episode: its id in the store.
        outcome: what is reported to whoever asked.
        final: the true state at the end; for scoring and replays only. None when nothing was simulated.
        decomposition: the last decomposition, None when there was none.
        plan_milliseconds: time of each search, milliseconds.
        language_calls: how often the language backend was asked.
    """

    episode: str
    outcome: Outcome
    final: WorldState | None
    decomposition: Decomposition | None
    plan_milliseconds: tuple[float, ...] = ()
    language_calls: int = 0


MemoryKind = Literal["episode", "fact", "skill"]


@dataclass(frozen=True)
class Memory:
    """Something remembered.

    Attributes:
        id: public name.
        kind: an episode that was reached, a fact that was taught, or a skill: a manipulation that worked.
        text: what it is about, in words.
        data: ``name`` and ``meaning`` of a fact, ``manipulation`` of a skill.
        uses: how often it was of use.
        at, changed_at: UTC.
    """

    id: str
    kind: MemoryKind
    text: str
    data: dict[str, Json]
    uses: int
    at: datetime
    changed_at: datetime | None


@dataclass(frozen=True)
class Known:
    """Words with taught names replaced by what they mean, and the ids of the facts that were of use."""

    words: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Skill:
    """A manipulation that worked on the same table, and its control ``actions`` ``[T, A]``."""

    id: str
    manipulation: Manipulation
    actions: FloatArray


class LongTermMemory(Protocol):
    """What is known beyond the episode under way; ``hybrid.store.memories.Memories`` is one."""

    def understood(self, instruction: str) -> Known:
        """Return ``instruction`` with taught names replaced."""
        ...

    def used(self, memories: Sequence[str]) -> None:
        """Count a use of each of ``memories``."""
        ...

    def learn(
        self,
        subgoal: Subgoal,
        things: Sequence[Thing],
        manipulation: Manipulation,
        actions: FloatArray,
        episode: str | None = None,
    ) -> None:
        """Remember that ``actions`` reached ``subgoal`` from ``things``, in ``episode``."""
        ...

    def skill(self, subgoal: Subgoal, things: Sequence[Thing]) -> Skill | None:
        """Return what reached ``subgoal`` before on the same table, or None."""
        ...


class Engine(Protocol):
    """The whole service behind every door: words in, a checked and executed episode out."""

    def decompose(self, instruction: str, scene: Scene, seed: int) -> Decomposition:
        """Decompose ``instruction`` on ``scene`` as perceived; nothing moves and nothing is stored."""
        ...

    def run(
        self,
        instruction: str,
        scene: Scene,
        seed: int,
        listener: Listener | None = None,
        cancel: Callable[[], bool] | None = None,
        world: World | None = None,
        *,
        turns: tuple[Turn, ...] = (),
    ) -> EpisodeResult:
        """Carry ``instruction`` out on ``scene``; ``cancel`` is asked once a control block and ends it cleanly.

        ``world`` is one that stands already and is neither reset nor closed; ``scene`` then only lends names.
        ``turns`` is the conversation so far, oldest first.
        """
        ...


class EpisodeStore(Protocol):
    """Keeps episodes; a record is written before its effect and completed after it.

    All writes are durable on return.
    """

    def open_episode(
        self, *, instruction: str, scene: Scene, seed: int, models: dict[str, str], settings: dict[str, Json]
    ) -> str:
        """Create a running episode and return its id."""
        ...

    def record_decomposition(self, episode: str, decomposition: Decomposition) -> None:
        """Store the decomposition and its subgoals."""
        ...

    def record_observation(self, episode: str, step: int, observation: Observation) -> str:
        """Store images content-addressed and return their digest."""
        ...

    def record_attempt(self, episode: str, attempt: AttemptRecord) -> None:
        """Store a candidate with its verdict, before it is executed."""
        ...

    def record_steps(self, episode: str, steps: tuple[StepRecord, ...]) -> None:
        """Store executed control steps."""
        ...

    def record_subgoal(self, episode: str, subgoal: int, status: str, margin: float | None, reason: str | None) -> None:
        """Store how a subgoal ended."""
        ...

    def close_episode(self, episode: str, outcome: Outcome, final: WorldState | None) -> None:
        """Complete the record; the true final state is kept for scoring and replays only."""
        ...

    def episode(self, episode: str) -> dict[str, Json]:
        """Return everything stored of an episode as JSON; raises ``StoreError`` when there is none."""
        ...

    def episodes(
        self, *, limit: int = 20, before: str | None = None, status: str | None = None
    ) -> list[dict[str, Json]]:
        """Return summaries, newest first."""
        ...

    def similar(self, instruction: str, *, limit: int = 3) -> list[dict[str, Json]]:
        """Return past reached episodes whose instruction is most alike."""
        ...

    def rejected(self, instruction: str, scene: Scene) -> tuple[Manipulation, ...]:
        """Return manipulations that failed or were rejected before in the same situation."""
        ...


Listener = Callable[[str, dict[str, Json]], None]
"""Called with an event name and plain JSON data as things happen (``subgoals``, ``plan``, ``verdict``, ``done``)."""

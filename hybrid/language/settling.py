"""Between readings of one request: take what most of the probability agrees on, else ask, else give up.

What is offered in a question is what somebody would be glad to be asked: a reading that can be carried out here and
that does not contradict the words, however improbable, before a refusal that is itself only a guess. Knows readings
and what they mean on the table; no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hybrid.base import Decomposition

AGREED: Final = 0.70
"""Share of the beam's probability that must mean the same on this table to be taken."""
WORTH_ASKING: Final = 0.08
"""Probability from which a reading is offered in a question."""
SURE_OF_NO: Final = 0.75
"""Share of the probability that must be of one refusal before no other reading is offered; on the tuning phrasings
true refusals have 0.8 and more, mistaken ones 0.5 and less or a doubt."""
RISKY: Final = 0.2
"""Share of the probability of an unsafe wish from which nothing else is offered."""
WORTH_OFFERING: Final = 0.03
"""Probability from which a reading that can be carried out is offered in place of a refusal."""
CERTAIN_NO: Final = 0.93
"""Probability of a first reading that cannot be done here from which no other is looked for."""
OFFERED: Final = 3
LOST: Final = "I did not understand that. Say what to put where, for instance: put the red cube on the blue cube."


@dataclass(frozen=True)
class Reading:
    """One way to understand a request on a table."""

    decomposition: Decomposition
    probability: float
    doubts: tuple[str, ...]
    partial: bool = False
    """Whether it leaves out a colour that was named: it cannot be the whole of what was said."""


def settled(readings: Sequence[Reading], chosen: tuple[str, ...] = ()) -> Decomposition:
    """Decide between readings: take what was chosen or most of the probability agrees on, else ask, else give up."""
    for reading in readings:
        if chosen and reading.decomposition.status == "planned" and words(reading.decomposition) in chosen:
            return reading.decomposition
    readings = [reading for reading in readings if not reading.partial] or readings
    groups: dict[object, list[Reading]] = {}
    for reading in readings:
        if not reading.doubts:
            groups.setdefault(_meaning(reading.decomposition), []).append(reading)
    total = sum(reading.probability for reading in readings)
    ranked = sorted(groups.values(), key=lambda group: -sum(r.probability for r in group))
    if ranked and sum(r.probability for r in ranked[0]) >= AGREED * total and ranked[0][0].probability >= WORTH_ASKING:
        return ranked[0][0].decomposition
    likely = [group[0].decomposition for group in ranked if sum(r.probability for r in group) >= WORTH_ASKING]
    likely += [r.decomposition for r in readings if r.doubts and r.probability >= WORTH_ASKING]
    offers = _offers(likely)
    if offers:
        return asked(offers)
    return next((answer for answer in likely if answer.status != "planned"), Decomposition("refused", message=LOST))


def sure(reading: Reading, least: float) -> bool:
    """Whether a reading may be taken with no look at others: a refusal must be likelier than what can be done."""
    needed = CERTAIN_NO if reading.decomposition.status == "refused" else least
    return reading.probability >= needed and not reading.doubts


def unsure(answer: Decomposition, readings: Sequence[Reading]) -> bool:
    """Whether ``answer`` refuses, or asks about, what may only have been misunderstood."""
    kind = _why(answer)
    if kind is None:
        return False
    fitting = [reading for reading in readings if not reading.doubts]
    unsafe = sum(r.probability for r in fitting if r.decomposition.program == "refuse_unsafe")
    same = sum(reading.probability for reading in fitting if _why(reading.decomposition) == kind)
    if answer.status == "question":
        return same == 0.0
    total = sum(reading.probability for reading in readings)
    doable = any(r.decomposition.status == "planned" and r.probability >= WORTH_OFFERING for r in fitting)
    return unsafe < RISKY * total and (doable or same < SURE_OF_NO * max(total, SURE_OF_NO))


def rescued(answer: Decomposition, readings: Sequence[Reading]) -> Decomposition:
    """Return a question with what may have been meant in place of ``answer``; itself where nothing fits the words."""
    ranked = sorted(readings, key=lambda reading: -reading.probability)
    offers = _offers([reading.decomposition for reading in ranked if not reading.doubts])
    return asked(offers) if offers else answer


def asked(offers: tuple[str, ...]) -> Decomposition:
    """Ask which of some readings is meant."""
    return Decomposition("question", message=f"Did you mean: {' Or: '.join(offers)}?", choices=offers)


def words(answer: Decomposition) -> str:
    """Say what would be done, on one line."""
    return ", then ".join(subgoal.words for subgoal in answer.subgoals)


def _offers(answers: Sequence[Decomposition]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words(answer) for answer in answers if answer.status == "planned"))[:OFFERED]


def _meaning(answer: Decomposition) -> object:
    """What two readings must share to be the same on this table."""
    return (answer.status, tuple((s.facts, s.keep, s.manner) for s in answer.subgoals), answer.message)


def _why(answer: Decomposition) -> str | None:
    """What keeps an answer from being carried out: the refusal it is, or the table; None where nothing does."""
    if answer.status == "question":
        return "question" if answer.program else None
    if answer.status != "refused":
        return None
    return answer.program if answer.program.startswith("refuse") else "table" if answer.program else "lost"

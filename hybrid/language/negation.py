"""Negations and exceptions that a program must show: *don't wake the ball*, *not beside the cube*, *all but the red*.

Polarity is where the network errs with confidence (EVIDENCE 7: *mustn't be near* became *near* at log p -0.03). A
negation counts only where its clause speaks of touching something, or of what the program uses. Knows words and
programs; no table.
"""

from __future__ import annotations

import re
from typing import Final

from hybrid.language import lexicon, schema
from hybrid.language.circumstance import meant
from hybrid.language.schema import Noun, Pair, Program, Selector

_NEGATION: Final = re.compile(
    r"\b(?:not|no|never|without|dont|don't|isn't|aren't|mustn't|shouldn't|can't|cannot|won't|avoid\w*|nothing|nor|except"
    r"|(?:leav\w*|keep\w*|stay\w*) \w+ ?\w* ?\w* (?:alone|put|there|where))\b"
)
_EXCEPTION: Final = re.compile(
    r"\b(?:except\w*|excluding|apart from(?! each| one)|other than|save for"
    r"|(?:all|everything|anything|every \w+|all \w+|all the \w+) but)\b"
)
_UNTIL: Final = re.compile(r"\buntil\b")
_CLAUSE_END: Final = re.compile(r"[.,;:!?()\n…—]|\bbut\b|\band\b")
_TOUCHING: Final = re.compile(
    r"\b(?:touch|mov|bump|knock|disturb|wak|shift|budg|nudg|lift|carr|rais|pick|tip|brush|hit|jostl|mess|bother|meddl"
    r"|displac|interfer|fiddl|alone|put\b(?! \w+ (?:on|in)))\w*"
)
"""What may be forbidden to do to a thing."""
_TOUCHING_NOTHING: Final = re.compile(rf"{_TOUCHING.pattern} (?:nothing|no )")
_POINTING: Final = re.compile(r"\b(?:it|them|him|her|any|anything|everything|either)\b")


def negation_doubts(text: str, program: Program, named: tuple[Noun, ...]) -> list[str]:
    """Return why ``program`` may have missed what ``text`` rules out or leaves out; empty when nothing was.

    Args:
        text: what was said, in lower case with plain apostrophes.
        program: what it was taken for.
        named: every noun of ``program``.
    """
    text = meant(text)
    if program.ask is not None or _UNTIL.search(text) or _limited(program, named):
        return []
    if _EXCEPTION.search(text):
        return ["something was left out"]
    used = {noun.colour for noun in named} | {noun.kind for noun in named}
    forbids = any(_forbids(clause, used) for clause in _CLAUSE_END.split(text))
    return ["something was ruled out"] if forbids else []


def _limited(program: Program, named: tuple[Noun, ...]) -> bool:
    """Whether ``program`` keeps, excludes, parts, pushes or takes back something, and so rules something out."""
    spoken = schema.Clear | schema.Undo | schema.Instead
    limits = program.keep or any(isinstance(step, spoken) or step.push for step in program.steps)
    apart = any(isinstance(step, Pair) and step.relation == "apart" for step in program.steps)
    return bool(limits) or apart or any(isinstance(noun, Selector) and noun.excluding for noun in named)


def _forbids(clause: str, used: set[str | None]) -> bool:
    """Whether ``clause`` negates a touch, or something that is ``used``: colours and kinds of a program."""
    negation = _NEGATION.search(clause)
    if negation is None:
        return False
    rest, words = clause[negation.end() :], set(re.findall(r"[a-z]+", lexicon.singular(clause)))
    said: set[str | None] = {*lexicon.colours_in(clause)}
    said |= {kind for kind, nouns in lexicon.KIND_FORMS.items() if words & nouns}
    said |= {"block", "cube"} if said & {"block", "cube"} else set()
    touches = _TOUCHING.search(rest) or _TOUCHING_NOTHING.search(clause)
    return bool(touches or _POINTING.search(rest) or said & used)

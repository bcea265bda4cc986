"""Joins an instruction with the answer to the question it led to, so that both can be understood as one request.

Knows the two shapes of questions asked back: *Did you mean: A Or: B?* offers whole readings, *Which red block do you
mean?* asks for the thing a phrase stands for.
"""

from __future__ import annotations

import re

from hybrid.language.clarification import meaning, meant

_OFFER = re.compile(r"^did you mean\b", re.IGNORECASE)
_WHICH = re.compile(r"^which (?P<phrase>.+?) do you mean\b", re.IGNORECASE)
_DETERMINER = r"(?:\b(?:the|a|an|that|this|my|some)\s+)?"
_VERB = re.compile(
    r"^\s*(?:please\s+)?(?:put|place|move|push|stack|set|bring|take|lay|drop|swap|sort|clear|build|line|pick|slide)\b",
    re.IGNORECASE,
)


def clarified(instruction: str, question: str, answer: str) -> str:
    """Return ``instruction`` as it would have been said by somebody who knew the question.

    An answer to *Did you mean A Or: B?* that means one of them is noted behind the instruction, so that the reading it
    was offered for is taken; any other answer to it, or one that is a request of its own, is the new instruction. An
    answer to *Which X do you mean?* takes the place of the first mention of X. Any other answer is added as a further
    sentence.
    """
    said = answer.strip().rstrip(".")
    offered = _OFFER.search(question)
    choice = meant(said, _offers(question)) if offered else None
    if choice is not None:
        return meaning(instruction, choice)
    if offered or _VERB.search(said):
        return said
    asked = _WHICH.search(question)
    if asked is not None:
        words = r"\s+".join(re.escape(word) for word in asked["phrase"].split())
        known = said if re.match(r"(?:the|a|an|my)\b", said, re.IGNORECASE) else f"the {said}"
        put, count = re.subn(_DETERMINER + words + r"\b", lambda _: known, instruction, count=1, flags=re.IGNORECASE)
        if count:
            return put
    return f"{instruction.rstrip().rstrip('.')}. {said[:1].upper()}{said[1:]}."


def _offers(question: str) -> list[str]:
    """The readings that a question offers."""
    listed = _OFFER.sub("", question, count=1).strip().removeprefix(":").rstrip("? ")
    return [offer.strip() for offer in re.split(r"\s+Or:\s+", listed) if offer.strip()]

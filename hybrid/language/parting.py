"""Long requests in parts: where one step ends and the next begins, as far as punctuation and *then* tell.

A second reading of requests of several steps: their parts are short, and short requests are understood best. Requests
that reorder or take something back are left whole. Knows words only.
"""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 12
"""Most parts of a request."""
_WHOLE: Final = re.compile(
    r"\b(?:before|until|once|when|while|as soon as|having|only after|not until|last of all|in the end|beforehand|prior"
    r"|nah|nope|erm?|uh|disregard|ignore|cancel|let's say"
    r"|actually|sorry|wait|mean|meant|rather|forget|scratch|oops|correction|instead|hmm|except|but|though|without|leave"
    r"|keep|stays?|touch|start(?:ing)? by|finish|between|respectively|both|around|circle|from left|tower|stack of"
    r"|lowest|apart from|aside from|other than|minus|bar|excluding|same (?:for|with)|where \w+ (?:is|was)|highest"
    r"|underneath|base|at the (?:very )?(?:bottom|top)|from top|from bottom|top to bottom|bottom to top"
    r"|only move|need moving)\b|\bon (?:the )?top\b(?! of)"
    r"|\bafter (?!that|this)|\bno\b"
)
"""What makes a request more than a list of steps."""
_FRAME: Final = re.compile(
    r"^\s*(?:please\s+)?(?:(?:re)?arrange|reorder|move|place|put|set|stack|restack)\s+(?:all\s+|the\s+|these\s+|those\s+)*"
    r"(?:blocks|cubes|things|objects|pieces|table|them|everything)\s+(?:around\s+|about\s+)?so\s+that\s+",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"(?:^|(?<=[\s,.;:]))(?:step )?\(?\d{1,2}[.)]\s+|(?:^|\n)\s*[-*]\s+")
_STRONG: Final = re.compile(
    r"\s*(?:[.;!\n]+\s*(?:and\s+)?|,\s*(?:and\s+)?(?=then\b|next\b|after that\b|afterwards\b|finally\b|lastly\b"
    r"|at the end\b|at last\b)"
    r"|\s+(?:and\s+)?(?=then\b|after that\b|afterwards\b|finally\b|lastly\b))"
)
_WEAK: Final = re.compile(
    r"\s*(?:[.;!\n]+\s*(?:and\s+)?|,\s*(?:and\s+)?|\s+and\s+(?=then\b|after that\b|finally\b|lastly\b))"
)
_WEAKEST: Final = re.compile(r"\s*(?:[.;!\n]+\s*(?:and\s+)?|,\s*(?:and\s+)?|\s+and\s+)")
_LEADS: Final = re.compile(
    r"^(?:and\s+)?(?:(?:then|next|after that|afterwards|finally|lastly|at the end|at last|first of all|first|firstly"
    r"|second|secondly|third|thirdly|fourth|also|now)\b[\s,:]*)+"
)


def unframed(text: str) -> str:
    """Return ``text`` without a frame that only announces an arrangement: *Rearrange the blocks so that ...*."""
    bare = _FRAME.sub("", text, count=1)
    return bare if bare.strip() else text


def parts(text: str) -> list[tuple[str, ...]]:
    """Return ways to part ``text`` into steps, the coarsest first; none when it is one step or must stay whole."""
    lowered = text.lower()
    if _WHOLE.search(lowered):
        return []
    if len(_NUMBERED.findall(text)) > 1:
        return _distinct([_cleaned(_NUMBERED.split(text))])
    ways = [_cleaned(way.split(lowered)) for way in (_STRONG, _WEAK, _WEAKEST)]
    return _distinct(ways)


def _cleaned(pieces: list[str]) -> tuple[str, ...]:
    bare = (_LEADS.sub("", piece.strip(" ,;.:\n").lower()).strip(" ,;.:") for piece in pieces)
    return tuple(piece for piece in bare if piece)


def _distinct(ways: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [way for way in dict.fromkeys(ways) if 1 < len(way) <= MOST]

"""Lengths as people say them, in whole centimetres: *three more centimetres*, *half a foot*, *a hand's breadth*.

``told`` reads lengths that are said with their unit, which a faithful program uses; ``hinted`` those that it may use:
breadths of hands and fingers, inches and a half, and numbers without their unit (*10 cm ... no, make it five*).
"""

from __future__ import annotations

import re
from typing import Final

from hybrid.language.lexicon import NUMBER_WORDS

_TENS: Final = {
    word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety hundred".split(), 2)
}
_NUMBERS: Final = {word: n for n, word in enumerate(NUMBER_WORDS, 1)} | {"dozen": 12} | _TENS
_COUNT: Final = (
    rf"\b(?:one zero|two zero|(?:{'|'.join(_TENS)})[ -](?:{'|'.join(NUMBER_WORDS[:9])})|{'|'.join(_NUMBERS)})\b"
)
"""Numbers in words; *one zero* is ten over the radio."""
_FEW: Final = r"\bhalf an?\b|\bc[ou]{1,2}p(?:le|el)(?: of)?\b|\b(?:an?|an[ou]ther)\b"
_MORE: Final = r"(?:(?:more|further|extra|additional|whole|full|good|little|or so)\b[\s-]*)?"
_UNIT: Final = r"cms?|centi\w*|mm|mill?im\w*|inch\w*|foot|feet|decimet\w*"
_LENGTH: Final = re.compile(rf"(\d+|{_COUNT}|{_FEW})[\s-]*{_MORE}({_UNIT})")
_UNITS: Final = re.compile(rf"(?:\b|\d)({_UNIT})")
_WAY: Final = "left|right|away|closer|behind|in front"
_BARE: Final = re.compile(
    rf"(?:(?<!^)(?<![.:;!?)] )(?<![\n\d])\d+|{_COUNT})"
    r"(?=\s*(?:$|[.,;:!?)]|(?:(?:to|on) )?(?:(?:the|my|its|your) )?(?:" + _WAY + r")\b"
    r"|(?:and|too|say|to be)\b))"
)
"""Numbers that neither count things nor lists: *by ten*, *make it five*, *4 left of the ball*."""
_AIMED: Final = re.compile(rf"\b(?:{_WAY}) (\d{{1,2}})\b|\b(\d{{1,2}}) (?:{_WAY})\b")
"""Numbers of centimetres that stand by a direction: *left 5*."""
_BODY: Final = re.compile(
    rf"(?:(\d+|{_COUNT}) )?(?:\w+ )?\b(finger|thumb|fist|hand)(?:'?s)?\b(?!y| over|-| it| them| me| the| him| her)"
)
_BODY_CENTIMETRES: Final = {"finger": 2, "thumb": 2, "fist": 10, "hand": 10}
_SHORT_INCH: Final = re.compile(rf"(\d+|{_COUNT})\s?in\b(?! (?:the|a|an|my|that|this|your)\b)")
_AND_A_HALF: Final = re.compile(rf"(\d+|{_COUNT}|\ban?\b) (?:and a half ({_UNIT})|({_UNIT}) and a half)")
_INCH: Final = 2.54


def told(text: str) -> frozenset[int]:
    """Return the lengths that are said with their unit in lower-case ``text``."""
    return frozenset(_centimetres(_number(count), unit) for count, unit in _LENGTH.findall(text))


def hinted(text: str) -> frozenset[int]:
    """Return further lengths that lower-case ``text`` may mean: *two fingers*, *left 5*, *10 cm, no, make it five*."""
    found = {_centimetres(_number(count), unit) for count in _BARE.findall(text) for unit in _UNITS.findall(text)}
    found |= {int(first or last) for first, last in _AIMED.findall(text)}
    found |= {int(_number(count or "a")) * _BODY_CENTIMETRES[part] for count, part in _BODY.findall(text)}
    found |= {_centimetres(_number(count), "inch") for count in _SHORT_INCH.findall(text)}
    found |= {_centimetres(_number(n) + 0.5, first or last) for n, first, last in _AND_A_HALF.findall(text)}
    return frozenset(found)


def _number(count: str) -> float:
    """The number that ``count`` writes."""
    if count.isdigit():
        return int(count)
    if count.startswith(("half", "c")):
        return 2 if count.startswith("c") else 0.5
    tens, _, ones = count.replace("-", " ").partition(" ")
    if ones == "zero":
        return 10 * _NUMBERS[tens]
    return _NUMBERS.get(tens, 1) + _NUMBERS.get(ones, 0)


def _centimetres(number: float, unit: str) -> int:
    """``number`` of ``unit``, rounded; no length is none."""
    scale = {"m": 0.1, "i": _INCH, "f": 12 * _INCH, "d": 10}.get(unit[0], 1)
    return max(1, round(number * scale))

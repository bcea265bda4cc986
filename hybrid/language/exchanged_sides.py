"""A sentence and its program in the mirror, and with another length: *left* for *right*, *7 cm* for *3 cm*.

Only where words and program correspond one to one; else the sentence is left as it is.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Final

from hybrid.language.exchanged_colours import like
from hybrid.language.lexicon import NUMBER_WORDS
from hybrid.language.sayings import Saying
from hybrid.language.schema import MAX_CENTIMETRES
from hybrid.language.wire import CENTIMETRES

_OTHER: Final = {"left": "right", "right": "left"}
_SIDE: Final = re.compile(
    r"(?P<idiom>^\s*right\b(?=[,.!]| (?:so|then|now|lads|folks|everyone|mate|love|ok|okay|well|um|uh|you)\b)"
    r"|\b(?:all|that's|thats|is that|that is|yeah|am i|quite|just|get (?:it|this)|got (?:it|that)|about|put it) right\b"
    r"(?! (?:of|side|hand|edge|corner|end)\b)"
    r"|\bright (?:now|away|then|so|ok|okay|behind|next|beside|by|up|on(?! the)|in(?! the corner)|inside|into|onto|at"
    r"|between|under\w*|over|here|there|against|down|out|off|through|across|near|close|after|before|angles?|way"
    r"|order|amount|one for|place|spot|time|bang|along\w*|where|back (?:on|in|to))\b"
    r"|\bright\?|\b(?:be|you're|is) right\b"
    r"|\bleft (?:over|alone|me|us|it|them|him|her|his|my|their|a mess|where|in peace|as|untouched|out|behind"
    r"|on its own)\b"
    r"|\b(?:what|what's|whats|whatever's|nothing|anything|one|ones|space|room|be|been|are|is|i|i've|i'd|we|we've|who|you"
    r"|has|have|had|he|she|they|kids?|somebody|someone) left(?=$|[.,;!?]| (?!of|hand|side|edge|end|corner)\w))"
    r"|\b(?P<side>left|right)(?=(?:most|wards?|hand|er|ish)?\b)",
    re.IGNORECASE,
)
_ROW: Final = re.compile(
    r"\b(?:left\b[^.,;]{0,20}?\bto\b[^.,;]{0,12}?\bright|right\b[^.,;]{0,20}?\bto\b[^.,;]{0,12}?\bleft)\b"
)
_COMPASS: Final = re.compile(
    r"\b(?:west\w*|east\w*|port|starboard|o'?clock|(?:anti|counter)?-?clockwise|window|door|sinister|driver'?s?|reading"
    r"|handed|hander|lefty|righty|stage|wing|heart|clock|twelve)\b|\b\d{1,2}:\d\d\b",
    re.IGNORECASE,
)
"""Words that tell a side in another way too."""
_NUMBERS: Final = {word: n for n, word in enumerate(NUMBER_WORDS, 1)} | {"a couple of": 2, "an": 1, "a": 1}
_LENGTH: Final = re.compile(
    r"(?<![\w.,])(?P<count>\d+|a couple of|" + "|".join((*NUMBER_WORDS, "an", "a"))
    + r")(?P<gap>[ -]?)(?P<unit>cms?|centim\w+|mms?|millim\w+|inch(?:es)?)\b(?!['’]s)",
    re.IGNORECASE,
)  # fmt: skip
_PARTS: Final = re.compile(
    r"\b(?:half|quarter|point|few|several|more than|feet|foot|met(?:er|re)s?)\b|\d[.,]\d", re.IGNORECASE
)
"""Words of lengths that are no whole number of a unit."""
_INCH: Final = 2.54
_LIKELY: Final = (1, 2, 3, 4, 5, 5, 6, 7, 8, 10, 10, 12, 15, 20)
"""Lengths that people say more often."""


def mirrored(saying: Saying) -> Saying:
    """Return ``saying`` with left and right exchanged, where each side that is said is one that is meant."""
    said = [found["side"].lower() for found in _SIDE.finditer(saying.text) if found["side"]]
    rows = [token for token in saying.tokens if token in ("row_leftwards", "row_rightwards")]
    meant = [side for token in saying.tokens if token not in rows for side in _OTHER if side in token]
    if rows:
        told = _ROW.findall(saying.text.lower())
        if told and len(told) != len(rows):
            return saying
        meant += ["left", "right"] * len(told) if told else said if not meant else []
    if not said or sorted(said) != sorted(meant) or _COMPASS.search(saying.text):
        return saying
    text = _SIDE.sub(lambda found: like(found[0], _OTHER[found[0].lower()]) if found["side"] else found[0], saying.text)
    return replace(saying, text=text, tokens=tuple(_flipped(token) for token in saying.tokens))


def _flipped(token: str) -> str:
    for side, other in _OTHER.items():
        if side in token:
            return token.replace(side, other)
    return token


def measured_anew(saying: Saying, rng: random.Random) -> Saying:
    """Return ``saying`` with another length, where the only one that is said is the only one that is meant."""
    found = list(_LENGTH.finditer(saying.text))
    meant = [token for token in saying.tokens if token in CENTIMETRES]
    if len(found) != 1 or len(meant) != 1 or _PARTS.search(saying.text):
        return saying
    count, unit = found[0]["count"].lower(), found[0]["unit"].lower()
    if f"{_centimetres(int(count) if count.isdigit() else _NUMBERS[count], unit)}cm" != meant[0]:
        return saying
    number = rng.choice(_LIKELY) if rng.random() < 0.7 else rng.randint(1, MAX_CENTIMETRES)
    number = rng.randint(1, 10) if unit.startswith("in") else 10 * number if unit.startswith("m") else number
    length = f"{_centimetres(number, unit)}cm"
    words = _said(number, found[0])
    text = saying.text[: found[0].start()] + words + saying.text[found[0].end() :]
    return replace(saying, text=text, tokens=tuple(length if token == meant[0] else token for token in saying.tokens))


def _said(number: int, old: re.Match[str]) -> str:
    """Say ``number`` as the ``old`` one was said: in digits or as a word, with its unit one or many."""
    word = str(number)
    if not old["count"].isdigit() and number <= len(NUMBER_WORDS):
        word = like(old["count"], NUMBER_WORDS[number - 1])
    unit, gap = old["unit"], old["gap"] or ("" if word.isdigit() else " ")
    if gap == "-":
        return f"{word}-{unit}"
    stem = re.sub(r"(?<=inch)es$|(?<=[a-z]{3})s$", "", unit)
    if len(stem) > len("mm"):
        unit = stem if number == 1 else stem + ("es" if stem.lower().endswith("inch") else "s")
    return f"{word}{gap}{unit}"


def _centimetres(count: int, unit: str) -> int:
    if unit.startswith("m"):
        return round(count / 10)
    return round(count * _INCH) if unit.startswith("in") else count

"""Other kinds in a sentence and its program: what may stand for each other changes places, and nouns are drawn anew.

Movers stand for movers and holders for holders, where every kind that is meant is said by a noun we know and nothing
tells the shape. A ball never becomes what something stands on.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Final

from hybrid.language.exchanged_colours import article, like
from hybrid.language.lexicon import COLOUR_WORDS, EXTREME_BEFORE, KIND_WORDS, plural
from hybrid.language.sayings import Saying
from hybrid.language.schema import KindWord

_MOVERS: Final[tuple[KindWord, ...]] = ("cube", "block", "cylinder", "ball")
_HOLDERS: Final[tuple[KindWord, ...]] = ("bowl", "tray", "container")
_SAID_TOO: Final[dict[KindWord, tuple[str, ...]]] = {
    "cylinder": ("canister", "pillar"),
    "ball": ("orb",),
    "zone": ("rug",),
}
_MEANING: Final[dict[str, KindWord]] = {
    word: kind for kind, words in KIND_WORDS.items() if kind != "thing" for word in (*words, *_SAID_TOO.get(kind, ()))
}
_NOUNS: Final = {form: word for word in _MEANING for form in (word, plural(word))}
_ALTERNATIVES: Final = "|".join(sorted(_NOUNS, key=len, reverse=True))
_SAID: Final = re.compile(
    rf"(?:\b(?P<article>an?)(?P<gap>\s+))?(?<![\w'’-])(?P<noun>{_ALTERNATIVES})(?![\w-])(?!['’](?!s\b))", re.IGNORECASE
)
_BROKEN: Final = re.compile(
    rf"\b(?:{_ALTERNATIVES})-\w|\w-(?:{_ALTERNATIVES})\b|\b(?:{_ALTERNATIVES}) (?:{_ALTERNATIVES})\b(?! (?:you|we|i)\b)"
    rf"|\b(?:{_ALTERNATIVES})[ -](?:shaped|like)\b",
    re.IGNORECASE,
)
"""Nouns in compounds: *tin can*, *ball-shaped*."""
_SHAPELY: Final = re.compile(
    r"\b(?:round(?!\s+(?:the|it|that|a|my)\b)\w*|circular|roll\w*|spher\w+|spin\w*|bounc\w*|wheel\w*|rotat\w*|kick\w*|juggl\w*"
    r"|square|squares|boxy|cubic\w*|cub[eo]id\w*|cylindric\w*|edges|sides|faces?|flat|upright|lengthwise|tip\w*|toppl\w*"
    r"|pour\w*|spill\w*|tilt\w*|lid|rims?|deep|shallow|drink\w*|eat\w*|food|salad|soup|fruit|tea|coffee|beer|beans?"
    r"|sugar|dice|die|lego\w*|brickwork|marbles|hollow|bath\w*|dinner|breakfast|lunch|serve|serving|throw\w*|catch|goal"
    r"|football|tennis|snooker|golf|game|play\w*|shape|shapes|kind|type|sort|cubes? of|blocks? of|column of|columns"
    r"|bins? (?:it|them|that)|box(?:ed|es)? (?:it|them|in)|pair|pairs|same)\b",
    re.IGNORECASE,
)
"""Words that tell a shape, or what only one kind is used for."""
_DOUBTFUL: Final = frozenset(
    "can column columns post posts box field fields area areas region pad patch square squares plate cup tin tins"
    " rectangle roller bin holder basin piece".split()
)
"""Nouns that often mean something else: beside another noun of their kind they are not touched."""
_BEFORE_CAN: Final = (
    {
        "the",
        "a",
        "that",
        "this",
        "my",
        "your",
        "our",
        "every",
        "each",
        "other",
        "any",
        "either",
        "big",
        "small",
        "little",
    }
    | {word for words in COLOUR_WORDS.values() for word in words}
    | {word for words in EXTREME_BEFORE.values() for word in words}
)
_AFTER_CAN: Final = frozenset(
    "on onto to into in by next beside behind at over out up down off and from please nearer closer away a toward"
    " towards further under with between for left right against so off goes should needs is must has wants was".split()
)
_ON_TOP: Final = frozenset({"on", "tower", ".on", ".under", "clear", "match"})
_ONTO: Final = re.compile(r"\bon(?:to)?\b|\bup ?on\b|\boff\b|\btop\b|\batop\b", re.IGNORECASE)


def kinds_exchanged(saying: Saying, rng: random.Random) -> Saying:
    """Return ``saying`` with kinds exchanged for others that may stand there, in words and program alike."""
    if _SHAPELY.search(saying.text) or _BROKEN.search(saying.text):
        return saying
    found = [match for match in _SAID.finditer(saying.text) if not _modal(match, saying.text)]
    words: dict[KindWord, list[str]] = {}
    for match in found:
        word = _NOUNS[match["noun"].lower()]
        words.setdefault(_MEANING[word], []).append(match["noun"].lower())
    meant = frozenset(saying.tokens)
    free: list[KindWord] = [
        kind for kind, said in words.items() if meant & {kind} and _plainly(kind, said, saying.text)
    ]
    new = _drawn(free, words, saying, rng)
    names: dict[KindWord, str] = {kind: rng.choice(KIND_WORDS[new[kind]]) for kind in free}

    def other(match: re.Match[str]) -> str:
        word = _NOUNS[match["noun"].lower()]
        kind = _MEANING[word]
        if kind not in names or _modal(match, saying.text):
            return match[0]
        name = names[kind] if match["noun"].lower() == word else plural(names[kind])
        name = like(match["noun"], name)
        return f"{article(match['article'], name)}{match['gap']}{name}" if match["article"] else name

    exchanged: dict[str, str] = {str(kind): str(to) for kind, to in new.items()}
    tokens = tuple(exchanged.get(token, token) for token in saying.tokens)
    return replace(saying, text=_SAID.sub(other, saying.text), tokens=tokens)


def _plainly(kind: KindWord, said: list[str], text: str) -> bool:
    """Whether all that is said of ``kind`` surely is it."""
    if _DOUBTFUL & set(said) and len(set(said)) > 1:
        return False
    return kind != "cylinder" or not any(_unsure(match, text) for match in _SAID.finditer(text))


def _drawn(
    free: list[KindWord], words: dict[KindWord, list[str]], saying: Saying, rng: random.Random
) -> dict[KindWord, KindWord]:
    """Draw what each kind of ``free`` becomes; two times in five each stays."""
    same: dict[KindWord, KindWord] = {kind: kind for kind in free}
    if rng.random() < 0.4:
        return same
    held = {kind for kind in (*words, *saying.tokens) if kind not in free}
    new = same.copy()
    for group in (_MOVERS, _HOLDERS):
        mine: list[KindWord] = [kind for kind in free if kind in group]
        others: list[KindWord] = [kind for kind in group if kind not in held and _allowed(kind, saying)]
        if len(mine) <= len(others):
            new |= dict(zip(mine, rng.sample(others, len(mine)), strict=True))
    meant, before = {*new.values(), *held}, {*free, *held}
    return same if {"block", "cube"} <= meant and not {"block", "cube"} <= before else new


def _allowed(kind: KindWord, saying: Saying) -> bool:
    """Whether another kind may become ``kind`` in ``saying``: no ball below something, no bowl to put things *on*."""
    if kind == "ball":
        return not _ON_TOP & set(saying.tokens)
    return kind not in ("bowl", "container") or not _ONTO.search(saying.text)


def _modal(match: re.Match[str], text: str) -> bool:
    """Whether a match is the *can* of *can you*, or may be."""
    return match["noun"].lower() == "can" and not _nounlike(match, text)


def _unsure(match: re.Match[str], text: str) -> bool:
    """Whether a match is a *can* that may be the thing or the verb."""
    if match["noun"].lower() != "can" or _nounlike(match, text):
        return False
    before, after = _neighbours(match, text)
    return after not in ("you", "u", "we", "i", "it", "ya", "someone", "the", "that") and before not in (
        "you",
        "i",
        "we",
        "u",
        "it",
    )


def _nounlike(match: re.Match[str], text: str) -> bool:
    before, after = _neighbours(match, text)
    return (match["article"] is not None or before in _BEFORE_CAN) and (not after or after in _AFTER_CAN)


def _neighbours(match: re.Match[str], text: str) -> tuple[str, str]:
    """The word before a match, and the one right after it if no punctuation stands between."""
    before = re.findall(r"[a-z']+", text[: match.start("noun")].lower())
    after = re.match(r"\s+([a-z']+)", text[match.end() :].lower())
    return (before[-1] if before else "", after[1] if after else "")

"""Other colours in a sentence and its program: all twelve change places, and words for them are drawn anew.

A sentence is left as it is where that could go wrong: a colour that is meant but not said by a word we know, or a
shade such as *dark blue*.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Final, get_args

from hybrid.language.lexicon import COLOUR_WORDS
from hybrid.language.sayings import Saying
from hybrid.language.schema import Colour

_COLOURS: Final[tuple[Colour, ...]] = get_args(Colour)
_MEANING: Final[dict[str, Colour]] = {word: colour for colour, words in COLOUR_WORDS.items() for word in words}
_WORDS: Final = "|".join(sorted(_MEANING, key=len, reverse=True))
_SAID: Final = re.compile(
    rf"\b(?P<idiom>orange juice|(?:black|white) coffee|green light|out of the blue|blue moon|tickled pink|black tie"
    rf"|white lie|white noise|rose (?:from|up|to)|green fingers|golden (?:rule|retriever|hour|syrup)|brown sugar"
    rf"|brown bread|o['’]? roses|compass rose|aunt rose|black ice|red tape|red carpet|red[- ]handed|white flag"
    rf"|white goods|black hole|tan lines?"
    rf"|(?:suffer|get|got|going|see|saw|seeing) (?:a tan|red(?! \w)))\b"
    rf"|(?:\b(?P<article>an?)(?P<gap>\s+))?(?<![\w])(?P<word>{_WORDS})(?P<many>s)?(?![a-z])",
    re.IGNORECASE,
)
_SHADE: Final = re.compile(
    rf"\b(?:dark|light|pale|deep|sky|baby|bright|hot|royal|forest|navy|jet|pitch|snow|off|blood|rose|lime|mint)(?:er)?"
    rf"[ -](?:{_WORDS})\b|\b(?:{_WORDS})[ -](?:ish|and[ -](?!the\b)\w+[ -]striped)|\w+-(?:{_WORDS})\b"
    rf"|\b(?:{_WORDS})[a-z]*ish\b"
    r"|\b(?:reddish|reddy|bluish|blueish|greeny|yellowy|yellowish|purply|pinky|brownish|whitish|orangey|silver|lime"
    r"|magenta|maroon|gold|azure|lilac|ruby|cherry|mustard|lavender|beige|cream|sapphire|amber|indigo|ivory|chocolate"
    r"|coral|mauve|lemon|fuchsia|charcoal|mint|olive|khaki|salmon|burgundy|jade|plum|rust\w*|rainbow|snowy?|coal|blood"
    r"|ginger|tangerine|peach|banana|tomato|grass|sky|moon|sunny|colou?rless|primary)\b",
    re.IGNORECASE,
)
"""Shades and names of colours that could not be exchanged along with the others."""


def colours_exchanged(saying: Saying, rng: random.Random) -> Saying:
    """Return ``saying`` with its colours exchanged by a random permutation of all, in words and program alike."""
    said = {_MEANING[found["word"].lower()] for found in _SAID.finditer(saying.text) if found["word"]}
    meant = frozenset(_COLOURS) & frozenset(saying.tokens)
    if not said or meant - said or _SHADE.search(saying.text):
        return saying
    new = dict(zip(_COLOURS, rng.sample(_COLOURS, len(_COLOURS)), strict=True))
    names = {colour: rng.choice(COLOUR_WORDS[new[colour]]) for colour in _COLOURS}
    plain = {"gray": rng.choice(("gray", "grey"))}

    def other(found: re.Match[str]) -> str:
        if found["idiom"]:
            return found[0]
        colour = _MEANING[found["word"].lower()]
        name = f"{plain.get(new[colour], new[colour])}s" if found["many"] else names[colour]
        name = like(found["word"], name)
        return f"{article(found['article'], name)}{found['gap']}{name}" if found["article"] else name

    exchanged: dict[str, str] = {str(old): str(to) for old, to in new.items()}
    tokens = tuple(exchanged.get(token, token) for token in saying.tokens)
    return replace(saying, text=_SAID.sub(other, saying.text), tokens=tokens)


def like(old: str, new: str) -> str:
    """Write ``new`` with the capitals of ``old``."""
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new.capitalize() if old[:1].isupper() else new


def article(old: str, noun: str) -> str:
    """Return *a* or *an* for ``noun``, with the capitals of ``old``."""
    return like(old[:1], "an" if noun[:1].lower() in "aeiou" else "a")

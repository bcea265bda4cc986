"""Misspelt words put right before the network reads them, as far as that is safe.

Only words that are no whole word of the tokenizer's vocabulary are touched: *tidy* and *nudge* stay as they are
(EVIDENCE 7: an ungated speller breaks words it does not know). The distance is Damerau's, with neighbours swapped as
one slip (Damerau, "A technique for computer detection and correction of spelling errors", 1964).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

LONG: Final = 7
"""Letters from which two slips in one word are put right."""
_CONTRACTED: Final = {
    word.replace("'", ""): word
    for word in (
        "don't doesn't didn't can't won't isn't aren't wasn't weren't shouldn't mustn't wouldn't couldn't hasn't "
        "haven't that's what's there's here's who's they're you're"
    ).split()
}
"""Contractions as they are typed in a hurry, and as they are written."""
_TEXTED: Final = tuple(
    (re.compile(short, re.IGNORECASE), words)
    for short, words in (
        (
            r"\b(the|that|this|my|other|left|right|middle|top|last|first|\w+st|\w+er) 1\b(?! ?(?:cm|mm|in|of))",
            r"\1 one",
        ),
        (r"\b(next|close|nearer|closer|up|over|back) 2\b(?! ?(?:cm|mm|in\b|inch|cent|mill))", r"\1 to"),
        (
            r"\b2 (?=(?:the|a|my|da|left|right|front|back|middle|cent(?:re|er)|corner|tray|bowl|zone|mat|cup|plate)\b)",
            "to ",
        ),
        (r"\b4 (?=me\b)", "for "),
        (r"\bu\b", "you"),
        (r"(?<=[a-z]) n (?=[a-z])", " and "),
        (r"\b(?:pls|plz|plse)\b", "please"),
        (r"\bw/ ", "with "),
        (r"\blil\b", "little"),
    )
)
"""Short forms of text messages, and the words they stand for."""
_WORD: Final = re.compile(r"[A-Za-z]{3,}")
_TWICE: Final = re.compile(r"([a-z])\1")
_SHORT: Final = 3
"""Letters of the shortest stem."""
_KEYS: Final = {
    letter: (row, column)
    for row, letters in enumerate(("qwertyuiop", "asdfghjkl", "zxcvbnm"))
    for column, letter in enumerate(letters)
}
"""Where a letter lies on a keyboard: row and column."""
_DOUBLED: Final = re.compile(r"([a-z])\1{2,}")


class Speller:
    """Puts words right.

    Args:
        known: whether a lower-case word is a whole word of the vocabulary.
        words: what a misspelt word may have been, the most frequent first.
    """

    def __init__(self, known: Callable[[str], bool], words: Sequence[str]) -> None:
        self._known = known
        words = tuple(dict.fromkeys(words))
        self._rank = {word: rank for rank, word in enumerate(words)}
        self._by_length: dict[int, list[str]] = {}
        for word in words:
            self._by_length.setdefault(len(word), []).append(word)

    def corrected(self, text: str) -> str:
        """Return ``text`` with short forms written out and misspelt words put right; all other words stay."""
        for short, words in _TEXTED:
            text = short.sub(words, text)
        return _WORD.sub(lambda match: self._word(match.group()), text)

    def _word(self, word: str) -> str:
        low = word.lower()
        if low in _CONTRACTED:
            return _CONTRACTED[low]
        if low in self._rank or any(self._known(stem) for stem in _stems(low)):
            return word
        low = _DOUBLED.sub(r"\1", low)
        most = 2 if len(low) >= LONG else 1
        best: tuple[int, int, int, str] | None = None
        for length in range(len(low) - 1, len(low) + 2):
            for other in self._by_length.get(length, ()):
                slips = distance(low, other, most)
                if slips <= most:
                    found = (slips, unlikeliness(low, other), self._rank[other], other)
                    best = found if best is None else min(best, found)
        return word if best is None else best[3]


def _stems(word: str) -> list[str]:
    """The word, and what it is an inflection of if it is one: *cubes*, *nudged*, *stacking*, *swapping*."""
    stems = [word.removesuffix(end) for end in ("s", "es", "ed", "d", "ing", "er", "est") if word.endswith(end)]
    undoubled = [stem[:-1] for stem in stems if len(stem) > _SHORT and stem[-1] == stem[-2]]
    silent = [f"{word.removesuffix('ing')}e"] if word.endswith("ing") and len(word) >= len("ing") + _SHORT else []
    return [word, *stems, *undoubled, *silent]


def unlikeliness(said: str, meant: str) -> int:
    """Return how unlikely a slip from ``meant`` to ``said`` is, 0-3, for words at most one slip apart.

    Neighbours swapped and letters doubled are the likeliest, then letters dropped, then neighbouring keys and letters
    added, then any other letter: an order set by hand.
    """
    if len(said) == len(meant):
        wrong = [(a, b) for a, b in zip(said, meant, strict=True) if a != b]
        if sorted(said) == sorted(meant):
            return 0
        return 2 if all(_beside(a, b) for a, b in wrong) else 3
    if len(said) < len(meant):
        return 1
    return 0 if _TWICE.sub(r"\1", said) == _TWICE.sub(r"\1", meant) else 2


def _beside(a: str, b: str) -> bool:
    """Whether two letters are neighbours on a keyboard."""
    (row, column), (other_row, other_column) = _KEYS.get(a, (9, 9)), _KEYS.get(b, (0, 0))
    return abs(row - other_row) <= 1 and abs(column - other_column) <= 1


def distance(a: str, b: str, most: int) -> int:
    """Return how many slips turn ``a`` into ``b``: letters dropped, added, changed, or two neighbours swapped.

    More than ``most`` is returned as ``most + 1``.
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)

"""Surface of the training grammar: politeness, constraints tacked on, and slips of the keyboard.

Text in, text out; knows nothing of programs.
"""

from __future__ import annotations

import random
from typing import Final

from hybrid.language import grammar_voices as voices

_BEFORE: Final = (
    "please ", "please ", "please ", "could you ", "can you ", "could you please ", "can you please ", "would you ",
    "will you ", "would you mind: ", "hey, ", "hi, ", "hello, ", "hey robot, ", "ok, ", "okay, ", "ok so ", "now ",
    "now, ", "so ", "well, ", "alright, ", "right, ", "robot, ", "hi there! ", "i was wondering whether you could ",
    "i'd appreciate it if you could ", "i want you to ", "i'd like you to ", "i need you to ", "do me a favour and ",
    "do me a favor: ", "kindly ", "be so kind and ", "let's ", "let's see, ", "um, ", "uh ", "next, ",
    "here is what i need: ", "task: ", "your task is to ", "the following please: ", "would it be possible to ",
    "is it possible to ", "can we ", "could we ", "quickly ", "good morning, ", "dear robot, ", "listen, ",
    "hey buddy ", "for the next task, ", "time to tidy up: ", "i have a job for you: ", "go ahead and ",
    "mind if i ask you to ", "yo ", "pls ", "plz ", "thanks for your help so far. ",
    "my daughter left her toys here, ", "the table is a mess. ", "i'm setting up an experiment, ", "one more thing: ",
    "good. ", "great, ", "perfect, now ", "as a test, ", "i know this is a bit silly but ", "if you can, ",
    "when you have a minute, ",
)  # fmt: skip
_AFTER: Final = (
    " please", " please", ", please", ", please", " thanks", ", thanks", ", thank you", " for me", " for me please",
    " now", " right now", ", ok", ", okay", ", would you", ", will you", ", could you", " if you can", " if possible",
    ". thanks", ". thank you", ". thanks a lot", " asap", " pls", " plz", ", cheers", ", my friend",
    " when you are ready", ", robot", ", that's all", ". that is all", ". take your time",
    " as fast as you can", ", if you don't mind", " and be careful", ", carefully", ". that would be great",
    ". good luck", ". i'll watch", " and stop", ". you're the best", ", and that's it", ". done",
)  # fmt: skip
_KEEP: Final = (
    "without touching {k}", "without touching {k}", "without moving {k}", "without disturbing {k}",
    "but don't touch {k}", "but don't move {k}", "but leave {k} where it is", "and leave {k} alone",
    "but leave {k} alone", "and do not touch {k}", "but do not move {k}", "while leaving {k} in place",
    "but keep {k} where it is", "and keep {k} in place", "avoiding {k}", "and don't bump into {k}",
    "without knocking over {k}", "but {k} must not move", "and {k} must stay where it is",
    "but {k} stays where it is", "and {k} stays put", "without hitting {k}", "and mind {k}",
    "and be careful with {k}", "and don't disturb {k}", "leaving {k} alone", "leaving {k} where it is",
    "while avoiding {k}", "and {k} should not be touched", "but {k} mustn't be moved", "never touch {k}",
    "but not a finger on {k}", "keeping {k} still", "and let {k} stay where it is", "and stay away from {k}",
    "just don't touch {k}", "don't touch {k}", "leave {k} alone", "leave {k} where it is", "{k} must not be moved",
    "{k} shouldn't move", "watch out for {k}, it must not move", "{k} is off limits", "nobody touches {k}",
    "careful with {k}", "{k} has to stay where it is", *voices.KEEPS,
)  # fmt: skip
_SLIPS: Final = "qwertyuiopasdfghjklzxcvbnm"


def dress(text: str, rng: random.Random) -> str:
    """Add politeness or small talk before, after or round a request."""
    draw = rng.random()
    if draw < 0.65:
        text = (voices.opening(rng) if rng.random() < 0.25 else rng.choice(_BEFORE)) + text
    if draw < 0.45:
        return text
    return text + (voices.address(rng) if rng.random() < 0.3 else rng.choice(_AFTER))


def keep_words(text: str, kept: list[str], rng: random.Random) -> str:
    """Add the words of a constraint: *without touching the yellow one*, before or after the request."""
    words = rng.choice(_KEEP)
    said = rng.choice((" and ", " or ") if "out" in words or "n't" in words else (" and ",)).join(kept)
    words = words.format(k=said)
    if rng.random() < 0.8:
        return text + rng.choice((" ", " ", ", ", ". ")) + words
    words = words.removeprefix("but ").removeprefix("and ")
    return words + rng.choice((", ", ". ", ", and ", ": ")) + text


def typos(text: str, rng: random.Random) -> str:
    """Slip on one to three letters: swap, drop, double or hit a wrong key, within words of three letters or more."""
    words = text.split(" ")
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        index = rng.randrange(len(words))
        if len(words[index]) >= 3 and words[index].isalpha():
            words[index] = _slip(words[index], rng)
    return " ".join(words)


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word) - 1)
    draw = rng.random()
    if draw < 0.35:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if draw < 0.65:
        return word[:at] + word[at + 1 :] if at else word[:1] + word[2:]
    if draw < 0.85:
        return word[:at] + word[at] + word[at:]
    return word[:at] + rng.choice(_SLIPS) + word[at + 1 :]

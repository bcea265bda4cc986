"""Asides of the training grammar: reasons, conditions, contrasts and the polite gerund; they change no program.

*because it is in the way*, *if it isn't too much trouble*, *not on the tray*, *would you mind swapping ...*. Text in,
text out; knows nothing of programs.
"""

from __future__ import annotations

import random
from typing import Final

_CONDITIONS: Final = (
    "if it isn't too much trouble, ", "if it's not too much trouble, ", "if it isn't too much bother, please ",
    "if it's not too much bother, ", "if you don't mind, ", "if you wouldn't mind, ", "if that's ok with you, ",
    "if it's no trouble, please ", "if it's not asking too much, ", "when you've got a mo, ", "whenever you can, ",
    "if you would be so kind, ", "if i may ask, ", "if it's all the same to you, ",
    "if you have nothing better to do, ",
    "when you have time, ", "if possible, please ", "if you've got a second, ", "don't worry about the rest, ",
    "no rush, but ", "no hurry but please ",
)  # fmt: skip
_COURTESIES: Final = (
    "i'd be most obliged if you could ", "i should be most obliged if you would ", "would you be so kind as to ",
    "could i trouble you to ", "could i ask you to ", "might i ask you to ", "may i trouble you to ",
    "do you think you could ", "would you kindly ", "i'd be ever so grateful if you'd ", "be a star and ",
    "be an angel and ", "i'd really appreciate it if you would ", "might you ", "what i need you to do is ",
    "what we're going to do is ", "so what you do is ", "what you need to do is ", "i was hoping you could ",
    "i was thinking you could ", "you couldn't ", "would it kill you to ", "you can ", "go on, ", "quick, ",
)  # fmt: skip
_GERUND_HEADS: Final = (
    "would you mind ", "would you mind terribly ", "would you mind awfully ", "do you mind ", "you wouldn't mind ",
    "how about ", "how about you try ", "what about ", "could you help me by ", "any chance of you ", "fancy ",
    "i'd appreciate you ", "would you be up for ", "i'm thinking of ", "your next job is ", "try ",
    "let's try ", "what i want is you ",
)  # fmt: skip
_GERUNDS: Final = {
    "swap": "swapping", "put": "putting", "stack": "stacking", "line": "lining", "arrange": "arranging",
    "make": "making", "build": "building", "sort": "sorting", "gather": "gathering", "spread": "spreading",
    "clear": "clearing", "move": "moving", "bring": "bringing", "push": "pushing", "pick": "picking",
    "hold": "holding", "lift": "lifting", "take": "taking", "grab": "grabbing", "exchange": "exchanging",
    "switch": "switching", "place": "placing", "set": "setting", "form": "forming", "pile": "piling",
    "free": "freeing", "empty": "emptying", "remove": "removing", "get": "getting", "keep": "keeping",
    "separate": "separating", "group": "grouping", "trade": "trading", "surround": "surrounding", "pop": "popping",
    "stick": "sticking", "drop": "dropping", "slide": "sliding", "shift": "shifting", "lay": "laying",
    "scatter": "scattering", "order": "ordering",
}  # fmt: skip
_REASONS: Final = (
    " because it's in the way", ", it's in the way", " since it's in my way", " because i need the space",
    ", i need the room", " so i can clean", " so that i can reach it", " so there's room", " so it doesn't get lost",
    " because it looks better there", ", it looks better that way", " as that's where it belongs", ", it belongs there",
    " cos it keeps rolling off", ", that way it won't roll away", " because i said so", " so it's tidy",
    " so that it's tidy", " because my mum is coming", ", it's been bugging me", ", that would help me a lot",
    " since i need to work there", " before i forget", " because i want to take a picture", " so we can start",
    ", i've changed my mind about where it is", " so that nobody trips", " so its out of harm's way", " for the demo",
    " to make room for lunch", " for later", " so that it's safe", ", otherwise it gets lost", " as we discussed",
    " like we said", " because the others are fine", " so it looks nice", ", i don't like it there",
)  # fmt: skip
_FIRST_REASONS: Final = (
    "since i need the space, ", "because it's in the way, ", "as it's in my way, ", "since we're tidying up, ",
    "i need some room here, so ", "it's in the way: ", "it looks untidy, so ", "to get us started, ",
    "so that i can work, ",
    "before lunch, ", "it doesn't belong there. ", "that's in the wrong place. ", "i can't find anything here, so ",
)  # fmt: skip
_REST: Final = (
    ", rest stays", ". the rest stays", ", leave the rest", ", leave the others", ". leave the rest alone",
    ", the others stay where they are", ". leave everything else as it is", ". the others can stay", ", nothing else",
    ". that's all, leave the rest", ". other things stay", ", don't bother with the rest", ". others stay put",
    ". everything else can stay", ", and nothing else", ", only that", ". just that, nothing else",
)  # fmt: skip
_OPENERS: Final = (
    "yeah hi, so um, ", "hang on... ", "right so um ", "ok so ", "hmm, ", "uh, ", "er, ", "let me see, ", "alright so ",
    "um so ", "so yeah ", "okay, um, ", "right, uh, ", "erm, ", "ooh, ", "yo ", "oi ", "now then, ", "righto, ",
    "okay right, ", "ah, ", "so, like, ", "one sec... ok, ", "uh so ", "um, yeah, ",
)  # fmt: skip


def asides(text: str, rng: random.Random) -> str:
    """Add one or two asides to a request: a courtesy or condition before it, a reason or *leave the rest* after it."""
    draw = rng.random()
    if draw < 0.2:
        text = _gerund(text, rng)
    elif draw < 0.35:
        text = rng.choice(_CONDITIONS) + text
    elif draw < 0.5:
        text = rng.choice(_COURTESIES) + text
    elif draw < 0.6:
        text = rng.choice(_FIRST_REASONS) + text
    elif draw < 0.7:
        text = rng.choice(_OPENERS) + text
    draw = rng.random()
    return text if draw < 0.4 else text + rng.choice(_REASONS if draw < 0.8 else _REST)


def _gerund(text: str, rng: random.Random) -> str:
    """Ask for an order politely: *swap A and B* becomes *would you mind swapping A and B*."""
    first, _, rest = text.partition(" ")
    return f"{rng.choice(_GERUND_HEADS)}{_GERUNDS[first]} {rest}" if first in _GERUNDS else text

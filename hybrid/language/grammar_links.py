"""What stands between and before the clauses of the training grammar: links, starts and second thoughts.

Tables only; ``grammar`` joins clauses with them.
"""

from __future__ import annotations

from typing import Final

THEN: Final = (
    " and then ", " and then ", ", then ", ", then ", " and ", " and ", ", and ", ", ", ". then ", ". ",
    ". after that, ", ", after that ", "; ", " then ", ", and then ", ". next, ", ". afterwards ", " and afterwards ",
    ", next ", " and after that ", ". and ", ", also ", " and also ", ", followed by ", "\n", ". also ",
    ", and finally ", ". finally, ", ". secondly ", " & ", ". when done, ", ". once that's done, ",
    " and while you're at it ", ". while you're at it, ", ", lastly ", ". lastly, ", " and lastly ", ". oh and ",
    ", oh and ", ", plus ", ". second, ", ". last, ", ", last of all ", ". once you've done that, ",
    " and once that's done ", ". that done, ", ", thereafter ", " n then ", " n ", ", with that done, ",
    ". also please ", " finally ", ", and last but not least ", ". oh, and ", ", afterwards ", ". then please ",
    ", and with that done ", " as well as ", ", and while you're there ", ". when you've done that, ",
)  # fmt: skip
STARTS: Final = (
    "first ", "first, ", "first of all, ", "start by: ", "to begin, ", "firstly ", "step one: ", "initially, ",
    "begin with this: ", "two things: ", "a few things: ", "here's what i need: ", "ok, the plan: ",
    "a couple of things: ",
    "this is what i want: ", "three jobs for you: ", "the list: ", "to start with, ", "please do the following: ",
    "right, so first ", "i need a few things done. ", "here goes: ", "orders: ", "to do: ",
)  # fmt: skip
FIXES: Final = (
    ", no wait, ", ", no, ", ", sorry, ", ", i mean ", ", i meant ", " - no, ", ", or rather ", ", actually ",
    ", hmm, no, ", ", sorry i meant ", ", wait, no, ", " er, ", ", scratch that, ", ", oops, ", ", or better ",
    ", uh, ", "... no, ", ", wait, ", ", make that ", " - sorry - ", ", that is, ", ", better: ", "... i mean ",
    " uh no ", ", um no, ", ", er, no, ", ", no no, ", " - wait - ", ", no sorry, ", ", nope, ", ", well, actually ",
    ", i should say ", ", my mistake, ", ", correction, ", " no wait ", " actually no ", " sorry ", " i mean ",
    ". no, ", ". sorry, ", ", hang on, ", ", hold on, ", ", oh wait, ", " or rather ",
)  # fmt: skip
RETRACTIONS: Final = (
    ". actually, ", ". no wait, ", ". sorry, i meant ", ". forget that, ", ". scratch that, ", ", no, scratch that, ",
    ". hmm, no. ", ". on second thought, ", ". wait, no, ", ", actually no, ", "... no, ", ". i changed my mind: ",
    ". correction: ", ", or no, ", ". no, make that: ", " - forget it, ", ". no, better: ", "... forget that. ",
    ". hmm, actually ", ". hold on, ", ". no no, ", ", oh wait, ", ". strike that, ", ". or rather, ",
    ". no, sorry, ", ", scratch that, ", ". on second thoughts ", ". wait. ", "... actually ", ". hang on, no, ",
    ". no, i've changed my mind, ", ", no, forget that, ", ". nah, ", "... wait, ", ". um, no, ", " no scratch that ",
)  # fmt: skip
ANNOUNCED: Final = (
    "only move {x}: ", "move {x}: ", "{x} need moving: ", "just {x}: ", "it's about {x}: ", "only {x}: ",
    "about {x}: ", "please move {x}, ", "take {x}. ", "there's {x}: ", "i want {x} moved: ", "{x}, please: ",
)  # fmt: skip
"""What is to be moved, said before a list of where each goes."""

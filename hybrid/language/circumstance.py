"""What people say round a request that does not change it: reasons, courtesies, and where a thing shall not go.

*because I need the room*, *if it isn't too much trouble*, *not on the tray*, *I don't mind which*. Knows words only.
"""

from __future__ import annotations

import re
from typing import Final

from hybrid.language.lexicon import colours_in

_MODAL: Final = r"(?:can|can't|could|don't|won't|have|may|will|know|see|get|need)"
_REASON: Final = re.compile(
    r"[\s,;]*\b(?:because|cos|cuz|coz|since (?:i|we|it|it's|he|she|they|that|there|this|the|my|our)"
    r"|as (?:i|we|it's|that's)|in case"
    rf"|so (?:that )?(?:i|we|you|he|she|they|people|my \w+) {_MODAL}|so (?:that )?(?:there's|there is|nobody|no one))\b"
    r"[^,.;:!?\n]*|[,.;]\s*(?:it|that|they)(?:'s|'re| is| are)? (?:being )?(?:(?:just|only|always|a bit) )?"
    r"in (?:the|my|our) way\b[^,.;:!?\n]*",
    re.IGNORECASE,
)
"""Why something is wanted, to the end of its clause."""
_EITHER: Final = re.compile(
    r"[\s,.;-]*\b(?:(?:i|we) (?:don't|do not|dont|really don't) (?:really )?(?:care|mind|know) (?:which|where|how)"
    r"|(?:it )?(?:doesn't|does not|doesnt) (?:really )?matter (?:which|where|how)|no matter which"
    r"|whichever (?:you like|one|is \w+)|(?:your|you) (?:choice|choose|pick)|up to you|any (?:one )?will do)\b"
    r"(?: one| ones| of them| it is)?",
    re.IGNORECASE,
)
"""Words that leave a choice to us."""
_SIMILE: Final = re.compile(
    r"(?:^|(?P<open>,))\s*(?:just |exactly |a bit )?(?P<how>like|as if|as though) (?P<what>[^,.;:!?\n]+)"
    r"(?:,|(?P<end>[.!?]|$))",
    re.IGNORECASE,
)
"""What something is likened to, between commas: *in the bowl, like an egg in its cup*."""
_BACKWARD: Final = re.compile(r"\b(?:it|its|them|they|that|this|those|there|one)\b", re.IGNORECASE)
_DEFINITE: Final = frozenset("the this that these those it them all before so left right other others last".split())
"""Words with which a comparison may be part of what is asked: *like the other one*, *like before*."""
_MEASURED: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|couple|bit|tad|inch\w*|fingers?|hand)\b",
    re.IGNORECASE,
)
"""Words of an amount: *back a hair, like three centimetres*."""
_LEAST: Final = 3
"""Fewest words of a request that a reason may leave."""
_POLITE: Final = re.compile(
    r"\b(?:(?:do not|don't|dont|do you|would you|if you wouldn't) mind|why (?:not|don't|isn't|aren't)"
    r"|(?:can't|couldn't|won't|wouldn't) you|you (?:couldn't|wouldn't)|no (?:rush|problem|hurry|trouble|worries|matter)"
    r"|(?:is not|isn't|not|'s not) (?:too (?:much|hard)|asking|a (?:problem|bother|nuisance|trouble)|possible)"
    r"|(?:not|isn't|aren't|shouldn't|don't) (?:be |stand |sit )?(?:so|too|as) \w+|nothing (?:else|better|fancy|more)"
    r"|(?:i|we) (?:really )?(?:don't|do not|dont|didn't|didnt) (?:care|mind|know|like it)"
    r"|(?:i|we) (?:don't|do not|dont|didn't|didnt) (?:like|want (?:that|it|this))\b(?! \w)|(?:whether )?or not"
    r"|(?:don't|dont|do not) (?:worry|bother|forget)|(?:doesn't|doesnt) (?:matter|belong|look|get)"
    r"|(?:can't|cannot) (?:find|reach|see)|won't (?:roll|fall|get)|oh no|and not a moment"
    r"|without (?:any )?(?:hurry|rush|haste|ado|delay)|don't let (?:it )?(?:go|fall)|leave (?:it|them) there"
    r"|(?:leave|let|keep) (?:all )?(?:the )?(?:rest|others|everything else|other \w+)(?: \w+){0,4}"
    r"|(?:rest|others|everything else|other \w+) (?:can |may |should |just )?(?:stay|remain)\w*(?: (?:put|where) ?\w*)?"
    r"|(?:can't|cannot|don't|shouldn't|can not|do not) (?:stay|leave|have|be) [\w' ]{0,30}?\bthere"
    r"|(?:isn't|is not|aren't|shouldn't be) (?:where|supposed|in the right)|(?:isn't|is not) [\w ]{1,40} yet)\b",
    re.IGNORECASE,
)
"""Negations that rule nothing out."""
_CONTRAST: Final = re.compile(
    r"\b(?:instead of|rather than|than)\b[^,.;:\n]*"
    r"|\b(?:don't|do not|dont) (?:want|put) [^,.;]*[,;] (?=(?:i want|put|move|place|set|but)\b)"
    r"|(?:(?:,|;|\band|\bbut|^)\s*(?:and |but )?|\bno, )(?:not|never) (?:on|in|into|onto|to|at|behind|under|over|inside"
    r"|upon|atop|left|right|up|down|against)\b[^,.;:\n]*?(?=,|;|\.|:|\n|\bbut\b|$)",
    re.IGNORECASE,
)
"""Where something shall not go, said beside where it shall."""


def bare(text: str) -> str:
    """Return ``text`` without reasons and free choices; as it is where what is left speaks of them or says too little.

    *Since I need the tray later, put the ball in the bowl* asks for the ball in the bowl.
    """
    left = _EITHER.sub(" ", _SIMILE.sub(_unlikened, text))
    unreasoned = _REASON.sub(" ", left)
    if unreasoned != left and not _BACKWARD.search(unreasoned) and len(unreasoned.split()) >= _LEAST:
        left = unreasoned
    left = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(left.split())).lstrip(" ,.;:-")
    return left if len(left.split()) >= 2 else text


def _unlikened(found: re.Match[str]) -> str:
    """A simile left out, unless it speaks of what may be on the table."""
    what = found["what"].lower()
    definite = not _DEFINITE.isdisjoint(re.findall(r"[a-z]+", what)) or _MEASURED.search(what) is not None
    if colours_in(what) or (found["how"].lower() == "like" and definite):
        return found[0]
    return found["end"] or (", " if found["open"] else "")


def meant(text: str) -> str:
    """Return lower-case ``text`` without courtesies that only sound like a negation and without contrasts."""
    return _CONTRAST.sub(" ", _POLITE.sub(" ", text.lower().replace("’", "'")))

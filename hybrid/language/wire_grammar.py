"""The wire language as a grammar for constrained decoding of any causal model: lark, in the dialect of llguidance.

Made from the rules of ``hybrid.language.wire``, with the schema's bounds, so that every sentence is a valid program and
comes to an end.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from hybrid.language import schema
from hybrid.language.wire import END, RULES

_BOUNDED: Final = {
    "STEPS": ('(" ;" step)', schema.MAX_STEPS - 1),
    "KEEPS": ('(" keep" sel)', schema.MAX_KEEP),
    "MORE": ('(" +" term)', schema.MAX_TERMS - 1),
    "EXCEPT": ('(" except" noun)', schema.MAX_TERMS),
}
"""Lists of the language, which are recursive in its rules and bounded in the schema."""


@cache
def lark() -> str:
    """Return the grammar; every word of a program is preceded by one space."""
    lines = ["start: program"]
    for symbol, alternatives in RULES.items():
        if symbol in _BOUNDED:
            item, most = _BOUNDED[symbol]
            lines.append(f"{_name(symbol)}: {item}{{0,{most}}}")
            continue
        said = [" ".join(_part(part) for part in alternative if part != END) or '""' for alternative in alternatives]
        lines.append(f"{_name(symbol)}: {' | '.join(said)}")
    return "\n".join(lines)


def _part(part: str) -> str:
    return _name(part) if part in RULES else f'" {part}"'


def _name(symbol: str) -> str:
    """Rule names of lark are lower-case letters and underscores."""
    return symbol.lower().replace("?", "_or_not")

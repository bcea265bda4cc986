"""Lexical checks of a program against the words it came from.

The network's confidence is calibrated except for polarity and the odd swapped colour. These checks are deterministic
and cheap; a program that fails one is not acted on without asking.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Final

from hybrid.language import lexicon, schema
from hybrid.language.circumstance import meant as as_meant
from hybrid.language.lengths import hinted, told
from hybrid.language.negation import negation_doubts
from hybrid.language.schema import AnyStep, Noun, Program, Selector, Term
from hybrid.language.selection import Table, candidates
from hybrid.language.wire import CENTIMETRES, WIRE_TOKENS
from simulator.base import Scene, Subgoal

_RETRACTION: Final = re.compile(
    r"\b(?:wait|actually|sorry|mean|meant|rather|scratch|forget|oops|hmm|correction|second thought|changed my mind"
    r"|no,|er,|nah\b|nope|hang on|hold on|make that|mistake|better:)"
    r"|[.,-]\s*no\b(?! (?:need|rush|hurry|problem|trouble))"
)
"""Words that take something back: what they revoke need not show in the program."""
_NUMBERED: Final = re.compile(
    r"\b(?:the|all|all the|these|those|all of the) (two|three|four|five|six|[2-6]) (?:\w+ )?(?:"
    + "|".join(lexicon.plural(word) for words in lexicon.KIND_WORDS.values() for word in words)
    + r")\b"
)
"""How many there are of what is meant, said with it: *the three cubes*."""
_DETERMINED: Final = re.compile(r"\b(?:the|a|an|my|that|this|our|your|some|any|all)\s+((?:[\w'-]+\s*){1,4})")
_TOWER_ENDS: Final = {
    "base": re.compile(
        r"bot+om|base|found|below|under|low|first|start|begin|down|foot|carr|hold|\bon\b(?! (?:the )?(?:very )?top\b)"
    ),
    "peak": re.compile(r"top|last|end|finish|peak|crown|high|tip|up|above|over|summit|\bcap|\blid\b"),
}
"""What somebody says who names the lowest or the highest of a tower."""
_ORDERED: Final = re.compile(
    r"\b(?:then|after\w*|next|first|before|finally|last\w*|once|when|until|back (?:off|where)|again|secondly|step"
    r"|later)\b|\d[.)]|[.;!?\n]\s+\w"
)
"""Words of a request whose steps follow one another, so that a thing may go to one place and on to another."""
_PLACING: Final = frozenset({"on", "in", "at", "next_to", "left_of", "right_of", "in_front_of", "behind", "between"})
_SOUNDS: Final = {
    "left": re.compile(r"\blef+\b|\bwest|\bnine o'?clock|(?<![\w'])lt?(?![\w'])"),
    "right": re.compile(r"\b(?:rite|write)|\beast|\bthree o'?clock|(?<![\w'])rt?(?![\w'])"),
}
"""How a side is written by ear, in short, or named by a map or a clock."""
_OTHER_SIDE: Final = re.compile(r"\both\w?r (?:side|end|edge|way)\b|\b(?:too (?:far|much)|wrong side)\b")
_CHOSEN: Final[dict[str, re.Pattern[str]]] = {
    "second_left": re.compile(r"second|2nd|next|penultimate|last but one|(?:number|no\.?) ?(?:two|2)|two from"),
    "second_right": re.compile(r"second|2nd|next|penultimate|last but one|(?:number|no\.?) ?(?:two|2)|two from"),
    "third_left": re.compile(r"third|3rd|(?:number|no\.?) ?(?:three|3)|three from"),
    "third_right": re.compile(r"third|3rd|(?:number|no\.?) ?(?:three|3)|three from"),
    "biggest": re.compile(r"big|larg|great|huge|fat|wid|giant|size"),
    "smallest": re.compile(r"smal|lesser|tin[iy]|litt|least|wee|mini|size"),
    "row_diagonal": re.compile(r"diag|corner|slant|oblique|askew|(?:back|front|far|near|top|bottom) (?:left|right) to"),
}
"""How a choice among several, or a slanting row, is said; without it nobody means one."""
_KEEPING: Final = re.compile(
    r"wi\w{1,3}out|\bnot?\b|n't\b|\blet (?:\w+ ){1,4}be\b|\b(?:(?:do|does|is|ca|wo|must|should)nt|\w+nae|dare|never"
    r"|n\w{1,2}ther|nobody|nothing|leav\w*|except|left|stay\w*|keep\w*|kept|mind|careful\w*|care|avoid\w*|alone|hands|steer|still"
    r"|remain\w*|peace|taboo|limits|fine|watch|untouched|undisturbed|beware|cannot|stands? fast|holds? position|fixed"
    r"|glued|bumped|read-only|unchanged|freez\w*|frozen|bides?)\b"
)
"""Words without one of which nothing is asked to stay as it is."""
_ORIGIN: Final = re.compile(r"\b(?:off|from|on|of) (?:the |that )?(?:\w+ )?(?:\w+\b)")
"""Where a thing is that is to be taken away from there."""
_CLOSE: Final = 0.74
"""Similarity ratio from which a word counts as a misspelling of another; *bleu* and *blue* have 0.75."""
_LIKENED: Final[dict[str, re.Pattern[str]]] = {
    "ball": re.compile(r"\broundish\b|\bround(?:ed)? (?:one|thing|object|piece)s?\b|\bspheric"),
    "cylinder": re.compile(r"\bcylindr"),
    "cube": re.compile(r"\bcubic|\bpieces? of wood\b"),
    "block": re.compile(r"\bcubic|\bpieces? of wood\b"),
    "container": re.compile(r"\bvessels?\b"),
}
"""How a kind is told without a noun of its own."""
_PLAIN_KINDS: Final = ("cylinder", "ball", "bowl", "tray", "zone")
_BLOCKS: Final = lexicon.KIND_FORMS["block"] | lexicon.KIND_FORMS["cube"] | {"box", "boxes"}
_BOWLS: Final = lexicon.KIND_FORMS["container"] | lexicon.KIND_FORMS["bowl"] | lexicon.KIND_FORMS["tray"]
_COLOUR_WORDS: Final = frozenset(word for words in lexicon.COLOUR_WORDS.values() for word in words)
_SKIPPED: Final = (
    _COLOUR_WORDS
    | {word for words in lexicon.EXTREME_BEFORE.values() for word in words}
    | {
        "big",
        "large",
        "bigger",
        "small",
        "little",
        "tiny",
        "smaller",
        "other",
        "very",
        "same",
        "first",
        "second",
        "last",
        "of",
        "the",
    }
)
_ORDINARY: Final = (
    frozenset(word for words in lexicon.KIND_FORMS.values() for word in words)
    | {word for base in lexicon.KIND_WORDS["thing"] for word in (base, lexicon.plural(base))}
    | {word for words in lexicon.PLACE_WORDS.values() for phrase in words for word in phrase.split()}
    | frozenset(
        "table corner way bit tad lot row line tower stack pile favour favor rest others tool gripper arm robot".split()
    )
)


def doubts(text: str, program: Program) -> tuple[str, ...]:
    """Return why ``program`` may not be what ``text`` says, in a few words each; empty when nothing is suspicious."""
    if program.refuse is not None:
        return ()
    lowered = text.lower().replace("’", "'")
    named: set[schema.Colour] = {noun.colour for noun in nouns(program) if noun.colour is not None}
    reasons = [f"nobody said {colour}" for colour in sorted(named) if not _names_colour(lowered, colour)]
    reasons += [f"{colour} was said" for colour in ignored_colours(text, program)]
    reasons += [f"{kind} was said" for kind in _ignored_kinds(lowered, program)]
    reasons += [*_kind_doubts(lowered, program), *_side_doubts(lowered, program)]
    if not _RETRACTION.search(as_meant(lowered)):
        reasons += negation_doubts(lowered, program, tuple(nouns(program)))
    return (*reasons, *_distance_doubts(lowered, program))


def moved_on(text: str, subgoals: Sequence[Subgoal]) -> tuple[str, ...]:
    """Return a doubt for each thing that ``subgoals`` put in two places where ``text`` tells no order of steps.

    *The white cube, the one at the back, on the tray* is not to be put at the back first.
    """
    if _ORDERED.search(text.lower()):
        return ()
    placed = [str(fact.arguments[0]) for goal in subgoals for fact in goal.facts if fact.relation in _PLACING]
    return tuple(f"{thing} is put in two places" for thing in dict.fromkeys(placed) if placed.count(thing) > 1)


def miscounted(text: str, program: Program, scene: Scene) -> tuple[str, ...]:
    """Return a doubt where ``text`` says *the three cubes* and ``program`` means another number of them."""
    found = _NUMBERED.findall(text.lower())
    said = {int(n) if n.isdigit() else lexicon.NUMBER_WORDS.index(n) + 1 for n in found}
    if not said:
        return ()
    terms = [term for step in program.steps for term in getattr(step, "a", ()) if isinstance(term, Selector)]
    alls = [term for term in terms if term.quantifier == "all" and term.kind != "unknown" and not _by_it(term)]
    if not alls or len(alls) < len(terms):
        return ()
    meant = {len(candidates(term, Table(scene), "mover")) for term in alls}
    return () if said & (meant | {sum(meant)}) else (f"{min(said)} were said",)


def _by_it(term: Selector) -> bool:
    """Whether a selector speaks of what was moved before."""
    return term.extreme == "other" or (term.anchor is not None and isinstance(term.anchor.noun, schema.Pronoun))


def ignored_colours(text: str, program: Program) -> tuple[str, ...]:
    """Return the colours that ``text`` names and ``program`` does not use; none where something is taken back."""
    lowered = _without_origin(as_meant(text), program)
    if program.refuse is not None or _corrects(lowered, program):
        return ()
    meant = {noun.colour for noun in nouns(program)}
    return tuple(colour for colour in dict.fromkeys(lexicon.colours_in(lowered)) if colour not in meant)


def _corrects(text: str, program: Program) -> bool:
    """Whether something is taken back, so that not all that is named is meant."""
    return bool(_RETRACTION.search(text)) or any(isinstance(step, schema.Instead) for step in program.steps)


def _without_origin(text: str, program: Program) -> str:
    """Leave out where a thing stands that is only to come down: *take the red one down from the blue*."""
    down = len(program.steps) == 1 and isinstance(program.steps[0], schema.Down)
    return _ORIGIN.sub(" ", text) if down else text


def _ignored_kinds(text: str, program: Program) -> list[str]:
    """Kinds named by their plain word that ``program`` does not use; none where something is taken back."""
    meant = {noun.kind for noun in nouns(program)}
    if _corrects(text, program) or meant & {"unknown", "container"}:
        return []
    said = set(re.findall(r"[a-z]+", _without_origin(as_meant(text), program)))
    return [kind for kind in _PLAIN_KINDS if said & {kind, lexicon.plural(kind)} and kind not in meant]


def unsaid(text: str) -> frozenset[str]:
    """Return the wire tokens that ``text`` cannot mean: colours, kinds, sides and distances that it does not name.

    Every choice of the language stays open without them: *thing* and *unknown* are never barred, nor are the rough
    amounts and the middle of the table.
    """
    lowered = text.lower().replace("’", "'")
    colours = {colour for colour in lexicon.COLOUR_WORDS if not _names_colour(lowered, colour)}
    kinds = {kind for kind in lexicon.KIND_WORDS if kind != "thing" and not _names_kind(lowered, kind)}
    sides = {"left", "right"} - _sides(lowered)
    said = {f"{length}cm" for length in told(lowered) | hinted(lowered)}
    aside = {token for token in WIRE_TOKENS for side in sides if side in token and not token.startswith("row_")}
    aside |= {token for token, words in _CHOSEN.items() if not words.search(lowered)}
    aside |= set() if _KEEPING.search(lowered) else {"keep"}
    return frozenset(colours | kinds | aside | _unsaid_ends(lowered) | (set(CENTIMETRES) - said))


def _unsaid_ends(text: str) -> set[str]:
    """Directions of rows, and named ends of towers, that ``text`` cannot mean."""
    ways = [_ways(text, *words) for words in (("left", "right"), ("front", "back"), ("near", "far"))]
    barred = {"row_leftwards"} if ways[0] == "on" else {"row_rightwards"} if ways[0] == "back" else set[str]()
    barred |= {"row_forwards"} if "on" in ways[1:] else {"row_backwards"} if "back" in ways[1:] else set()
    return barred | {end for end, words in _TOWER_ENDS.items() if not words.search(text)}


def _ways(text: str, first: str, last: str) -> str:
    """Whether ``text`` says *from first to last*, *from last to first*, or neither."""
    to = r"(?:most|hand|side|end|edge|wards?|\W|the|of|table)*?\bto\b(?:\W|the)*?"
    found = ["on"] if re.search(rf"\b{first}{to}\b{last}", text) else []
    found += ["back"] if re.search(rf"\b{last}{to}\b{first}", text) else []
    return found[0] if len(found) == 1 else ""


def unknown_words(text: str) -> tuple[str, ...]:
    """Return nouns of ``text`` that name nothing we know, for a refusal to quote: *banana* of *put the banana down*."""
    found: list[str] = []
    for match in _DETERMINED.finditer(text.lower()):
        words = [word for word in match.group(1).split() if word not in _SKIPPED]
        if words and words[0] not in _ORDINARY and words[0] not in found:
            found.append(words[0])
    return tuple(found)


def nouns(program: Program) -> Iterator[Noun]:
    """Yield every noun of a program, nested ones included."""
    for step in program.steps:
        for term in _terms(step):
            yield from _parts(term)
    for kept in (*program.keep, *_asked(program)):
        yield from _parts(kept)


def _asked(program: Program) -> tuple[Term, ...]:
    if isinstance(program.ask, schema.Claim):
        return _terms(program.ask.claim)
    return () if program.ask is None else program.ask.about


def _terms(step: AnyStep) -> tuple[Term, ...]:
    found: list[Term] = []
    for part in (getattr(step, field, None) for field in ("a", "b", "c", "base", "peak", "around")):
        found += part if isinstance(part, tuple) else [] if part is None else [part]
    return tuple(found)


def _parts(term: Term) -> Iterator[Noun]:
    if isinstance(term, Selector):
        yield term
        yield from term.excluding
        if term.anchor is not None and isinstance(term.anchor.noun, Noun):
            yield term.anchor.noun


def _mentions(text: str, words: frozenset[str] | tuple[str, ...]) -> bool:
    """Whether one of ``words`` is in ``text``, as said or misspelled; a word we know is not another one misspelled."""
    said = re.findall(r"[a-z]+", text)
    if any(word in said for word in words):
        return True
    said = [word for word in said if word not in _ORDINARY and word not in _SKIPPED]
    return any(difflib.get_close_matches(word, said, n=1, cutoff=_CLOSE) for word in words if len(word) > 2)


def _names_colour(text: str, colour: schema.Colour) -> bool:
    return _mentions(lexicon.singular(text), lexicon.COLOUR_WORDS[colour])


def _names_kind(text: str, kind: str) -> bool:
    words = _BLOCKS if kind in ("block", "cube") else _BOWLS if kind == "container" else lexicon.KIND_FORMS[kind]
    return _mentions(text, words) or (kind in _LIKENED and bool(_LIKENED[kind].search(text)))


def _kind_doubts(text: str, program: Program) -> list[str]:
    kinds = sorted({noun.kind for noun in nouns(program)} - {"thing", "unknown"})
    return [f"nobody said {kind}" for kind in kinds if not _names_kind(text, kind)]


def _side_doubts(text: str, program: Program) -> list[str]:
    meant = "".join(step.model_dump_json(exclude={"course"}) for step in program.steps)
    return [f"nobody said {side}" for side in ("left", "right") if side in meant and side not in _sides(text)]


def _sides(text: str) -> set[str]:
    """The sides that ``text`` names; *the other side* is the one that it does not name."""
    named = {side for side in ("left", "right") if _names_side(text, side)}
    return {"left", "right"} if named and _OTHER_SIDE.search(text) else named


def _names_side(text: str, side: str) -> bool:
    """Whether *left* or *right* is said, as part of a word too (*leftwards*), misspelt, or as it sounds."""
    return side in text or bool(_SOUNDS[side].search(text)) or _mentions(text, (side, f"{side}most"))


def _distance_doubts(text: str, program: Program) -> list[str]:
    said = told(text)
    moving = (schema.Shift, schema.Approach, schema.Further)
    meant = {step.by for step in program.steps if isinstance(step, moving) and isinstance(step.by, int)}
    meant |= {
        step.centimetres for step in program.steps if isinstance(step, schema.Pair) and step.centimetres is not None
    }
    if _RETRACTION.search(text):
        return [f"nobody said {length} cm" for length in sorted(meant - said - hinted(text))]
    return [] if said <= meant <= said | hinted(text) else ["the distances differ"]

"""The compact token form of a program: what the embedded network writes, one token at a time.

An LL(1) language in prefix notation::

    PROGRAM = STEP (";" STEP)* ("keep" SEL)* | refuse_action | refuse_scope | refuse_unsafe | QUESTION
    STEP    = ["push"] ACT
    ACT     = (on|in|next_to|apart) TERMS TERM | (left_of|right_of|in_front_of|behind) [CM] TERMS TERM
            | between TERMS TERM TERM | at TERMS PLACE | shift TERMS DIRECTION AMOUNT
            | (approach|retreat) TERMS TERM AMOUNT | (clear|hold|down|spread|gather|back|instead) TERMS
            | line TERMS [COURSE] [PLACE] | tower TERMS [END] [PLACE] | swap TERM TERM
            | match RELATION TERMS TERMS | sort TERMS (by_colour|by_kind|by_size)
            | (circle|square|triangle) TERMS [around SEL] [PLACE] | undo | again [TERMS] | (further|less) AMOUNT
    QUESTION = (ask_count|ask_where|ask_which|ask_colour|ask_exists) SEL | ask_distance SEL SEL
            | ask_table | ask_help | ask_history | ask_true RELATION TERMS TERM
    END     = base SEL [peak SEL] | peak SEL | FLOORS
    AMOUNT  = bit | some | far | CM
    TERMS   = TERM ("+" TERM)*                TERM = it | SEL
    SEL     = NOUN [".place" PLACE | LINK (NOUN | it)] ("except" NOUN)*
    NOUN    = QUANTIFIER [EXTREME] [BULK] [COLOUR] KIND

``Stack`` says which tokens may follow, so that a decoder can be held to the language; ``to_tokens`` writes a
program and ``hybrid.language.reading`` reads it back without loss. Nothing here knows words, scenes or networks.
"""

from __future__ import annotations

from typing import Final, get_args

from hybrid.errors import LanguageError
from hybrid.language import schema
from hybrid.language.schema import DIRECTED, AnyStep, Noun, Program, Pronoun, Selector, Term

END: Final = "</s>"
CENTIMETRES: Final = tuple(f"{n}cm" for n in range(1, schema.MAX_CENTIMETRES + 1))
_QUANTIFIERS: Final = get_args(schema.Quantifier)
_EXTREMES: Final = get_args(schema.Extreme)
_BULKS: Final = get_args(schema.Bulk)
_COLOURS: Final = get_args(schema.Colour)
_KINDS: Final = get_args(schema.KindWord)
LINK_TOKENS: Final = tuple(f".{link}" for link in get_args(schema.Link))
PLACE_TOKENS: Final = tuple(f"@{place}" for place in get_args(schema.Place))
_DIRECTIONS: Final = tuple(f"to_{direction}" for direction in get_args(schema.Direction))
_AMOUNTS: Final = get_args(schema.Amount)
_REFUSALS: Final = tuple(f"refuse_{refusal}" for refusal in get_args(schema.Refusal))
_COURSES: Final = tuple(f"row_{course}" for course in get_args(schema.Course))
_FORMS: Final = get_args(schema.Form)
_TRAITS: Final = tuple(f"by_{trait}" for trait in get_args(schema.Trait))
_FLOORS: Final = get_args(schema.Floors)
TOPIC_TOKENS: Final = tuple(f"ask_{topic}" for topic in get_args(schema.Topic))
_PAIRINGS: Final = get_args(schema.Pairing)
_DIRECTED: Final = tuple(relation for relation in get_args(schema.Pairing) if relation in DIRECTED)
_UNDIRECTED: Final = tuple(relation for relation in get_args(schema.Pairing) if relation not in DIRECTED)


def _each(tokens: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple((token,) for token in tokens)


_EMPTY: Final[tuple[str, ...]] = ()
RULES: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "PROGRAM": (
        ("STEP", "STEPS", "KEEPS", END),
        *((refusal, END) for refusal in _REFUSALS),
        *((topic, *("SEL",) * schema.ABOUT.get(topic.removeprefix("ask_"), 1), END) for topic in TOPIC_TOKENS),
        ("ask_true", "RELATION", "TERMS", "TERM", END),
    ),
    "STEPS": ((";", "STEP", "STEPS"), _EMPTY),
    "KEEPS": (("keep", "SEL", "KEEPS"), _EMPTY),
    "STEP": (("push", "ACT"), ("ACT",)),
    "ACT": (
        *((relation, "TERMS", "TERM") for relation in _UNDIRECTED),
        *((relation, "CM?", "TERMS", "TERM") for relation in _DIRECTED),
        ("between", "TERMS", "TERM", "TERM"),
        ("at", "TERMS", "PLACE"),
        ("shift", "TERMS", "DIRECTION", "AMOUNT"),
        ("approach", "TERMS", "TERM", "AMOUNT"),
        ("retreat", "TERMS", "TERM", "AMOUNT"),
        *((act, "TERMS") for act in ("clear", "hold", "down", "spread", "gather", "back", "instead")),
        ("line", "TERMS", "COURSE?", "PLACE?"),
        ("tower", "TERMS", "END?", "PLACE?"),
        ("swap", "TERM", "TERM"),
        ("match", "RELATION", "TERMS", "TERMS"),
        ("sort", "TERMS", "TRAIT"),
        *((form, "TERMS", "AROUND?", "PLACE?") for form in _FORMS),
        ("undo",),
        ("again", "TERMS?"),
        ("further", "AMOUNT"),
        ("less", "AMOUNT"),
    ),
    "TERMS": (("TERM", "MORE"),),
    "MORE": (("+", "TERM", "MORE"), _EMPTY),
    "TERM": (("it",), ("SEL",)),
    "SEL": (("NOUN", "ANCHOR?", "EXCEPT"),),
    "TERMS?": (("TERM", "MORE"), _EMPTY),
    "ANCHOR?": ((".place", "PLACE"), *((link, "MARK") for link in LINK_TOKENS), _EMPTY),
    "MARK": (("NOUN",), ("it",)),
    "RELATION": _each(_PAIRINGS),
    "TRAIT": _each(_TRAITS),
    "COURSE?": (*_each(_COURSES), _EMPTY),
    "PLACE?": (*_each(PLACE_TOKENS), _EMPTY),
    "AROUND?": (("around", "SEL"), _EMPTY),
    "EXCEPT": (("except", "NOUN", "EXCEPT"), _EMPTY),
    "NOUN": (("QUANTIFIER", "EXTREME?", "BULK?", "COLOUR?", "KIND"),),
    "END?": (("base", "SEL", "PEAK?"), ("peak", "SEL"), *_each(_FLOORS), _EMPTY),
    "PEAK?": (("peak", "SEL"), _EMPTY),
    "QUANTIFIER": _each(_QUANTIFIERS),
    "EXTREME?": (*_each(_EXTREMES), _EMPTY),
    "BULK?": (*_each(_BULKS), _EMPTY),
    "COLOUR?": (*_each(_COLOURS), _EMPTY),
    "KIND": _each(_KINDS),
    "PLACE": _each(PLACE_TOKENS),
    "DIRECTION": _each(_DIRECTIONS),
    "AMOUNT": (*_each(_AMOUNTS), *_each(CENTIMETRES)),
    "CM?": (*_each(CENTIMETRES), _EMPTY),
}


def _first(symbol: str) -> frozenset[str]:
    """The tokens a symbol may start with."""
    if symbol not in RULES:
        return frozenset({symbol})
    starts: set[str] = set()
    for alternative in RULES[symbol]:
        for part in alternative:
            starts |= _first(part)
            if not _nullable(part):
                break
    return frozenset(starts)


def _nullable(symbol: str) -> bool:
    return symbol in RULES and _EMPTY in RULES[symbol]


_TERMINALS: Final = {
    part for rule in RULES.values() for alternative in rule for part in alternative if part not in RULES
}
WIRE_TOKENS: Final[tuple[str, ...]] = tuple(sorted(_TERMINALS))
"""Every token of the language; a network's output vocabulary is this, in this order, with padding and start added."""
_FIRST: Final = {symbol: _first(symbol) for symbol in (*RULES, *_TERMINALS)}
_TABLE: Final = {
    symbol: {token: alternative for alternative in rule if alternative for token in _FIRST[alternative[0]]}
    for symbol, rule in RULES.items()
}


class Stack:
    """Where a decoder stands in the language; immutable, so that beams can share a past.

    Example: ``Stack().allowed()`` holds every act, and ``Stack().after("hold").allowed()`` the start of a selector.
    """

    def __init__(self, symbols: tuple[str, ...] = ("PROGRAM",)) -> None:
        self._symbols = symbols

    def allowed(self) -> frozenset[str]:
        """Return the tokens that may come next; empty once the program has ended."""
        tokens: set[str] = set()
        for symbol in self._symbols:
            tokens |= _FIRST[symbol]
            if not _nullable(symbol):
                break
        return frozenset(tokens)

    def after(self, token: str) -> Stack:
        """Return the stack after ``token``; raises ``LanguageError`` when the language does not allow it here."""
        symbols = list(self._symbols)
        while symbols:
            symbol = symbols.pop(0)
            if symbol == token:
                return Stack(tuple(symbols))
            alternative = _TABLE.get(symbol, {}).get(token)
            if alternative is not None:
                symbols = [*alternative, *symbols]
            elif not _nullable(symbol):
                break
        raise LanguageError("program", f"{token!r} cannot stand here", "Give a program of the wire language.")


def to_tokens(program: Program) -> tuple[str, ...]:
    """Write ``program`` as wire tokens, ``END`` included."""
    if program.refuse is not None:
        return (f"refuse_{program.refuse}", END)
    if program.ask is not None:
        return (*_question_tokens(program.ask), END)
    tokens: list[str] = []
    for index, step in enumerate(program.steps):
        tokens += [";"] if index else []
        tokens += ["push"] if step.push else []
        tokens += _step_tokens(step)
    for kept in program.keep:
        tokens += ["keep", *_term_tokens(kept)]
    return (*tokens, END)


def _question_tokens(question: schema.AnyQuestion) -> list[str]:
    if isinstance(question, schema.Claim):
        claim = question.claim
        return ["ask_true", claim.relation, *_terms_tokens(claim.a), *_term_tokens(claim.b)]
    return [f"ask_{question.topic}", *(token for term in question.about for token in _term_tokens(term))]


def _step_tokens(step: AnyStep) -> list[str]:
    match step:
        case schema.Pair():
            distance = [] if step.centimetres is None else [f"{step.centimetres}cm"]
            return [step.relation, *distance, *_terms_tokens(step.a), *_term_tokens(step.b)]
        case schema.Match():
            return ["match", step.relation, *_terms_tokens(step.a), *_terms_tokens(step.b)]
        case schema.Approach():
            act = "retreat" if step.away else "approach"
            return [act, *_terms_tokens(step.a), *_term_tokens(step.b), _amount_token(step.by)]
        case schema.Undo() | schema.Further() | schema.Again():
            return _spoken_tokens(step)
        case schema.Shape():
            return [step.form, *_terms_tokens(step.a), *_part("around", step.around), *_place_token(step.place)]
        case schema.Tower():
            ends = (*_part("base", step.base), *_part("peak", step.peak), *((step.floors,) if step.floors else ()))
            return ["tower", *_terms_tokens(step.a), *ends, *_place_token(step.place)]
        case _:
            return [step.act, *_terms_tokens(step.a), *_rest_tokens(step)]


def _spoken_tokens(step: schema.Undo | schema.Further | schema.Again) -> list[str]:
    if isinstance(step, schema.Further):
        return ["less" if step.less else "further", _amount_token(step.by)]
    return [step.act, *(_terms_tokens(step.a) if isinstance(step, schema.Again) and step.a else ())]


def _rest_tokens(step: AnyStep) -> list[str]:
    """What follows the act and its terms."""
    match step:
        case schema.Between():
            return [*_term_tokens(step.b), *_term_tokens(step.c)]
        case schema.At():
            return _place_token(step.place)
        case schema.Shift():
            return [f"to_{step.direction}", _amount_token(step.by)]
        case schema.Line():
            return [*((f"row_{step.course}",) if step.course else ()), *_place_token(step.place)]
        case schema.Swap():
            return _term_tokens(step.b)
        case schema.Sort():
            return [f"by_{step.by}"]
        case _:
            return []


def _amount_token(amount: int | str) -> str:
    return amount if isinstance(amount, str) else f"{amount}cm"


def _place_token(place: schema.Place | None) -> list[str]:
    return [] if place is None else [f"@{place}"]


def _part(word: str, selector: Selector | None) -> list[str]:
    return [] if selector is None else [word, *_term_tokens(selector)]


def _terms_tokens(terms: tuple[Term, ...]) -> list[str]:
    tokens = _term_tokens(terms[0])
    for term in terms[1:]:
        tokens += ["+", *_term_tokens(term)]
    return tokens


def _term_tokens(term: Term) -> list[str]:
    if isinstance(term, Pronoun):
        return ["it"]
    tokens = _noun_tokens(term)
    anchor = term.anchor
    if anchor is not None:
        tokens += (
            [".place", f"@{anchor.place}"] if anchor.noun is None else [f".{anchor.link}", *_mark_tokens(anchor.noun)]
        )
    for noun in term.excluding:
        tokens += ["except", *_noun_tokens(noun)]
    return tokens


def _mark_tokens(mark: Noun | Pronoun) -> list[str]:
    return ["it"] if isinstance(mark, Pronoun) else _noun_tokens(mark)


def _noun_tokens(noun: Noun) -> list[str]:
    parts = (noun.quantifier, noun.extreme, noun.bulk, noun.colour, noun.kind)
    return [part for part in parts if part is not None]

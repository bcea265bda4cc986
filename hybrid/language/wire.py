"""The compact token form of a program: what the embedded network writes, one token at a time.

An LL(1) language in prefix notation::

    PROGRAM = STEP (";" STEP)* ("keep" SEL)* | refuse_action | refuse_scope | refuse_unsafe
    STEP    = ["push"] ACT
    ACT     = (on|in|next_to|apart) TERMS TERM | (left_of|right_of|in_front_of|behind) [CM] TERMS TERM
            | between TERMS TERM TERM | at TERMS PLACE | shift TERMS DIRECTION (bit|some|far|CM)
            | (clear|hold|down|line) TERMS | tower TERMS [(base|peak) SEL]
    TERMS   = TERM ("+" TERM)*                TERM = it | SEL
    SEL     = NOUN [".place" PLACE | LINK NOUN] ("except" NOUN)*
    NOUN    = QUANTIFIER [EXTREME] [BULK] [COLOUR] KIND

``Stack`` says which tokens may follow, so that a decoder can be held to the language; ``to_tokens`` and ``from_tokens``
convert without loss. Nothing here knows words, scenes or networks.
"""

from __future__ import annotations

from typing import Final, cast, get_args

from hybrid.errors import LanguageError
from hybrid.language import schema
from hybrid.language.schema import DIRECTED, Anchor, AnyStep, Noun, Program, Pronoun, Selector, Term

END: Final = "</s>"
CENTIMETRES: Final = tuple(f"{n}cm" for n in range(1, schema.MAX_CENTIMETRES + 1))
_QUANTIFIERS: Final = get_args(schema.Quantifier)
_EXTREMES: Final = get_args(schema.Extreme)
_BULKS: Final = get_args(schema.Bulk)
_COLOURS: Final = get_args(schema.Colour)
_KINDS: Final = get_args(schema.KindWord)
_LINKS: Final = tuple(f".{link}" for link in get_args(schema.Link))
_PLACES: Final = tuple(f"@{place}" for place in get_args(schema.Place))
_DIRECTIONS: Final = tuple(f"to_{direction}" for direction in get_args(schema.Direction))
_AMOUNTS: Final = get_args(schema.Amount)
_REFUSALS: Final = tuple(f"refuse_{refusal}" for refusal in get_args(schema.Refusal))
_DIRECTED: Final = tuple(relation for relation in get_args(schema.Pairing) if relation in DIRECTED)
_UNDIRECTED: Final = tuple(relation for relation in get_args(schema.Pairing) if relation not in DIRECTED)


def _each(tokens: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple((token,) for token in tokens)


_EMPTY: Final[tuple[str, ...]] = ()
_RULES: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "PROGRAM": (("STEP", "STEPS", "KEEPS", END), *((refusal, END) for refusal in _REFUSALS)),
    "STEPS": ((";", "STEP", "STEPS"), _EMPTY),
    "KEEPS": (("keep", "SEL", "KEEPS"), _EMPTY),
    "STEP": (("push", "ACT"), ("ACT",)),
    "ACT": (
        *((relation, "TERMS", "TERM") for relation in _UNDIRECTED),
        *((relation, "CM?", "TERMS", "TERM") for relation in _DIRECTED),
        ("between", "TERMS", "TERM", "TERM"),
        ("at", "TERMS", "PLACE"),
        ("shift", "TERMS", "DIRECTION", "AMOUNT"),
        ("clear", "TERMS"),
        ("hold", "TERMS"),
        ("down", "TERMS"),
        ("line", "TERMS"),
        ("tower", "TERMS", "END?"),
    ),
    "TERMS": (("TERM", "MORE"),),
    "MORE": (("+", "TERM", "MORE"), _EMPTY),
    "TERM": (("it",), ("SEL",)),
    "SEL": (("NOUN", "ANCHOR?", "EXCEPT"),),
    "ANCHOR?": ((".place", "PLACE"), *((link, "NOUN") for link in _LINKS), _EMPTY),
    "EXCEPT": (("except", "NOUN", "EXCEPT"), _EMPTY),
    "NOUN": (("QUANTIFIER", "EXTREME?", "BULK?", "COLOUR?", "KIND"),),
    "END?": (("base", "SEL"), ("peak", "SEL"), _EMPTY),
    "QUANTIFIER": _each(_QUANTIFIERS),
    "EXTREME?": (*_each(_EXTREMES), _EMPTY),
    "BULK?": (*_each(_BULKS), _EMPTY),
    "COLOUR?": (*_each(_COLOURS), _EMPTY),
    "KIND": _each(_KINDS),
    "PLACE": _each(_PLACES),
    "DIRECTION": _each(_DIRECTIONS),
    "AMOUNT": (*_each(_AMOUNTS), *_each(CENTIMETRES)),
    "CM?": (*_each(CENTIMETRES), _EMPTY),
}


def _first(symbol: str) -> frozenset[str]:
    """The tokens a symbol may start with."""
    if symbol not in _RULES:
        return frozenset({symbol})
    starts: set[str] = set()
    for alternative in _RULES[symbol]:
        for part in alternative:
            starts |= _first(part)
            if not _nullable(part):
                break
    return frozenset(starts)


def _nullable(symbol: str) -> bool:
    return symbol in _RULES and _EMPTY in _RULES[symbol]


_TERMINALS: Final = {
    part for rule in _RULES.values() for alternative in rule for part in alternative if part not in _RULES
}
WIRE_TOKENS: Final[tuple[str, ...]] = tuple(sorted(_TERMINALS))
"""Every token of the language; a network's output vocabulary is this, in this order, with padding and start added."""
_FIRST: Final = {symbol: _first(symbol) for symbol in (*_RULES, *_TERMINALS)}
_TABLE: Final = {
    symbol: {token: alternative for alternative in rule if alternative for token in _FIRST[alternative[0]]}
    for symbol, rule in _RULES.items()
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
    tokens: list[str] = []
    for index, step in enumerate(program.steps):
        tokens += [";"] if index else []
        tokens += ["push"] if step.push else []
        tokens += _step_tokens(step)
    for kept in program.keep:
        tokens += ["keep", *_term_tokens(kept)]
    return (*tokens, END)


def _step_tokens(step: AnyStep) -> list[str]:
    terms = _terms_tokens(step.a)
    match step:
        case schema.Pair():
            distance = [] if step.centimetres is None else [f"{step.centimetres}cm"]
            return [step.relation, *distance, *terms, *_term_tokens(step.b)]
        case schema.Between():
            return ["between", *terms, *_term_tokens(step.b), *_term_tokens(step.c)]
        case schema.At():
            return ["at", *terms, f"@{step.place}"]
        case schema.Shift():
            amount = step.by if isinstance(step.by, str) else f"{step.by}cm"
            return ["shift", *terms, f"to_{step.direction}", amount]
        case schema.Tower():
            ends = (("base", step.base), ("peak", step.peak))
            return ["tower", *terms, *(t for name, end in ends if end is not None for t in (name, *_term_tokens(end)))]
        case _:
            return [step.act, *terms]


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
            [".place", f"@{anchor.place}"] if anchor.noun is None else [f".{anchor.link}", *_noun_tokens(anchor.noun)]
        )
    for noun in term.excluding:
        tokens += ["except", *_noun_tokens(noun)]
    return tokens


def _noun_tokens(noun: Noun) -> list[str]:
    parts = (noun.quantifier, noun.extreme, noun.bulk, noun.colour, noun.kind)
    return [part for part in parts if part is not None]


def from_tokens(tokens: tuple[str, ...]) -> Program:
    """Read wire tokens back; raises ``LanguageError`` naming the token that is out of place."""
    stack = Stack()
    for token in tokens:
        stack = stack.after(token)
    if stack.allowed():
        raise LanguageError("program", "it ends too early", "Give a whole program of the wire language.")
    try:
        return _Reader(tokens).program()
    except ValueError as error:
        raise LanguageError("program", f"it breaks the schema ({error})", "Ask for fewer things at once.") from error


class _Reader:
    """Builds a program from tokens already known to be in the language."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self._tokens = tokens
        self._at = 0

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, *options: str) -> str | None:
        return self._next() if self._tokens[self._at] in options else None

    def program(self) -> Program:
        refusal = self._take(*_REFUSALS)
        if refusal is not None:
            return Program.model_validate({"refuse": refusal.removeprefix("refuse_")})
        steps = [self._step()]
        while self._take(";"):
            steps.append(self._step())
        keep: list[Selector] = []
        while self._take("keep"):
            keep.append(self._selector())
        return Program(steps=tuple(steps), keep=tuple(keep))

    def _step(self) -> AnyStep:
        push = self._take("push") is not None
        act = self._next()
        fields: dict[str, object] = {"push": push}
        if act in _DIRECTED or act in _UNDIRECTED:
            distance = self._take(*CENTIMETRES)
            centimetres = None if distance is None else int(distance.removesuffix("cm"))
            fields |= {"relation": act, "centimetres": centimetres, "a": self._terms(), "b": self._term()}
            return schema.Pair.model_validate(fields)
        fields["a"] = self._terms()
        match act:
            case "between":
                return schema.Between.model_validate(fields | {"b": self._term(), "c": self._term()})
            case "at":
                return schema.At.model_validate(fields | {"place": self._next().removeprefix("@")})
            case "shift":
                return schema.Shift.model_validate(
                    fields | {"direction": self._next().removeprefix("to_"), "by": self._amount()}
                )
            case "tower":
                end = self._take("base", "peak")
                return schema.Tower.model_validate(fields | ({} if end is None else {end: self._selector()}))
            case _:
                return _PLAIN[act].model_validate(fields)

    def _amount(self) -> str | int:
        token = self._next()
        return int(token.removesuffix("cm")) if token in CENTIMETRES else token

    def _terms(self) -> tuple[Term, ...]:
        terms = [self._term()]
        while self._take("+"):
            terms.append(self._term())
        return tuple(terms)

    def _term(self) -> Term:
        return Pronoun() if self._take("it") else self._selector()

    def _selector(self) -> Selector:
        noun = self._noun()
        anchor = self._anchor()
        excluding: list[Noun] = []
        while self._take("except"):
            excluding.append(self._noun())
        return Selector(**noun.model_dump(), anchor=anchor, excluding=tuple(excluding))

    def _anchor(self) -> Anchor | None:
        if self._take(".place"):
            return Anchor(place=cast(schema.Place, self._next().removeprefix("@")))
        link = self._take(*_LINKS)
        return None if link is None else Anchor(link=cast(schema.Link, link.removeprefix(".")), noun=self._noun())

    def _noun(self) -> Noun:
        fields: dict[str, str | None] = {"quantifier": self._next()}
        fields["extreme"] = self._take(*_EXTREMES)
        fields["bulk"] = self._take(*_BULKS)
        fields["colour"] = self._take(*_COLOURS)
        fields["kind"] = self._next()
        return Noun.model_validate(fields)


_PLAIN: Final[dict[str, type[schema.Clear] | type[schema.Hold] | type[schema.Down] | type[schema.Line]]] = {
    "clear": schema.Clear,
    "hold": schema.Hold,
    "down": schema.Down,
    "line": schema.Line,
}

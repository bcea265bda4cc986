"""Programs made to agree with the words and the table they are about, where a rule of English settles it.

*reds* are all the red ones, *without lifting* is a push, *the red box* is a block where no tray is red, *the cube by
the tray goes on it* goes on the tray, and nothing goes into a block that it was to go *onto*. Knows words and kinds;
what is ambiguous is left to perception.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from hybrid.language import lexicon, schema
from hybrid.language.schema import AnyStep, Noun, Pair, Program, Pronoun, Selector, Term
from simulator.base import Scene

_ON_THE_TABLE: Final = re.compile(
    r"\b(?:without (?:lifting|picking|raising)|(?:don't|do not|dont|never|no|not) (?:lift|pick|raise)(?:ing)?\b)"
)
"""Words that ask for a push whatever the verb."""
_PUSHED: Final = re.compile(r"\b(?:push|slid|nudg|along the table|roll)")
"""Verbs that mean a push; people who *shove* something into a bowl drop it there."""
_ON: Final = re.compile(r"\b(?:on|onto|upon|atop)\b")
_IN: Final = re.compile(r"\b(?:in|into|inside|within)\b")
_SOLID: Final = frozenset({"cube", "block", "cylinder", "ball"})
"""Kinds that nothing can lie in."""
_BOX: Final = re.compile(r"\bbox(?:es)?\b")


def agreed(text: str, program: Program, scene: Scene) -> Program:
    """Return ``program`` in the number and manner of ``text`` and with names that fit the things of ``scene``."""
    program = in_manner(text, in_number(text, program))
    return onto_solid(text, as_boxes(text, onto_its_own(program), scene))


def in_number(text: str, program: Program) -> Program:
    """Return ``program`` with *the* made *all* where its noun is said in the plural only: *line the cubes up*, *reds*.

    Superlatives choose among several and stay; so does what is said in the singular too.
    """
    said = re.findall(r"[a-z]+", text.lower())
    many = frozenset(kind for kind, words in lexicon.KIND_WORDS.items() if _plural_only(said, words))
    hued = frozenset(c for c, words in lexicon.COLOUR_WORDS.items() if any(lexicon.plural(w) in said for w in words))
    if not (many or hued) or program.refuse is not None:
        return program

    def numbered(term: Term) -> Term:
        if not isinstance(term, Selector) or term.quantifier != "the" or term.extreme not in (None, "other"):
            return term
        plural = term.kind in many or (term.kind == "thing" and term.colour in hued)
        return term.model_copy(update={"quantifier": "all"}) if plural else term

    return _with_steps(program, lambda step: _moving(step, numbered))


def in_manner(text: str, program: Program) -> Program:
    """Return ``program`` as a push where its only step is one that can be and the words forbid lifting.

    What is only shoved on or into something that stands up from the table is put there.
    """
    lowered, steps = text.lower().replace("’", "'"), program.steps
    if not _PUSHED.search(lowered) and not _ON_THE_TABLE.search(lowered):
        return _with_steps(program, lambda step: step.model_copy(update={"push": False}) if _raised(step) else step)
    if not _ON_THE_TABLE.search(lowered):
        return program
    left = [step for step in steps if not isinstance(step, schema.Hold)]  # *Don't pick it up* is no step.
    only = left[0] if len(left) == 1 else None
    if program.keep or only is None or not _pushable(only):
        return program
    return program.model_copy(update={"steps": (only.model_copy(update={"push": True}),)})


def _pushable(step: AnyStep) -> bool:
    """Whether what a step asks for can be done by a push."""
    if isinstance(step, Pair):
        return step.relation not in ("on", "in") or (step.relation == "in" and not _raised(step))
    return isinstance(step, schema.At | schema.Shift | schema.Between | schema.Approach)


def onto_its_own(program: Program) -> Program:
    """Return ``program`` with *it* in its first step named where only a landmark was spoken of.

    *The cube nearest the tray goes on it* goes on the tray.
    """
    first = program.steps[0] if program.steps else None
    if not isinstance(first, Pair) or not isinstance(first.b, Pronoun) or not isinstance(first.a[0], Selector):
        return program
    anchor = first.a[0].anchor
    if anchor is None or not isinstance(anchor.noun, Noun) or len(first.a) > 1:
        return program
    named = first.model_copy(update={"b": Selector(**anchor.noun.model_dump())})
    return program.model_copy(update={"steps": (named, *program.steps[1:])})


def onto_solid(text: str, program: Program) -> Program:
    """Return ``program`` with what goes *on* a thing that nothing can lie in put on it, where nobody said *in*."""
    said = text.lower()
    if _IN.search(said) or not _ON.search(said):
        return program

    def placed(step: AnyStep) -> AnyStep:
        if not isinstance(step, Pair) or step.relation != "in" or not isinstance(step.b, Selector):
            return step
        return step.model_copy(update={"relation": "on"}) if step.b.kind in _SOLID else step

    return _with_steps(program, placed)


def as_boxes(text: str, program: Program, scene: Scene) -> Program:
    """Return ``program`` with a *box* taken for a block where it is to be moved or no tray of its colour is here."""
    if not _BOX.search(text.lower()):
        return program
    trays = {thing.colour for thing in scene.things if thing.kind == "tray"}
    cubes = {thing.colour for thing in scene.things if thing.kind == "cube"}

    def named(term: Term, *, moved: bool) -> Term:
        if not isinstance(term, Selector) or term.kind != "tray":
            return term
        tray = term.colour in trays if term.colour else bool(trays)
        block = term.colour in cubes if term.colour else bool(cubes)
        return term.model_copy(update={"kind": "block"}) if block and (moved or not tray) else term

    def renamed(step: AnyStep) -> AnyStep:
        fields = {part: named(getattr(step, part), moved=False) for part in ("b", "c") if hasattr(step, part)}
        if isinstance(step, schema.Match | schema.Clear):
            return step
        return _moving(step.model_copy(update=fields), lambda term: named(term, moved=True))

    return _with_steps(program, renamed)


def _with_steps(program: Program, change: Callable[[AnyStep], AnyStep]) -> Program:
    return program.model_copy(update={"steps": tuple(change(step) for step in program.steps)})


def _moving(step: AnyStep, change: Callable[[Term], Term]) -> AnyStep:
    """Return ``step`` with what it moves changed."""
    terms: tuple[Term, ...] = getattr(step, "a", ())
    return step.model_copy(update={"a": tuple(change(term) for term in terms)}) if terms else step


def _raised(step: AnyStep) -> bool:
    """Whether something goes on or into what stands up from the table, where nothing can be pushed."""
    if not isinstance(step, Pair) or step.relation not in ("on", "in"):
        return False
    return not isinstance(step.b, Selector) or step.b.kind not in ("zone", "thing")


def _plural_only(said: list[str], words: tuple[str, ...]) -> bool:
    return any(lexicon.plural(word) in said for word in words) and not any(word in said for word in words)

"""The training grammar: whole requests with the programs they mean.

``Grammar(seed).sample()`` draws the text of a request as people might type it (polite, terse, chatty, with pronouns,
second thoughts, lists, reorderings, constraints and typos) together with its ``Program``. Scene-free: nothing here
knows a table. The families and their shares follow EVIDENCE 7: breadth matters more than size, reordering is the
weakest family and gets a larger share, and lengths are drawn uniformly over 1-8 steps in 42 % of what is built. More
than half of what is drawn are sayings: sentences that were written whole (``hybrid.language.sayings``).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from hybrid.language import grammar_links as links
from hybrid.language import grammar_sentences as say
from hybrid.language.grammar_asides import asides
from hybrid.language.grammar_clauses import Clause, Clauses
from hybrid.language.grammar_noise import dress, keep_words, typos
from hybrid.language.grammar_nouns import Nouns
from hybrid.language.grammar_refusals import refusal
from hybrid.language.grammar_sayings import Sayings
from hybrid.language.grammar_singles import CONTAINERS, LANDMARKS, MOVERS, SUPPORTS, ZONES, Phrase
from hybrid.language.grammar_talk import Talk
from hybrid.language.grammar_told import Told
from hybrid.language.grammar_verbs import TOWER_HEADS
from hybrid.language.grammar_voices import hesitant, sloppy
from hybrid.language.schema import MAX_STEPS, Again, AnyStep, At, Clear, Further, Instead, Pair, Program, Selector, Undo

LONGEST: Final = 8
"""Most clauses drawn for one request."""
SLIPS: Final = 0.13
"""Share of the samples with slips of the keyboard; people make one in ten words (EVIDENCE 7)."""
SAID: Final = 0.6
"""Share of the samples that are sayings: whole sentences that were written, not built."""
_LISTED: Final = ("on", "in", "zone", "at", "at", "on", "in", "left_of", "right_of", "next_to", "behind", "in_front_of")


Mood = Callable[[Clause, random.Random], str]
"""One way of saying a clause."""


@dataclass(frozen=True)
class Sample:
    """One training pair; ``family`` names the template family for the report."""

    text: str
    program: Program
    family: str


@dataclass(frozen=True)
class _Draft:
    """Steps in order of execution with the words said so far."""

    steps: tuple[AnyStep, ...]
    text: str
    family: str


class Grammar:
    """Draws samples; the same seed and words give the same sequence.

    Args:
        seed: of all that is drawn.
        words: further unknown nouns.
        longest: most clauses of a request.
        slips: share of the samples with slips of the keyboard.
        said: share of the samples that are sayings.
    """

    def __init__(
        self, seed: int, words: tuple[str, ...] = (), longest: int = LONGEST, slips: float = SLIPS, said: float = SAID
    ) -> None:
        self._slips = slips
        self._said = said
        self._longest = longest
        self._rng = random.Random(seed)
        self._nouns = Nouns(self._rng, words)
        self._clauses = Clauses(self._rng, self._nouns)
        self._talk = Talk(self._rng, self._nouns)
        self._told = Told(self._rng, self._nouns)
        self._sayings = Sayings(self._rng, self._nouns, self._clauses)

    def sample(self) -> Sample:
        """Draw one request and its program."""
        if self._rng.random() < self._said:
            return self._saying()
        while True:
            draw = self._rng.random()
            if draw < 0.07:
                program, text = refusal(self._rng, self._nouns)
                return Sample(self._finish(text, polite=True), program, "refusal")
            if draw < 0.14:
                question, text = self._talk.question()
                return Sample(self._finish(text, polite=self._rng.random() < 0.4), Program(ask=question), "question")
            if draw < 0.22:
                return self._spoken()
            draft = self._draft()
            if len(draft.steps) <= MAX_STEPS:
                return self._with_keep(draft)

    def _saying(self) -> Sample:
        """A saying as it was written: small talk, fillers and short forms are its own already and seldom added."""
        told = self._sayings.draw(self._longest)
        text, draw = told.text, self._rng.random()
        if draw < 0.12:
            text = dress(text, self._rng) if draw < 0.09 else asides(text, self._rng)
        elif draw < 0.17:
            text = hesitant(text, self._rng) if draw < 0.15 else sloppy(text, self._rng)
        text = self._slipped(text.rstrip(".") if self._rng.random() < 0.3 else text)
        return Sample(text, told.program, "joined sayings" if told.joined else "saying")

    def _slipped(self, text: str) -> str:
        return typos(text, self._rng) if self._rng.random() < self._slips else text

    def _spoken(self) -> Sample:
        """A request that speaks of the one before it, now and then with another after it."""
        step, text = self._talk.step()
        steps = (step,)
        if self._rng.random() < 0.12 and not isinstance(step, (Again, Instead)):
            clause = self._clauses.draw()
            steps = (step, clause.step)
            text += self._rng.choice((" and ", " and then ", ". ", ", then ", ", ")) + say.order(clause, self._rng)
        return Sample(self._finish(text, polite=True), Program(steps=steps), "spoken of")

    def _with_keep(self, draft: _Draft) -> Sample:
        text, keep = draft.text, ()
        if self._rng.random() < 0.10:
            kept = [self._nouns.phrase(MOVERS + CONTAINERS) for _ in range(self._rng.choice((1, 1, 1, 2)))]
            if all(isinstance(phrase.term, Selector) for phrase in kept):
                text = keep_words(text, [phrase.text for phrase in kept], self._rng)
                keep = tuple(phrase.term for phrase in kept if isinstance(phrase.term, Selector))
        return Sample(self._finish(text, polite=True), Program(steps=draft.steps, keep=keep), draft.family)

    def _finish(self, text: str, *, polite: bool) -> str:
        draw = self._rng.random()
        if polite and draw < 0.45:
            text = dress(text, self._rng) if draw < 0.33 else asides(text, self._rng)
        draw = self._rng.random()
        text = hesitant(text, self._rng) if draw < 0.08 else sloppy(text, self._rng) if draw < 0.11 else text
        text = text.replace(",,", ",").strip().rstrip(",;:") + self._rng.choice(("", "", "", ".", ".", "!", "?"))
        return self._slipped(text)

    def _draft(self) -> _Draft:
        draw = self._rng.random()
        if draw < 0.56:
            return self._joined(self._rng.randint(1, self._longest)) if draw < 0.42 else self._single()
        if draw < 0.66:
            return self._joined(self._rng.choice((2, 2, 3)))
        if draw < 0.69:
            return _Draft(*self._told.shared(), "shared")
        if draw < 0.77:
            return self._list()
        if draw < 0.86:
            return self._reordered()
        if draw < 0.93:
            return self._followed() if draw < 0.915 else self._contrasted()
        return self._second_thought() if draw < 0.97 else self._retracted()

    def _single(self) -> _Draft:
        clause = self._clauses.draw()
        draw = self._rng.random()
        mood = say.order if draw < 0.6 else say.state if draw < 0.86 else say.telegram
        return _Draft((clause.step,), mood(clause, self._rng), "single")

    def _joined(self, count: int) -> _Draft:
        """Clauses one after another, each in its own mood, some about what the last one moved."""
        if count > 2 and self._rng.random() < 0.3:
            return self._list(count)
        if self._rng.random() < 0.15:
            return self._numbered(count)
        uniform = self._rng.random() < 0.6
        mood = self._mood()
        steps: list[AnyStep] = []
        text = self._rng.choice(links.STARTS) if count > 1 and self._rng.random() < 0.2 else ""
        fixed = self._rng.choice(links.THEN) if self._rng.random() < 0.4 else None
        for index in range(count):
            clause = self._linked(steps) if steps and self._rng.random() < 0.15 else self._clauses.draw()
            steps.append(clause.step)
            text += "" if not index else fixed or self._rng.choice(links.THEN)
            text += (mood if uniform else self._mood())(clause, self._rng)
        return _Draft(tuple(steps), text, "joined")

    def _mood(self) -> Mood:
        draw = self._rng.random()
        if draw < 0.85:
            return say.order if draw < 0.65 else say.state
        return partial(say.telegram, form=self._rng.choice(say.TELEGRAMS)) if draw < 0.95 else say.telegram

    def _numbered(self, count: int) -> _Draft:
        style = self._rng.choice(("{n}. ", "{n}) ", "({n}) ", "step {n}: ", "- ", "* "))
        gap = self._rng.choice((" ", ". ", "\n", ", ", "; "))
        clauses = [self._clauses.draw() for _ in range(count)]
        mood = self._mood()
        text = gap.join(style.format(n=n + 1) + mood(clause, self._rng) for n, clause in enumerate(clauses))
        return _Draft(tuple(clause.step for clause in clauses), text, "numbered")

    def _list(self, count: int | None = None) -> _Draft:
        """The verb once, then bare pairs: *put red on blue, green on red and the ball in the bowl*."""
        count = self._rng.choice((2, 2, 3, 3, 4)) if count is None else count
        acts = (
            [self._rng.choice(_LISTED)] * count
            if self._rng.random() < 0.4
            else [self._rng.choice(_LISTED) for _ in range(count)]
        )
        pushed = self._rng.random() < 0.06 and not {"on", "in"} & set(acts)
        clauses = [self._clauses.repeat(act, push=pushed) for act in acts]
        if self._rng.random() < 0.22:
            return self._tower_list(count)
        first, push = clauses[0], all(clause.step.push for clause in clauses)
        if first.step.push and not push:
            first = replace(first, verb=("move", "moving", "moved"))
        steps = tuple(clause.step.model_copy(update={"push": push}) for clause in clauses)
        head = (
            say.order(first, self._rng) if self._rng.random() < 0.7 else f"{first.verb[0]} {first.subject} {first.rest}"
        )
        if not push and self._rng.random() < 0.35:
            head = f"{first.subject} {first.rest}"
        if self._rng.random() < 0.05 and not push:
            said = self._rng.choice((" and ", " and ", ", ")).join(clause.subject for clause in clauses)
            head = self._rng.choice(links.ANNOUNCED).format(x=said) + f"{first.subject} {first.rest}"
        texts = [head, *(f"{clause.subject} {clause.rest}" for clause in clauses[1:])]
        gap = self._rng.choice((", ", ", ", ", ", "; ", ". ", " and ", ", then ", ", and "))
        last = self._rng.choice((" and ", ", and ", gap, ", then ", " and then ", ", and finally "))
        return _Draft(steps, gap.join(texts[:-1]) + last + texts[-1] if len(texts) > 1 else head, "list")

    def _tower_list(self, count: int) -> _Draft:
        """A tower told pair by pair, from the base or from the top: *stack red on blue and blue on green*."""
        phrases = [self._nouns.phrase(SUPPORTS[:7]) for _ in range(count + 1)]
        pairs = list(zip(phrases[1:], phrases[:-1], strict=True))
        pairs = pairs if self._rng.random() < 0.5 else pairs[::-1]
        steps = tuple(Pair(relation="on", a=a.terms, b=b.term) for a, b in pairs)
        word = self._rng.choice(("on", "on", "on top of", "onto"))
        texts = [f"{a.text} {word} {b.text}" for a, b in pairs]
        head = self._rng.choice(("stack ", "stack ", "stack ", "put ", "place ", "", "i want ", *TOWER_HEADS))
        verb = "" if head in TOWER_HEADS or self._rng.random() < 0.7 else head
        gap = self._rng.choice((", ", " and ", " and then ", ", then ", ". "))
        return _Draft(steps, head + (gap + verb).join(texts), "tower list")

    def _reordered(self) -> _Draft:
        """Two clauses said in another order than they are to be done: *before you ..., ...*, *... only after ...*."""
        one, two = self._clauses.draw(parted=True, push=False), self._clauses.draw(parted=True)
        first, second = say.order(one, self._rng), say.order(two, self._rng)
        forms = (
            f"before you {second}, {first}", f"{first} before you {second}", f"before {say.gerund(two)}, {first}",
            f"{first} before {say.gerund(two)}", f"after you have {say.participle(one)}, {second}",
            f"{second} after you've {say.participle(one)}", f"after {say.gerund(one)}, {second}",
            f"{second} after {say.gerund(one)}", f"{second}, but first {first}", f"{second} but before that {first}",
            f"once {say.result(one)}, {second}", f"{second} once {say.result(one)}",
            f"when {say.result(one)}, {second}", f"{second}, but only after {say.gerund(one)}",
            f"{second} only when {say.result(one)}", f"as soon as {say.result(one)} {second}",
            f"don't {second} until {say.result(one)}", f"having {say.participle(one)}, {second}",
            f"{second}. before that, {first}", f"first {first}, only then {second}", f"last {second}, first {first}",
            f"{second} as the last thing, start with: {first}", f"{first}. only after that {second}",
            f"i want you to {second}, but you have to {first} first", f"{first} first and {second} afterwards",
            f"{second} later, now {first}", f"last of all {second}; start by {say.gerund(one)}",
            f"at the end {second}, begin by {say.gerund(one)}", f"{second}, but only once {say.result(one)}",
            f"{second} at the very end. first {first}", f"start by {say.gerund(one)}, end by {say.gerund(two)}",
            f"finish by {say.gerund(two)}, begin by {say.gerund(one)}",
            f"the last thing: {second}. the first thing: {first}",
            f"{second} in the end; to start, {first}", f"not until {say.result(one)} should you {second}",
            f"{second} - but {first} beforehand",
            f"prior to {say.gerund(two)}, {first}", f"second {second}, first {first}",
            f"wait until {say.result(one)}, then {second}",
            f"{first}, {second}, in that order", f"{first}; only afterwards {second}",
            f"i need you to {second}. but first {first}", f"{second}, having first {say.participle(one)}",
        )  # fmt: skip
        text, steps = self._rng.choice(forms), (one.step, two.step)
        if self._rng.random() < 0.25:
            more = self._clauses.draw()
            text += self._rng.choice((", then ", " and finally ", ". then ", " and then ")) + say.order(more, self._rng)
            steps = (*steps, more.step)
        return _Draft(steps, text, "reordered")

    def _followed(self) -> _Draft:
        """Two or three clauses where the later ones speak of what came before."""
        first = self._clauses.draw()
        steps: list[AnyStep] = [first.step]
        text = (say.order if self._rng.random() < 0.7 else say.state)(first, self._rng)
        for _ in range(self._rng.choice((1, 1, 2))):
            clause = self._linked(steps)
            steps.append(clause.step)
            text += self._rng.choice(links.THEN[:24]) + (say.order if self._rng.random() < 0.7 else say.telegram)(
                clause, self._rng
            )
        return _Draft(tuple(steps), text, "followed")

    def _linked(self, steps: list[AnyStep]) -> Clause:
        """A clause whose subject, landmark or destination was said before."""
        last = steps[-1]
        if isinstance(last, Undo | Further):
            return self._clauses.draw()
        leader = last.a[0]
        many = len(last.a) > 1 or (isinstance(leader, Selector) and leader.quantifier == "all")
        draw = self._rng.random()
        if draw < 0.35:
            return self._clauses.draw(self._nouns.it(many=many), parted=True)
        a = self._nouns.phrase(MOVERS)
        if draw < 0.5 and isinstance(last, Pair) and last.relation == "in":
            word = self._rng.choice(
                ("there", "there too", "in there", "there as well", "in it too", "in the same place")
            )
            return Clause(last.model_copy(update={"a": a.terms}), a.text, a.many, rest=word)
        if draw < 0.55 and isinstance(last, At):
            return Clause(
                last.model_copy(update={"a": a.terms}),
                a.text,
                a.many,
                rest=self._rng.choice(("there", "there too", "there as well")),
            )
        if isinstance(last, Clear) and isinstance(leader, Selector):
            step = Pair(relation="in" if leader.kind in CONTAINERS + ZONES else "on", a=a.terms, b=leader)
            return Clause(
                step, a.text, a.many, rest=self._rng.choice(("there", "there", "on it", "in it", "there instead"))
            )
        if many or not isinstance(last, (Pair, At, Clear)):
            return self._clauses.draw()
        return self._beside_it(a)

    def _beside_it(self, a: Phrase) -> Clause:
        words = {
            "on": "on",
            "left_of": "left of",
            "right_of": "right of",
            "behind": "behind",
            "in_front_of": "in front of",
            "next_to": "next to",
        }
        relation, it = self._rng.choice(("on", "on", "on", *words)), self._nouns.it()
        word = self._rng.choice(("on", "on top of", "onto")) if relation == "on" else words[relation]
        if relation in ("left_of", "right_of"):
            word = self._rng.choice(("", "to the ")) + word
        step = Pair.model_validate({"relation": relation, "a": a.terms, "b": it.term})
        return Clause(step, a.text, a.many, rest=f"{word} {it.text}", target=it.text)

    def _second_thought(self) -> _Draft:
        """A phrase corrected in passing: *put the red, no wait, the blue cube in the bowl*."""
        clause = self._clauses.draw(parted=True)
        if self._rng.random() < 0.5 or not clause.target:
            wrong = self._nouns.phrase(MOVERS).text
            if self._rng.random() < 0.35:
                rest = clause.rest + self._rng.choice(links.RETRACTIONS + links.FIXES) + clause.subject
                return _Draft((clause.step,), f"{clause.verb[0]} {wrong} {rest}", "second thought")
            wrong = self._rng.choice((wrong, wrong, "the " + self._nouns.name()))
            subject = wrong + self._rng.choice(links.FIXES) + clause.subject + self._rng.choice(("", "", ","))
            return _Draft((clause.step,), f"{clause.verb[0]} {subject} {clause.rest}", "second thought")
        kinds = CONTAINERS + ZONES if isinstance(clause.step, Pair) and clause.step.relation == "in" else LANDMARKS
        wrong = self._nouns.place()[1] if isinstance(clause.step, At) else self._nouns.phrase(kinds).text
        rest = clause.rest[: -len(clause.target)] + wrong
        fix = self._rng.choice(links.FIXES)
        right = (
            clause.rest if self._rng.random() < 0.3 else ("the " if isinstance(clause.step, At) else "") + clause.target
        )
        if self._rng.random() < 0.15:
            fix, right = (
                self._rng.choice((" ", "... ", ", ")),
                right + self._rng.choice((" i mean", " i meant", ", i mean")),
            )
        return _Draft((clause.step,), f"{clause.verb[0]} {clause.subject} {rest}{fix}{right}", "second thought")

    def _contrasted(self) -> _Draft:
        """Where something goes and where not: *the ball in the bowl, not on the tray*."""
        clause = self._clauses.draw(parted=True, push=False)
        act = clause.step.relation if isinstance(clause.step, Pair) else "at" if isinstance(clause.step, At) else "in"
        other = self._clauses.repeat(act, push=False)
        return _Draft((clause.step,), say.contrast(clause, other, self._rng), "contrasted")

    def _retracted(self) -> _Draft:
        """A whole clause taken back: *put green on red. actually, put it on yellow*."""
        subject = self._nouns.phrase(MOVERS)
        wrong = self._clauses.draw(subject, parted=True)
        if self._rng.random() < 0.5:
            right = self._clauses.draw(subject, parted=True)
            said = Clause(right.step, self._rng.choice(("it", "it", subject.text)), right.many, right.verb, right.rest)
        else:
            said = right = self._clauses.draw()
        text = say.order(wrong, self._rng) + self._rng.choice(links.RETRACTIONS) + say.order(said, self._rng)
        text += self._rng.choice(("", "", "", "", " instead", " i mean"))
        return _Draft((right.step,), text, "second thought")

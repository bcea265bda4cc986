"""Moods of the training grammar: one clause said as an order, a wish, a state or a telegram.

Knows clauses as parts; joins nothing.
"""

from __future__ import annotations

import random
from typing import Final

from hybrid.language import grammar_frames as frames
from hybrid.language import grammar_voices as voices
from hybrid.language.grammar_clauses import Clause

_ORDERS: Final = (
    *("{put} {a} {rest}",) * 12,
    "take {a} and {put} {it} {rest}", "grab {a} and {put} {it} {rest}", "pick up {a} and {put} {it} {rest}",
    "take {a}, {put} {it} {rest}", "get {a} and {put} {it} {rest}", "fetch {a} and {put} {it} {rest}",
    "pick {a} up and {put} {it} {rest}", "take {a} and then {put} {it} {rest}", "find {a} and {put} {it} {rest}",
    "grab {a}, {put} {it} {rest}", "pick up {a}, {put} {it} {rest}", "lift {a} and {put} {it} {rest}",
    "{rest} {put} {a}", "{rest}, {put} {a}", "get {a} {rest}", "have {a} {rest}", "make sure {a} {is} {rest}",
    "make sure that {a} {is} {rest}", "make it so that {a} {is} {rest}", "see to it that {a} {is} {rest}",
    "arrange for {a} to be {rest}", "ensure that {a} {is} {rest}", "{put} {a} so that {it} {is} {rest}",
    "{put} {a} over {rest}", "{put} {a} right {rest}", "go and {put} {a} {rest}", "just {put} {a} {rest}",
    "help me {put} {a} {rest}", "let {a} be {rest}", "try to {put} {a} {rest}", "take {a} and set {it} down {rest}",
    "carefully {put} {a} {rest}", "{put} {a} {rest} carefully", "{put} {a} gently {rest}",
    "{rest} is where {a} should go", "{rest} is where you should {put} {a}", "{put} {a} until {it} {is} {rest}",
    "{put} {a} {rest} and leave {it} there", "without any hurry {put} {a} {rest}", "remember to {put} {a} {rest}",
    "use the arm to {put} {a} {rest}", *voices.ORDERS, *frames.ORDERS,
)  # fmt: skip
_STATES: Final = (
    *("{a} {rest}",) * 3,
    "{a} {goes} {rest}", "{a} {goes} {rest}", "{a} {goes} {rest}", "{a} should be {rest}", "{a} should be {rest}",
    "{a} should go {rest}", "{a} must be {rest}", "{a} must go {rest}", "{a} {has} to be {rest}",
    "{a} {belongs} {rest}", "{a} ought to be {rest}", "{a} needs to be {rest}", "{a} needs to go {rest}",
    "{a} should be {putted} {rest}", "{a} should sit {rest}", "{a} has to go {rest}", "{a} shall be {rest}",
    "{rest} goes {a}", "{rest}, {a}", "{a} is supposed to be {rest}", "{a} should end up {rest}",
    "{a} must end up {rest}", "{a} next, {rest}", "i want {a} {rest}", "i want {a} {rest}", "i want {a} to be {rest}",
    "i'd like {a} {rest}", "i'd like {a} to be {rest}", "i need {a} {rest}", "i need {a} to be {rest}",
    "i want you to {put} {a} {rest}", "i'd like you to {put} {a} {rest}", "i need you to {put} {a} {rest}",
    "i would like {a} to sit {rest}", "{rest} i want {a}", "{rest} i need {a}", "{rest} i'd like {a}",
    "what i want is {a} {rest}", "i want to see {a} {rest}", "i'd love to see {a} {rest}",
    "there should be {a} {rest}", "i would prefer {a} {rest}", "we need {a} {rest}",
    "what about {putting} {a} {rest}", "how about {putting} {a} {rest}", "let's {put} {a} {rest}",
    "let us {put} {a} {rest}", "you should {put} {a} {rest}", "you need to {put} {a} {rest}",
    "you have to {put} {a} {rest}", "your job is to {put} {a} {rest}", "the goal is to have {a} {rest}",
    "the task: {put} {a} {rest}", "it would be great if {a} were {rest}", "it would be nice to have {a} {rest}",
    "there's {a} here, {put} {it} {rest}", "see {a}? {put} {it} {rest}", "you see {a}? i want {it} {rest}",
    "i am looking for {a} to be {rest}", "{a} here, i want {it} {rest}", "as for {a}, {put} {it} {rest}",
    "{a}: {put} {it} {rest}", "{a} {lives} {rest}", "{rest} is where {a} should stand", "{rest} is the place for {a}",
    "where {a} {belongs} is {rest}", "{a} has its place {rest}", "{a} should be standing {rest}", "{a} to be {rest}",
    "i'd be happy to see {a} {rest}", "{a} has got to be {rest}", "{a} ends up {rest}", "make {a} sit {rest}",
    "there is {a} somewhere, i'd like {it} {rest}", "i really want {a} to end up {rest}",
    "{a} would look good {rest}", "{a} would be better {rest}", "{a} wants to be {rest}", "my wish: {a} {rest}",
    "what i really want is for {a} to end up {rest}", "i think {a} should be {rest}",
    "i was hoping to have {a} {rest}", "goal: {a} {rest}",
    "i'd love it if {a} ended up {rest}", "i'd love {a} to be {rest}", "it'd be lovely if {a} were {rest}",
    "would be nice if {a} was {rest}", "i would love it if {a} went {rest}",
    "it would make me happy if {a} were {rest}",
    "what would make me happy is {a} {rest}", "what would make me really happy is {a} being {rest}",
    "nothing would please me more than {a} {rest}", "can we get {a} {rest}", "could we have {a} {rest}",
    "any chance of getting {a} {rest}", "mind {putting} {a} {rest}", "would you mind {putting} {a} {rest}",
    "how about {a} {rest}", "i'm thinking {a} {rest}", "my plan is to have {a} {rest}", "why not {put} {a} {rest}",
    "why don't you {put} {a} {rest}", "{a} really should be {rest}", "{a} still has to go {rest}",
    "i'd be grateful if you could {put} {a} {rest}", "it's time to {put} {a} {rest}", "{a}? {rest}",
    "{a} isn't {rest} yet, please fix that", "all i want is {a} {rest}", "all i ask is that {a} {is} {rest}",
    "let me see {a} {rest}", "let me have {a} {rest}", "see if you can {put} {a} {rest}", "{a} deserves to be {rest}",
    "i wonder if you could {put} {a} {rest}", "would it be ok to {put} {a} {rest}", "just get {a} {rest}",
    "never mind the others, just {put} {a} {rest}", "i don't care about the rest, just {put} {a} {rest}",
    "forget the rest, {put} {a} {rest}", "{a} had better be {rest}", "i prefer {a} {rest}",
    "{a} being {rest} is what i want",
    "help me out by {putting} {a} {rest}", "please help me by {putting} {a} {rest}", "{rest} is where i want {a}",
    "what {a} {needs} is a place {rest}", "i'd rather have {a} {rest}", "{a}, {rest} with {it}", "{rest} with {a}",
    *voices.STATES, *frames.STATES,
)  # fmt: skip
_PUSHED_ORDERS: Final = (
    *(words for words in _ORDERS if "{put}" in words),
    "push {a} until {it} {is} {rest}",
    "slide {a} along the table until {it} {is} {rest}",
    "give {a} a push so that {it} {is} {rest}",
    "use pushing to get {a} {rest}",
    "without picking {it} up, {put} {a} {rest}",
    "without lifting {it}, {put} {a} {rest}",
    "without picking it up, {put} {a} {rest}",
    "without lifting it, {put} {a} {rest}",
    "{put} {a} {rest} without picking {it} up",
    "{put} {a} {rest}, but don't pick {it} up",
    "{put} {a} {rest}, don't pick {it} up",
    "by pushing, get {a} {rest}",
    *("don't lift {a}, just {put} {it} {rest}", "don't lift it, just {put} {a} {rest}", "no lifting, {put} {a} {rest}")
    * 2,
)
_PUSHED_STATES: Final = tuple(words for words in _STATES if "{put" in words)
"""A push is said by its verb, so that only sentences with the verb can ask for one."""
TELEGRAMS: Final = (
    "{a} -> {t}",
    "{a}: {t}",
    "{a} to {t}",
    "{a} => {t}",
    "{a}, {t}",
    "{a} {t}",
    "{a} - {t}",
    "{a} → {t}",
    "{a} into {t}",
)
_HOLDERS: Final = (
    "{t} should hold {a}", "{t} gets {a}", "fill {t} with {a}", "{t} should contain {a}", "i want {t} to hold {a}",
    "let {t} hold {a}", "use {t} for {a}", "{t} is for {a}", "{t} receives {a}", "have {t} contain {a}",
)  # fmt: skip
"""Sentences that begin with where things go: containers and zones only."""
_ELSEWHERE: Final = "<elsewhere>"
"""Stands for where something does not go until that is said."""
_IS_PLURAL: Final = {"lives": "live", "needs": "need", "is": "are", "goes": "go", "has": "have", "belongs": "belong"}


def order(clause: Clause, rng: random.Random) -> str:
    """Say the clause as an order, fit to follow *please* or *could you*; whole clauses as they are."""
    if not clause.rest:
        return clause.subject
    orders = _PUSHED_ORDERS if clause.step.push else _ORDERS
    return _fill(rng.choice(orders) if rng.random() < 0.45 else "{put} {a} {rest}", clause)


def state(clause: Clause, rng: random.Random) -> str:
    """Say the clause as a wish, a duty or a wanted state."""
    states = _PUSHED_STATES if clause.step.push else _STATES
    inside = clause.step.act == "pair" and clause.step.relation == "in" and not clause.step.push
    if inside and clause.target and clause.rest.endswith(clause.target) and rng.random() < 0.14:
        return rng.choice(_HOLDERS).format(a=clause.subject, t=clause.target)
    return clause.subject if not clause.rest else _fill(rng.choice(states), clause)


def contrast(clause: Clause, other: Clause, rng: random.Random) -> str:
    """Say the clause with where its subject does not go, the ``rest`` of ``other``."""
    return _fill(rng.choice(frames.CONTRASTS), clause).replace(_ELSEWHERE, other.rest)


def telegram(clause: Clause, rng: random.Random, form: str | None = None) -> str:
    """Say the clause without a verb: *red -> bowl*; only a container, zone or place can lose its preposition.

    ``form`` is one of ``TELEGRAMS`` to say it in.
    """
    if not clause.rest:
        return clause.subject
    if clause.step.push:
        return _fill("{put} {a} {rest}", clause)
    act = clause.step.act
    inside = clause.step.act == "pair" and clause.step.relation == "in"
    if clause.target and (inside or act == "at") and rng.random() < 0.6:
        target = clause.target.removeprefix("the ") if rng.random() < 0.6 else clause.target
        return (form or rng.choice(TELEGRAMS)).format(a=clause.subject, t=target)
    return f"{clause.subject} {clause.rest}"


def gerund(clause: Clause) -> str:
    """Say the clause for *before ...* and *after ...*: *putting the red block on the tray*."""
    return f"{clause.verb[1]} {clause.subject} {clause.rest}"


def participle(clause: Clause) -> str:
    """Say the clause after *you have*: *put the red block on the tray*."""
    return f"{clause.verb[2]} {clause.subject} {clause.rest}"


def result(clause: Clause) -> str:
    """Say the clause as a state reached: *the red block is on the tray*."""
    return f"{clause.subject} {'are' if clause.many else 'is'} {clause.rest}"


def _fill(template: str, clause: Clause) -> str:
    forms = {name: plural if clause.many else name for name, plural in _IS_PLURAL.items()}
    it = "them" if clause.many else "it"
    if "so that {it}" in template:
        it = "they" if clause.many else "it"
    put, putting, putted = clause.verb
    return template.format(
        w=_ELSEWHERE, a=clause.subject, rest=clause.rest, it=it, put=put, putting=putting, putted=putted, **forms
    )

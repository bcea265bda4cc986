"""Covers the wire form: its language, its agreement with the schema, and the conversion both ways without loss."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid.errors import LanguageError
from hybrid.language.reading import from_tokens
from hybrid.language.schema import Program
from hybrid.language.wire import END, WIRE_TOKENS, Stack, to_tokens


def walk(seed: int, longest: int = 60) -> tuple[str, ...]:
    """A random program: free choices at first, then whatever comes to an end soonest."""
    rng, stack, tokens = random.Random(seed), Stack(), list[str]()
    while allowed := sorted(stack.allowed()):
        closing = [token for token in (END, "cube", "the", "@left", "to_left", "bit", "hold") if token in allowed]
        token = rng.choice(allowed) if len(tokens) < longest or not closing else closing[0]
        stack, tokens = stack.after(token), [*tokens, token]
    return tuple(tokens)


@given(st.integers(0, 10**9))
@settings(max_examples=300, deadline=None)
def test_every_sentence_of_the_language_within_the_bounds_converts_without_loss(seed):
    tokens = walk(seed)
    over = any(tokens.count(token) > most for token, most in ((";", 11), ("keep", 4)))
    if over or tokens.count("+") > 5 or tokens.count("except") > 6:
        return
    program = from_tokens(tokens)
    assert to_tokens(program) == tokens
    assert Program.model_validate_json(program.model_dump_json()) == program


def test_a_walk_can_reach_every_token():
    reached = {token for seed in range(4000) for token in walk(seed, 20)}
    assert reached == set(WIRE_TOKENS)


def test_a_token_out_of_place_is_refused_by_name():
    with pytest.raises(LanguageError, match="'blue' cannot stand here"):
        from_tokens(("on", "blue"))


def test_a_program_that_stops_early_is_refused():
    with pytest.raises(LanguageError, match="ends too early"):
        from_tokens(("hold", "the", "red", "cube"))


def test_thirteen_steps_break_the_schema():
    step = ("hold", "the", "cube")
    tokens = step + (";", *step) * 12 + (END,)
    with pytest.raises(LanguageError, match="breaks the schema"):
        from_tokens(tokens)


def test_the_stack_allows_exactly_what_it_accepts():
    for seed in range(40):
        stack = Stack()
        for token in walk(seed, 12):
            for other in WIRE_TOKENS:
                accepted = True
                try:
                    stack.after(other)
                except LanguageError:
                    accepted = False
                assert accepted == (other in stack.allowed())
            stack = stack.after(token)

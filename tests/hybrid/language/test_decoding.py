"""Covers masked decoding: always in the language, greedy and beam agree with scores computed another way."""

from __future__ import annotations

import pytest
import torch

from hybrid.language.decoding import beams, greedy
from hybrid.language.network import START, TOKEN_ID, encode
from hybrid.language.wire import Stack
from tests.hybrid.language.small import small_network

TEXT = "put the red block on the blue one"


def teacher_forced(network, tokens):
    """Log-probability of a program from one pass without a cache, masked at every position."""
    ids, mask = encode(network.tokenizer, [TEXT])
    begin = torch.tensor([[TOKEN_ID[START], *(TOKEN_ID[token] for token in tokens[:-1])]])
    with torch.inference_mode():
        logits = network.model(input_ids=ids, attention_mask=mask, decoder_input_ids=begin).logits[0]
    stack, total = Stack(), 0.0
    for row, token in enumerate(tokens):
        allowed = [TOKEN_ID[other] for other in stack.allowed()]
        total += (logits[row, TOKEN_ID[token]] - torch.logsumexp(logits[row, allowed], 0)).item()
        stack = stack.after(token)
    return total


@pytest.mark.parametrize("seed", range(6))
def test_an_untrained_network_still_writes_the_language(seed):
    for decoded in beams(small_network(seed), TEXT, 4):
        stack = Stack()
        for token in decoded.tokens:
            assert token in stack.allowed()
            stack = stack.after(token)
        assert decoded.complete == (not stack.allowed())


@pytest.mark.parametrize("seed", range(3))
def test_probabilities_match_a_pass_without_cache(seed):
    network = small_network(seed)
    for decoded in beams(network, TEXT, 4):
        assert decoded.log_probability == pytest.approx(teacher_forced(network, decoded.tokens), abs=1e-2)


def test_a_beam_is_sorted_and_distinct_and_one_of_one_is_greedy():
    network = small_network(1)
    found = beams(network, TEXT, 5)
    assert [d.log_probability for d in found] == sorted((d.log_probability for d in found), reverse=True)
    assert len({d.tokens for d in found}) == len(found)
    assert [d.tokens for d in beams(network, TEXT, 1)] == [greedy(network, TEXT).tokens]


def test_decoding_is_deterministic():
    network = small_network(2)
    assert beams(network, TEXT, 3) == beams(network, TEXT, 3)


def test_barred_tokens_are_never_written():
    barred = frozenset({"on", "the", "red", "cube", "refuse_scope", "refuse_action", "refuse_unsafe"})
    for decoded in beams(small_network(3), TEXT, 4, barred):
        assert not barred & set(decoded.tokens)

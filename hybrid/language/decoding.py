"""Grammar-masked decoding: the network may only write programs of the wire language.

The masks come from the language's own stack through transformers' ``prefix_allowed_tokens_fn``; log-probabilities are those
of the masked distribution, so that they say how sure the network is among the programs it could have written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from hybrid.language.network import MAX_WIRE_TOKENS, OUTPUT, PAD, START, TOKEN_ID, Network, encode
from hybrid.language.wire import END, Stack


@dataclass(frozen=True)
class Decoded:
    """A decoded program.

    Attributes:
        tokens: wire tokens; without ``END`` when the network ran out of room.
        log_probability: of the whole sequence under the masked distribution, natural logarithm.
    """

    tokens: tuple[str, ...]
    log_probability: float

    @property
    def complete(self) -> bool:
        """Whether the program came to its end."""
        return bool(self.tokens) and self.tokens[-1] == END


def greedy(network: Network, text: str) -> Decoded:
    """Decode the most probable token each time; raises ``LanguageError`` for a text that is too long."""
    return beams(network, text, 1)[0]


def beams(network: Network, text: str, width: int) -> list[Decoded]:
    """Decode with a beam of ``width`` and return all of it, most probable first."""
    ids, mask = encode(network.tokenizer, [text])
    with torch.inference_mode():
        output = network.model.generate(
            inputs=ids,
            attention_mask=mask,
            num_beams=width,
            num_return_sequences=width,
            do_sample=False,
            length_penalty=0.0,
            max_length=MAX_WIRE_TOKENS,
            prefix_allowed_tokens_fn=_allowed,
            output_scores=True,
            return_dict_in_generate=True,
        )
    if width == 1:
        return [Decoded(_tokens(output.sequences[0]), _log_probability(output.sequences[0], output.scores))]
    pairs = zip(output.sequences, output.sequences_scores.tolist(), strict=True)
    return [Decoded(_tokens(sequence), score) for sequence, score in pairs]


def _log_probability(sequence: Tensor, scores: tuple[Tensor, ...]) -> float:
    chosen = sequence[1 : len(scores) + 1].tolist()
    return sum(torch.log_softmax(score[0], dim=-1)[token].item() for token, score in zip(chosen, scores, strict=True))


def _tokens(sequence: Tensor) -> tuple[str, ...]:
    return tuple(OUTPUT[index] for index in sequence.tolist() if OUTPUT[index] not in (PAD, START))


def _allowed(_row: int, prefix: Tensor) -> list[int]:
    return _after(tuple(prefix.tolist()[1:]))[1]


@lru_cache(maxsize=65536)
def _after(prefix: tuple[int, ...]) -> tuple[Stack, list[int]]:
    """The stack after output ids and the ids that may follow; padding follows the end."""
    stack = Stack()
    if prefix:
        stack, ended = _after(prefix[:-1])[0], OUTPUT[prefix[-1]] in (END, PAD)
        if ended:
            return stack, [TOKEN_ID[PAD]]
        stack = stack.after(OUTPUT[prefix[-1]])
    return stack, sorted(TOKEN_ID[token] for token in stack.allowed())

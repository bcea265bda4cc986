"""Grammar-masked decoding: the network may only write programs of the wire language.

A beam over the decoder with its key-value cache; a width of one is greedy. The masks come from the language's own
stack, and the log-probabilities are those of the masked distribution, so that they say how sure the network is among
the programs it could have written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import torch
from torch import Tensor, nn
from transformers import DynamicCache, EncoderDecoderCache

from hybrid.language.network import MAX_WIRE_TOKENS, START, Network, encode
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


@dataclass(frozen=True)
class _Path:
    """A beam's program so far, with its log-probability."""

    tokens: tuple[str, ...]
    score: float


def greedy(network: Network, text: str, barred: frozenset[str] = frozenset()) -> Decoded:
    """Decode the most probable token each time; arguments and errors as in ``beams``."""
    return beams(network, text, 1, barred)[0]


def beams(network: Network, text: str, width: int, barred: frozenset[str] = frozenset()) -> list[Decoded]:
    """Decode with a beam of ``width`` and return up to so many programs, most probable first.

    Args:
        network: what writes.
        text: what was said.
        width: number of programs kept at a time.
        barred: tokens that cannot be meant, for instance colours nobody named; the language must stay open without.

    Raises:
        LanguageError: the text is too long for the network.
    """
    with torch.inference_mode():
        step = _Decoder(network, text)
        live, ended = [_Path((), 0.0)], list[_Path]()
        tokens = torch.tensor([[network.token_id[START]]])
        for _ in range(MAX_WIRE_TOKENS - 1):
            grown = _grown(network, live, step.scores(tokens), width, barred)
            ended += [path for _, path in grown if path.tokens[-1] == END]
            going = [(row, path) for row, path in grown if path.tokens[-1] != END]
            ended = sorted(ended, key=lambda path: -path.score)[:width]
            if not going or (len(ended) == width and ended[-1].score >= going[0][1].score):
                break
            live = [path for _, path in going]
            step.keep([row for row, _ in going])
            tokens = torch.tensor([[network.token_id[path.tokens[-1]]] for path in live])
    return [Decoded(path.tokens, path.score) for path in ended or live]


def _grown(
    network: Network, live: list[_Path], scores: Tensor, width: int, barred: frozenset[str]
) -> list[tuple[int, _Path]]:
    """The best ``width`` continuations of all paths, each with the row it came from; ``scores`` is ``[B, outputs]``."""
    candidates: list[tuple[int, _Path]] = []
    for row, path in enumerate(live):
        allowed = [token for token in _after(path.tokens)[1] if token not in barred and token in network.token_id]
        if not allowed:
            continue
        logs = torch.log_softmax(scores[row, [network.token_id[token] for token in allowed]], dim=-1)
        best = logs.topk(min(width, len(allowed)))
        for score, index in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            candidates.append((row, _Path((*path.tokens, allowed[index]), path.score + score)))
    return sorted(candidates, key=lambda pair: -pair[1].score)[:width]


class _Decoder:
    """The network on one text: encoded once, then one output position at a time."""

    def __init__(self, network: Network, text: str) -> None:
        ids, self._mask = encode(network.tokenizer, [text])
        model = network.model
        encoded = cast(nn.Module, model.encoder)(input_ids=ids, attention_mask=self._mask)
        self._hidden: Tensor = model.enc_to_dec_proj(encoded.last_hidden_state)
        self._decoder = cast(nn.Module, model.decoder)
        self._cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        self._count = 1

    def scores(self, tokens: Tensor) -> Tensor:
        """Return scores ``[B, outputs]`` of what follows the last tokens ``[B, 1]``."""
        count = self._count = len(tokens)
        output = self._decoder(
            input_ids=tokens,
            encoder_hidden_states=self._hidden.expand(count, -1, -1),
            encoder_attention_mask=self._mask.expand(count, -1),
            past_key_values=self._cache,
            use_cache=True,
        )
        return output.logits[:, -1]

    def keep(self, rows: list[int]) -> None:
        """Continue with these rows of the cache, in this order."""
        if rows != list(range(self._count)):
            self._cache.reorder_cache(torch.LongTensor(rows))


@lru_cache(maxsize=65536)
def _after(tokens: tuple[str, ...]) -> tuple[Stack, tuple[str, ...]]:
    """The stack after some tokens, and the tokens that may follow."""
    stack = Stack() if not tokens else _after(tokens[:-1])[0].after(tokens[-1])
    return stack, tuple(sorted(stack.allowed()))

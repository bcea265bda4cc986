"""The network of plans: the decomposer's encoder over a request and the things of a table, and a decoder of plans.

Every thing is one more position of the encoder's input, the sum of what it is called, where it is and what it rests on
(LayoutLM, Xu et al. 2020, sums words and places alike). The decoder writes plan tokens; it may point at a thing
(pointer networks, Vinyals et al. 2015) and copy where one is. Letters: ``B`` batch, ``L`` text tokens, ``N`` things,
``O`` plan tokens, ``V`` the output vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import EncoderDecoderCache

from hybrid.errors import LanguageError
from hybrid.language.network import Architecture, build
from hybrid.language.plan_wire import BIN, MOST_THINGS, PLAN_TOKENS, THINGS, TOKEN_ID, XS, YS
from simulator.base import Thing
from simulator.predicates import rests_on

TEXT_ROOM: Final = 256 - MOST_THINGS
"""Most text tokens; the positions after them are those of things."""
WAVES: Final = (1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125)
"""Wave lengths of the features of a coordinate, metres (Fourier features, Tancik et al. 2020)."""
NUMBERS: Final = 6 * len(WAVES) + 3
"""Features of where a thing is and how large."""
POINTING: Final = 64
"""Width in which the decoder compares things with what it looks for."""
NARROW: Final = 0.03
"""Standard deviation with which places and numbers begin: that of words is 0.05, and what is called must stay seen."""
SPREAD: Final = 1.0
"""Width of a copied coordinate, bins."""


@dataclass(frozen=True)
class Told:
    """Requests and tables as tensors.

    Attributes:
        ids: text tokens, ``[B, L]``.
        mask: 1 where there is text, ``[B, L]``.
        called: tokens of colour and kind, ``[B, N, 2]``.
        numbers: features of place and size, ``[B, N, NUMBERS]``.
        below: number of the thing it rests on plus 1, 0 for the table, ``[B, N]``.
        above: number of the first thing that rests on it plus 1, 0 for none, ``[B, N]``.
        there: 1 where there is a thing, ``[B, N]``.
        places: x and y, metres, ``[B, N, 2]``.
    """

    ids: Tensor
    mask: Tensor
    called: Tensor
    numbers: Tensor
    below: Tensor
    above: Tensor
    there: Tensor
    places: Tensor


@dataclass(frozen=True)
class Read:
    """What the encoder made of a request and a table.

    Attributes:
        hidden: for the decoder, ``[B, N + L, D]``.
        mask: ``[B, N + L]``.
        keys: of the things, for pointing and for copying, each ``[B, N, POINTING]``.
        there: ``[B, N]``.
        kernel: how well each coordinate token fits each thing, ``[B, N, 2 * bins]``.
    """

    hidden: Tensor
    mask: Tensor
    keys: tuple[Tensor, Tensor]
    there: Tensor
    kernel: Tensor

    def repeated(self, times: int) -> Read:
        """Return every row ``times`` times in a row."""
        one, other = (key.repeat_interleave(times, 0) for key in self.keys)
        return Read(
            self.hidden.repeat_interleave(times, 0),
            self.mask.repeat_interleave(times, 0),
            (one, other),
            self.there.repeat_interleave(times, 0),
            self.kernel.repeat_interleave(times, 0),
        )


class PlanNetwork(nn.Module):
    """Requests and tables in, scores of plan tokens out; built untrained.

    Args:
        size: of the encoder and decoder; the encoder's are the decomposer's.
    """

    def __init__(self, size: Architecture) -> None:
        super().__init__()
        width = size.encoder_width
        self.core = build(size, len(PLAN_TOKENS))
        self.where = nn.Linear(NUMBERS, width)
        self.number = nn.Embedding(MOST_THINGS, width)
        self.below = nn.Embedding(MOST_THINGS + 1, width)
        self.above = nn.Embedding(MOST_THINGS + 1, width)
        for table in (self.where, self.number, self.below, self.above):
            nn.init.normal_(table.weight, std=NARROW / math.sqrt(20) if table is self.where else NARROW)
        nn.init.zeros_(self.where.bias)
        self.sought = nn.Linear(size.decoder_width, 2 * POINTING)
        self.offered = nn.Linear(width, 2 * POINTING)
        self.copying = nn.Parameter(torch.tensor(4.0))

    @property
    def encoder(self) -> nn.Module:
        """The part that the decomposer's encoder is taken over into."""
        return cast(nn.Module, self.core.encoder)

    def read(self, told: Told) -> Read:
        """Encode requests and tables."""
        words = cast(nn.Embedding, cast(nn.Module, self.encoder.embeddings).word_embeddings)
        things = words(told.called).sum(2) + self.where(told.numbers) + self.below(told.below) + self.above(told.above)
        count, length = told.there.shape[1], told.ids.shape[1]
        things = things + self.number.weight[:count]
        rows = len(told.ids)
        positions = torch.cat([TEXT_ROOM + torch.arange(count), torch.arange(length)]).expand(rows, -1)
        kinds = torch.cat([torch.ones(count, dtype=torch.long), torch.zeros(length, dtype=torch.long)])
        mask = torch.cat([told.there, told.mask], dim=1)
        encoded = self.encoder(
            inputs_embeds=torch.cat([things, words(told.ids)], dim=1),
            attention_mask=mask,
            position_ids=positions,
            token_type_ids=kinds.expand(rows, -1),
        ).last_hidden_state
        pointing, copying = self.offered(encoded[:, :count]).split(POINTING, dim=-1)
        return Read(self.core.enc_to_dec_proj(encoded), mask, (pointing, copying), told.there, _kernel(told.places))

    def scores(self, read: Read, tokens: Tensor, cache: EncoderDecoderCache | None = None) -> Tensor:
        """Return the scores ``[B, O, V]`` of what follows each of ``tokens``, ``[B, O]``."""
        output = cast(nn.Module, self.core.decoder)(
            input_ids=tokens,
            encoder_hidden_states=read.hidden,
            encoder_attention_mask=read.mask,
            past_key_values=cache,
            use_cache=cache is not None,
            output_hidden_states=True,
        )
        pointing, copying = self.sought(output.hidden_states[-1]).split(POINTING, dim=-1)
        nowhere = (read.there == 0)[:, None, :]
        pointed = pointing @ read.keys[0].transpose(1, 2) / math.sqrt(POINTING)
        looked = (copying @ read.keys[1].transpose(1, 2) / math.sqrt(POINTING)).masked_fill(nowhere, -1e4)
        copied = self.copying * (looked.softmax(-1) @ read.kernel)
        count, first = read.there.shape[1], TOKEN_ID[THINGS[0]]
        added = torch.zeros_like(output.logits)
        added[..., first : first + count] = pointed.masked_fill(nowhere, 0.0)
        added[..., TOKEN_ID[XS[0]] : TOKEN_ID[XS[0]] + copied.shape[-1]] = copied
        return output.logits + added


def told(tokenizer: Tokenizer, requests: Sequence[tuple[str, Sequence[Thing]]]) -> Told:
    """Return requests on tables as tensors.

    Raises:
        LanguageError: a request is too long, or a table holds too much.
    """
    encodings = tokenizer.encode_batch([text for text, _ in requests])
    length, count = max(len(e.ids) for e in encodings), max(len(things) for _, things in requests)
    if length > TEXT_ROOM:
        raise LanguageError("instruction", f"it has {length} tokens", f"Say it in at most {TEXT_ROOM} tokens.")
    if count > MOST_THINGS:
        raise LanguageError("scene", f"it has {count} things", f"Keep at most {MOST_THINGS} on the table.")
    rows = len(requests)
    made = Told(
        torch.zeros(rows, length, dtype=torch.long),
        torch.zeros(rows, length, dtype=torch.long),
        torch.zeros(rows, count, 2, dtype=torch.long),
        torch.zeros(rows, count, NUMBERS),
        torch.zeros(rows, count, dtype=torch.long),
        torch.zeros(rows, count, dtype=torch.long),
        torch.zeros(rows, count, dtype=torch.long),
        torch.zeros(rows, count, 2),
    )
    for row, (encoding, (_, things)) in enumerate(zip(encodings, requests, strict=True)):
        made.ids[row, : len(encoding.ids)] = torch.tensor(encoding.ids)
        made.mask[row, : len(encoding.ids)] = 1
        n = len(things)
        if not n:
            continue
        made.called[row, :n] = torch.tensor([[_token(tokenizer, t.colour), _token(tokenizer, t.kind)] for t in things])
        made.numbers[row, :n] = torch.tensor([_features(t) for t in things])
        below = [_carrier(thing, things) for thing in things]
        made.below[row, :n] = torch.tensor(below)
        made.above[row, :n] = torch.tensor([below.index(k + 1) + 1 if k + 1 in below else 0 for k in range(n)])
        made.there[row, :n] = 1
        made.places[row, :n] = torch.tensor([thing.position[:2] for thing in things])
    return made


def _token(tokenizer: Tokenizer, word: str) -> int:
    found = tokenizer.token_to_id(word)
    return 0 if found is None else found


def _features(thing: Thing) -> list[float]:
    """Waves of the three coordinates, and the size in units of 5 cm."""
    waves = [
        part
        for value in thing.position
        for length in WAVES
        for part in (math.sin(2 * math.pi * value / length), math.cos(2 * math.pi * value / length))
    ]
    return [*waves, *(extent / 0.05 for extent in thing.size)]


def _carrier(thing: Thing, things: Sequence[Thing]) -> int:
    """One more than the number of the topmost thing that ``thing`` rests on; 0 for the table."""
    under = [(t.top, k) for k, t in enumerate(things) if t.id != thing.id and rests_on(thing, t) >= 0.0]
    return max(under)[1] + 1 if under else 0


def _kernel(places: Tensor) -> Tensor:
    """How near each bin is to each thing, ``[B, N, 2 * bins]`` from places ``[B, N, 2]`` in metres."""
    half = len(XS) // 2
    bins = torch.arange(-half, half + 1)
    away = (places[..., None] * (1000.0 / BIN) - bins) / SPREAD
    return torch.exp(-0.5 * away.square()).flatten(-2)


assert TOKEN_ID[YS[0]] == TOKEN_ID[XS[-1]] + 1, "coordinates lie side by side in the vocabulary"

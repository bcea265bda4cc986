"""Training of the embedded network: ``python -m hybrid.language.train --out DIR``.

Samples come fresh from the grammar and never repeat. The run is resumable: ``DIR/state.pt`` is written every few
minutes and read back when the command is given again. At the end ``DIR/final`` holds weights, tokenizer and card,
ready to be shipped as ``hybrid/language/weights``. One thread by default, so that it can share a small machine.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, cast

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import EncoderDecoderModel

from hybrid.base import Json
from hybrid.language.decoding import greedy
from hybrid.language.grammar import LONGEST, SAID, SLIPS, Grammar, Sample
from hybrid.language.network import (
    MAX_TEXT_TOKENS,
    MAX_WIRE_TOKENS,
    PAD,
    START,
    TOKEN_ID,
    TOKENIZER_FILE,
    Network,
    build,
    encode,
    load,
    save,
)
from hybrid.language.pretrained import PACKAGE_PIN, WEIGHTS_SHA256, Start, start
from hybrid.language.running import Run, Schedule, begun, driven, stepped
from hybrid.language.sayings import all_sayings
from hybrid.language.wire import to_tokens

HELD_OUT_SEED: Final = 990_001
"""Seeds from here on are never trained on."""
HELD_OUT_SAMPLES: Final = 300
_SHORT: Final = 3
_WORDS: Final = "encoder.embeddings.word_embeddings.weight"
_SPELLED: Final = 30_000
"""Built samples from which the words are counted, beside all sayings, that a misspelt one may have been."""
_FREQUENT: Final = 6
"""How often a word is among them to be one."""
_POOL: Final = 32
"""Batches drawn together and sorted by length, so that little is spent on padding."""


@dataclass(frozen=True)
class Recipe(Schedule):
    """What a training run does; lengths are uniform after the short share."""

    slips: float = SLIPS
    """Share of the samples with slips of the keyboard; 0 is a control."""
    said: float = SAID
    """Share of the samples that are sayings; 0 is a control."""
    scratch: bool = False
    """Start from random weights instead of the pretrained encoder: a control."""


def train(out: Path, recipe: Recipe, begin: Path | None = None) -> Path:
    """Train to the end of ``recipe`` and return the folder of the final weights; continues a run begun in ``out``.

    ``begin`` is the folder of an earlier run's final weights to start from instead of the pretrained encoder.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    beginning = start(_vocabulary(out))
    out.mkdir(parents=True, exist_ok=True)
    beginning.tokenizer.save(str(out / TOKENIZER_FILE))
    stages = [] if begin is None else load(begin).card.get("stages")
    run = _begin(out, recipe, beginning, begin)
    batches = _batches(recipe, beginning, run.step, recipe.total)
    driven(out, run, recipe, batches, lambda batch: _update(run, recipe, batch))
    return _finish(out, recipe, beginning, run, stages if isinstance(stages, list) else [])


def _vocabulary(out: Path) -> Tokenizer | None:
    """The tokenizer of the run to continue; None for a fresh run, whose vocabulary follows from the grammar."""
    return Tokenizer.from_file(str(out / TOKENIZER_FILE)) if (out / TOKENIZER_FILE).is_file() else None


def generator_digest() -> str:
    """Sha256 of what the grammar draws from seed 0: it changes only when the samples do."""
    grammar, digest = Grammar(seed=0), hashlib.sha256()
    for _ in range(2000):
        sample = grammar.sample()
        digest.update(f"{sample.text} {' '.join(to_tokens(sample.program))}".encode())
    return digest.hexdigest()


def _begin(out: Path, recipe: Recipe, beginning: Start, begin: Path | None) -> Run[EncoderDecoderModel]:
    model = build(beginning.size)
    encoder_part = cast(nn.Module, model.encoder)
    if not recipe.scratch:
        encoder_part.load_state_dict(beginning.weights, strict=False)
    if begin is not None:
        _take_over(model, load(begin))
    model.requires_grad_(True)
    return begun(out, model, encoder_part, recipe, words=recipe.scratch)


def _take_over(model: EncoderDecoderModel, earlier: Network) -> None:
    """Copy what an earlier run learned; output rows go by token, new tokens start untrained.

    The word embeddings stay those of the pretrained encoder: they were frozen in the earlier run too, and the
    vocabulary may have grown since.
    """
    state, learned = model.state_dict(), earlier.model.state_dict()
    rows = torch.tensor([TOKEN_ID[token] for token in earlier.output])
    for name, tensor in state.items():
        if name == _WORDS or name not in learned:
            continue
        if learned[name].shape == tensor.shape:
            tensor.copy_(learned[name])
        else:
            tensor[rows] = learned[name]


def _update(run: Run[EncoderDecoderModel], recipe: Recipe, batch: tuple[Tensor, Tensor, Tensor]) -> float:
    """One optimiser step on ids and mask ``[B, L]``, labels ``[B, O]``; returns the mean loss of a token."""
    ids, mask, labels = batch
    first = torch.full((len(labels), 1), TOKEN_ID[START])
    output = run.model(input_ids=ids, attention_mask=mask, decoder_input_ids=torch.cat([first, labels[:, :-1]], dim=1))
    loss = torch.nn.functional.cross_entropy(output.logits.flatten(0, 1), labels.flatten(), ignore_index=TOKEN_ID[PAD])
    return stepped(run, recipe, loss)


def _batches(recipe: Recipe, beginning: Start, step: int, total: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """The batches from ``step`` on; pool ``p`` always holds the same samples in the same order."""
    pools = math.ceil(total / _POOL)
    for pool in range(step // _POOL, pools):
        longest = _SHORT if pool < recipe.short_share * pools else LONGEST
        grammar = Grammar(recipe.seed * 1_000_003 + pool, beginning.words, longest, recipe.slips, recipe.said)
        samples = [_fitting(grammar, beginning) for _ in range(_POOL * recipe.batch)]
        samples.sort(key=lambda pair: len(pair[0].text) + 4 * len(pair[1]))
        starts = list(range(0, len(samples), recipe.batch))
        random.Random(pool).shuffle(starts)
        for index, at in enumerate(starts):
            if step <= pool * _POOL + index < total:
                yield _tensors(samples[at : at + recipe.batch], beginning)


def _fitting(grammar: Grammar, beginning: Start) -> tuple[Sample, tuple[str, ...]]:
    """The next sample short enough for the network, with its wire tokens."""
    while True:
        sample = grammar.sample()
        tokens = to_tokens(sample.program)
        if len(tokens) < MAX_WIRE_TOKENS and len(beginning.tokenizer.encode(sample.text).ids) <= MAX_TEXT_TOKENS:
            return sample, tokens


def _tensors(batch: list[tuple[Sample, tuple[str, ...]]], beginning: Start) -> tuple[Tensor, Tensor, Tensor]:
    ids, mask = encode(beginning.tokenizer, [sample.text for sample, _ in batch])
    labels = torch.full((len(batch), max(len(tokens) for _, tokens in batch)), TOKEN_ID[PAD])
    for row, (_, tokens) in enumerate(batch):
        labels[row, : len(tokens)] = torch.tensor([TOKEN_ID[token] for token in tokens])
    return ids, mask, labels


def held_out(network: Network, words: tuple[str, ...], count: int) -> dict[str, Json]:
    """Share of unseen grammar samples whose whole program is decoded exactly, by family and by number of steps.

    The sayings among them are those of training in other words: their share says what was learned, not what is new.
    """
    grammar = Grammar(HELD_OUT_SEED, words)
    right: dict[str, list[bool]] = {}
    for _ in range(count):
        sample = grammar.sample()
        exact = greedy(network, sample.text).tokens == to_tokens(sample.program)
        for key in ("all", sample.family, f"{len(sample.program.steps)} steps"):
            right.setdefault(key, []).append(exact)
    return {key: {"n": len(hits), "exact": round(sum(hits) / len(hits), 4)} for key, hits in sorted(right.items())}


def spelling() -> list[str]:
    """Words of the training language, the most frequent first, that a misspelt word may have been."""
    grammar, counts = Grammar(seed=0, slips=0.0, said=0.0), Counter[str]()
    for text in (*(grammar.sample().text for _ in range(_SPELLED)), *(saying.text for saying in all_sayings())):
        counts.update(re.findall(r"[a-z]{3,}", text.lower()))
    return [word for word, count in counts.most_common() if count >= _FREQUENT]


def _finish(out: Path, recipe: Recipe, beginning: Start, run: Run[EncoderDecoderModel], stages: list[Json]) -> Path:
    network = Network(run.model.eval(), beginning.tokenizer, {})
    stage: dict[str, Json] = {
        "recipe": cast("dict[str, Json]", asdict(recipe)),
        "generator_sha256": generator_digest(),
        "steps": run.step,
        "cpu_seconds": round(run.seconds),
        "loss": run.loss,
    }
    card: dict[str, Json] = {
        "architecture": cast("dict[str, Json]", asdict(beginning.size)),
        "pretrained": {"package": PACKAGE_PIN, "sha256": WEIGHTS_SHA256},
        "generator_sha256": stage["generator_sha256"],
        "stages": [*stages, stage],
        "held_out": held_out(network, beginning.words, HELD_OUT_SAMPLES),
        "spelling": cast("list[Json]", spelling()),
    }
    save(out / "final", run.model, beginning.tokenizer, card)
    return out / "final"


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description="Train the embedded request parser.")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run; continued when it holds one")
    parser.add_argument("--begin", type=Path, help="final folder of an earlier run to start from")
    parser.add_argument("--samples", type=int, default=Recipe.samples)
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--short-share", type=float, default=Recipe.short_share)
    parser.add_argument("--encoder-rate", type=float, default=Recipe.encoder_rate)
    parser.add_argument("--decoder-rate", type=float, default=Recipe.decoder_rate)
    parser.add_argument("--slips", type=float, default=Recipe.slips, help="share of samples with slips of the keyboard")
    parser.add_argument("--said", type=float, default=Recipe.said, help="share of samples that are sayings")
    parser.add_argument("--scratch", action="store_true", help="random weights instead of the pretrained encoder")
    parser.add_argument("--threads", type=int, default=Recipe.threads)
    given = parser.parse_args()
    options = {name: value for name, value in vars(given).items() if name not in ("out", "begin")}
    train(given.out, Recipe(**options), given.begin)


if __name__ == "__main__":
    main()

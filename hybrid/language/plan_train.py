"""Training of the network of plans: ``python -m hybrid.language.plan_train --out DIR``.

It begins with the decomposer's shipped weights, so that it inherits all that the decomposer was trained for, and goes
on with expert plans of training seeds: a shard of fresh samples every few batches, and variants of all before. The run
is resumable as ``hybrid.language.train`` is. At the end ``DIR/final`` holds weights, tokenizer and card, ready to be
shipped as ``hybrid/language/plan_weights``.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, cast

import torch
from tokenizers import Tokenizer
from torch import Tensor

from hybrid.base import Json
from hybrid.language.network import SHIPPED, Architecture, Network, load
from hybrid.language.plan_decoding import decoded
from hybrid.language.plan_files import LoadedPlans, load_plans, save_plans
from hybrid.language.plan_network import TEXT_ROOM, PlanNetwork, Told, told
from hybrid.language.plan_samples import (
    HELD_OUT_SEEDS,
    SHARES,
    PlanSample,
    as_row,
    from_row,
    said_samples,
    shard,
    suite_sample,
    varied,
)
from hybrid.language.plan_wire import FORMS, MOST_TOKENS, PAD, PLAN_TOKENS, TOKEN_ID, XS, YS
from hybrid.language.plans import PlanForm
from hybrid.language.running import Run, Schedule, begun, driven, stepped

POOL: Final = 32
"""Batches drawn together and sorted by length; each pool brings one shard of fresh samples."""
DRAWN: Final[dict[str, float]] = {
    "place": 0.13, "stack": 0.07, "tower": 0.08, "rearrange": 0.14, "blocksworld": 0.14, "dynamics": 0.05,
    "push": 0.03, "said": 0.36,
}  # fmt: skip
"""Share of each source in what is trained on."""
HELD_OUT_SAMPLES: Final = 60
"""Tasks of each source on which exactness is measured."""
HELD_OUT_SAID: Final = 990_001
"""Seed of the grammar's samples for that."""
_SHORT: Final = 9
"""Tokens of a plan of two steps in numbers."""
BLUR: Final = 0.7
"""Standard deviation by which a coordinate's label is spread over its neighbours, bins."""


@dataclass(frozen=True)
class PlanRecipe(Schedule):
    """What a training run does; plans have at most two steps in the short share."""

    samples: int = 56_000
    short_share: float = 0.2
    save_seconds: float = 120.0


def train_plans(out: Path, recipe: PlanRecipe, begin: Network | LoadedPlans | None = None) -> Path:
    """Train to the end of ``recipe`` and return the folder of the final weights; continues a run begun in ``out``.

    ``begin`` is the decomposer to start from, that which is shipped when left out, or a network of plans to go on with.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    out.mkdir(parents=True, exist_ok=True)
    origin = load(SHIPPED) if begin is None else begin
    run = _begin(out, recipe, origin)
    batches = _batches(out, recipe, origin.tokenizer, run.step, recipe.total)
    driven(out, run, recipe, batches, lambda batch: _update(run, recipe, batch))
    return _finish(out, recipe, origin, run)


def architecture(origin: Network | LoadedPlans) -> Architecture:
    """Return the sizes of the network that begins with ``origin``: its own, with room for longer plans."""
    sizes = cast("dict[str, Json]", origin.card["architecture"])
    return Architecture(**{**{name: int(str(size)) for name, size in sizes.items()}, "wire_positions": MOST_TOKENS + 1})


def _begin(out: Path, recipe: PlanRecipe, origin: Network | LoadedPlans) -> Run[PlanNetwork]:
    network = PlanNetwork(architecture(origin))
    if isinstance(origin, LoadedPlans):
        network.load_state_dict(origin.network.state_dict())
    else:
        learned = origin.model.state_dict()
        for name, tensor in network.core.state_dict().items():
            if name in learned and learned[name].shape == tensor.shape:
                tensor.copy_(learned[name])
    return begun(out, network, network.encoder, recipe)


def _update(run: Run[PlanNetwork], recipe: PlanRecipe, batch: tuple[Told, Tensor]) -> float:
    """One optimiser step on requests ``[B]`` and labels ``[2 B, 1 + O]``; returns the mean loss of a token."""
    requests, labels = batch
    network = run.model
    scores = network.scores(network.read(requests).repeated(len(FORMS)), labels[:, :-1])
    wanted = labels[:, 1:]
    there = wanted != TOKEN_ID[PAD]
    return stepped(run, recipe, -(_blurred()[wanted[there]] * scores[there].log_softmax(-1)).sum(-1).mean())


def _blurred() -> Tensor:
    """What each token is trained towards, ``[V, V]``: itself, and for a coordinate also its neighbours."""
    targets = torch.eye(len(PLAN_TOKENS))
    bins = torch.arange(len(XS), dtype=torch.float)
    near = torch.exp(-0.5 * ((bins[:, None] - bins) / BLUR).square())
    for axis in (XS, YS):
        first = TOKEN_ID[axis[0]]
        targets[first : first + len(axis), first : first + len(axis)] = near / near.sum(-1, keepdim=True)
    return targets


def _batches(
    out: Path, recipe: PlanRecipe, tokenizer: Tokenizer, step: int, total: int
) -> Iterator[tuple[Told, Tensor]]:
    """The batches from ``step`` on; pool ``p`` always holds the same samples in the same order."""
    known: dict[str, list[PlanSample]] = {source: [] for source in DRAWN}
    pools = math.ceil(total / POOL)
    for pool in range(pools):
        for sample in _kept_shard(out, pool, recipe.seed):
            if len(tokenizer.encode(sample.text).ids) <= TEXT_ROOM:
                known[sample.source].append(sample)
        if (pool + 1) * POOL <= step:
            continue
        rng = random.Random(recipe.seed * 1_000_003 + pool)
        weights = {source: share for source, share in DRAWN.items() if known[source]}
        sources = rng.choices(list(weights), list(weights.values()), k=POOL * recipe.batch)
        longest = _SHORT if pool < recipe.short_share * pools else MOST_TOKENS
        able = {source: [s for s in samples if len(s.numbers) <= longest] for source, samples in known.items()}
        samples = [varied(rng.choice(able[source] or known[source]), rng) for source in sources]
        samples.sort(key=lambda sample: len(sample.text) // 8 + len(sample.things) + len(sample.numbers))
        starts = list(range(0, len(samples), recipe.batch))
        rng.shuffle(starts)
        for index, at in enumerate(starts):
            if step <= pool * POOL + index < total:
                yield tensors(samples[at : at + recipe.batch], tokenizer)


def _kept_shard(out: Path, number: int, seed: int) -> list[PlanSample]:
    """Shard ``number``, from ``out`` where it lies there already."""
    path = out / "shards" / f"{number}.json"
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        rows = [as_row(sample) for sample in shard(number, seed)]
        path.with_suffix(".tmp").write_text(json.dumps(rows), encoding="utf-8")
        path.with_suffix(".tmp").replace(path)
    return [from_row(row) for row in json.loads(path.read_text(encoding="utf-8"))]


def tensors(samples: Sequence[PlanSample], tokenizer: Tokenizer) -> tuple[Told, Tensor]:
    """Return requests ``[B]`` and labels ``[2 B, 1 + O]``: both forms of every plan, each begun by its form's token."""
    plans = [tokens for s in samples for tokens in ((FORMS["steps"], *s.steps), (FORMS["numbers"], *s.numbers))]
    labels = torch.full((len(plans), max(len(tokens) for tokens in plans)), TOKEN_ID[PAD])
    for row, tokens in enumerate(plans):
        labels[row, : len(tokens)] = torch.tensor([TOKEN_ID[token] for token in tokens])
    return told(tokenizer, [(sample.text, sample.things) for sample in samples]), labels


def held_out(plans: LoadedPlans, count: int) -> dict[str, Json]:
    """Share of unseen samples whose whole plan is the expert's, by source and form.

    Of plans in numbers every coordinate may be off by 1 cm.
    """
    rng, said = random.Random(HELD_OUT_SAID), said_samples(HELD_OUT_SAID)
    found: dict[str, Json] = {}
    for source in DRAWN:
        drawn = (
            next(said) if source == "said" else suite_sample(source, HELD_OUT_SEEDS + k, rng, held_out=True)
            for k in range(count)
        )
        samples = [sample for sample in drawn if sample is not None]
        for form in FORMS:
            hits = [_same(sample, plans, form) for sample in samples]
            found[f"{source} {form}"] = {"n": len(hits), "exact": round(sum(hits) / len(hits), 4)}
    return found


def _same(sample: PlanSample, plans: LoadedPlans, form: PlanForm) -> bool:
    tokens = decoded(plans, sample.text, sample.things, form)[0].tokens
    if form == "steps":
        return tokens == sample.steps
    near = [
        one == other or (one[0] == other[0] in "xy" and abs(int(one[1:]) - int(other[1:])) <= 2)
        for one, other in zip(tokens, sample.numbers, strict=False)
    ]
    return len(tokens) == len(sample.numbers) and all(near)


def _finish(out: Path, recipe: PlanRecipe, origin: Network | LoadedPlans, run: Run[PlanNetwork]) -> Path:
    plans = LoadedPlans(run.model.eval(), origin.tokenizer, {})
    stage: dict[str, Json] = {
        "begun_with": origin.card.get("weights_sha256"),
        "recipe": cast("dict[str, Json]", asdict(recipe)),
        "steps": run.step,
        "cpu_seconds": round(run.seconds),
        "loss": run.loss,
    }
    earlier = origin.card.get("stages") if isinstance(origin, LoadedPlans) else None
    card: dict[str, Json] = {
        "architecture": cast("dict[str, Json]", asdict(architecture(origin))),
        "stages": [*(earlier if isinstance(earlier, list) else []), stage],
        "seeds": {suite: [0, HELD_OUT_SEEDS - 1] for suite in SHARES},
        "held_out": held_out(plans, HELD_OUT_SAMPLES),
    }
    save_plans(out / "final", plans, card)
    return out / "final"


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description="Train the embedded writer of action plans.")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run; continued when it holds one")
    parser.add_argument("--begin", type=Path, help="final folder of an earlier run to go on with")
    parser.add_argument("--samples", type=int, default=PlanRecipe.samples)
    parser.add_argument("--seed", type=int, default=PlanRecipe.seed)
    parser.add_argument("--encoder-rate", type=float, default=PlanRecipe.encoder_rate)
    parser.add_argument("--decoder-rate", type=float, default=PlanRecipe.decoder_rate)
    parser.add_argument("--threads", type=int, default=PlanRecipe.threads)
    given = parser.parse_args()
    options = {name: value for name, value in vars(given).items() if name not in ("out", "begin")}
    train_plans(given.out, PlanRecipe(**options), None if given.begin is None else load_plans(given.begin))


if __name__ == "__main__":
    main()

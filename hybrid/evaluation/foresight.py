"""``python -m hybrid.evaluation.foresight``: what is imagined of a manipulation, beside what then happens.

Fresh play with held-out seeds is recorded, perceived (cells of things given by labels, as in training) and imagined by
the learned model, by the hand-written transition and by nobody (copy-last). All start from the positions that are read
off the same tokens; the hand-written transition is told the kinds, and what is held. Extents are given to both.

The checkpoint's card has the same figures on the few held-out episodes of its own play; here there can be as many as
rare events, such as topples, need.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from hybrid.bootstrap import geometric
from hybrid.config import load_settings
from hybrid.errors import ConfigError, HybridError
from hybrid.evaluation.heldout import A_SEED, refuse_testing
from simulator.base import CONTAINERS, KINDS, MOVABLE
from simulator.camera import DEFAULT_CAMERAS
from simulator.collect import collect
from world_model.batches import Rows, actions, label_film, manipulation
from world_model.checkpoint import DEFAULT, load_checkpoint
from world_model.data import Play, read_play
from world_model.losses import CENTIMETRE
from world_model.model import LatentState, WorldModel
from world_model.report import FATES, area_under_curve, imagined_fates, quantiles
from world_model.train_predictors import Cache, encode_all, meant, start_state
from world_model.views import Geometry

DRAWS: Final = 1000
"""Resamplings of the episodes behind an interval."""
HAND_WRITTEN: Final = "geometry"
Positions = dict[str, Tensor]
"""Imagined positions ``[J, N, 3]``, metres, by who imagined them."""


def imagined(model: WorldModel, play: Play, cache: Cache, rows: Rows, *, level: int) -> Positions:
    """Return where each model imagines things after the block or manipulation begun in states ``rows``."""
    state, geometry = start_state(play, cache, rows), geometric(model)
    plain = hand_written(model, play, state, rows)
    if level == 1:
        block = actions(play, rows)
        learned, ruled = model.after_block(state, block)[0], geometry.after_block(plain, block)[0]
    else:
        deed = manipulation(play, rows)
        learned, ruled = model.after_manipulation(state, deed)[0], geometry.after_manipulation(plain, deed)[0]
    return {
        "learned": model.where(learned.tokens),
        HAND_WRITTEN: geometry.where(ruled.tokens),
        "copy-last": model.where(state.tokens),
    }


def hand_written(model: WorldModel, play: Play, state: LatentState, rows: Rows) -> LatentState:
    """Return ``state`` as the hand-written transition wants it: places, what is held, moves and is hollow."""
    kind = torch.from_numpy(play.of_episode("kind", rows).astype(np.int64))
    held = torch.arange(kind.shape[1]) == play.integers("held", rows)[:, None]
    movable, hollow = (one_of(kind, kinds) for kinds in (MOVABLE, CONTAINERS))
    flags = torch.stack([held, movable, hollow], dim=-1).float()
    return LatentState.of(torch.cat([model.where(state.tokens), flags], -1), state.size, state.tool, state.present)


def one_of(kind: Tensor, kinds: frozenset[str]) -> Tensor:
    """Return where the class rows ``kind`` are of one of ``kinds``."""
    return torch.isin(kind, torch.tensor([KINDS.index(name) for name in sorted(kinds)]))


def between(score: Callable[[Rows], float | None], groups: Rows) -> tuple[float, float]:
    """Return the 95 % interval of ``score`` by resampling whole groups: it is given the rows drawn.

    Args:
        score: of rows with repetitions; None where it has no value.
        groups: ``[J]`` the episode each row belongs to.
    """
    rng, members = np.random.default_rng(0), [np.flatnonzero(groups == group) for group in np.unique(groups)]
    found: list[float] = []
    for _ in range(DRAWS):
        drawn = score(np.concatenate([members[k] for k in rng.integers(len(members), size=len(members))]))
        if drawn is not None:
            found.append(drawn)
    low, high = np.quantile(found, [0.025, 0.975]) if found else (0.0, 1.0)
    return float(low), float(high)


def errors_table(model: WorldModel, play: Play, cache: Cache) -> Table:
    """Return the table of position errors of things that moved, by level."""
    table = Table(title="things that moved, position error in cm: median / 90th percentile")
    table.add_column("imagined")
    table.add_column("n")
    first = play.blocks(1, filmed=True)
    spans = {1: np.stack([first, first + 1], axis=1), 2: play.manipulations()}
    words = {1: "one block of control steps", 2: "one manipulation"}
    for level, pairs in spans.items():
        places = imagined(model, play, cache, pairs[:, 0], level=level)
        truth, seen = play.floats("position", pairs[:, 1]), cache.of(play, pairs[:, 1])[1]
        way = (truth - play.floats("position", pairs[:, 0])).norm(dim=-1)
        moved = seen & start_state(play, cache, pairs[:, 0]).present & (way > CENTIMETRE)
        cells: list[str] = []
        for name, where in places.items():
            found = quantiles((where - truth).norm(dim=-1)[moved] / CENTIMETRE)
            cells.append(f"{found['median']:.2f} / {found['p90']:.2f}" if found["n"] else "–")
            if level == 1:
                table.add_column(name)
        table.add_row(words[level], str(int(moved.sum())), *cells)
    return table


def fates_table(model: WorldModel, play: Play, cache: Cache) -> Table:
    """Return the table of how well fates are foreseen at level 2.

    The hand-written transition says nothing of toppling; of straying, how far from its place it imagines a thing.
    """
    pairs = play.manipulations()
    logits, truth, known = imagined_fates(model, play, cache, pairs)
    places = imagined(model, play, cache, pairs[:, 0], level=2)[HAND_WRITTEN]
    astray = (places - meant(play, pairs[:, 0])).norm(dim=-1)
    scores = {"learned": logits, HAND_WRITTEN: torch.stack([torch.zeros_like(astray), astray], -1)}
    episodes = np.asarray(play["episode"])[pairs[:, 0]]
    table = Table(title="area under the ROC curve, one manipulation ahead, with its 95 % interval")
    for head in ("fate", "events", "things", *scores):
        table.add_column(head)
    for column, fate in enumerate(FATES):
        mask, event = known[..., column], truth[..., column]

        def area(rows: Rows, score: Tensor, mask: Tensor = mask, event: Tensor = event) -> float | None:
            chosen = torch.from_numpy(rows)
            return area_under_curve(score[chosen][mask[chosen]], event[chosen][mask[chosen]])

        cells: list[str] = []
        for score in (part[..., column] for part in scores.values()):
            middle = area(np.arange(len(pairs)), score)
            low, high = between(lambda rows, score=score: area(rows, score), episodes)
            cells.append("–" if middle is None else f"{middle:.3f} [{low:.3f}, {high:.3f}]")
        table.add_row(fate, str(int(event[mask].sum())), str(int(mask.sum())), *cells)
    return table


def main() -> None:
    """Play, imagine, and print both tables."""
    parser = argparse.ArgumentParser(description="What is imagined of manipulations, beside what happened.")
    parser.add_argument("--episodes", type=int, default=300, help="of play, five manipulations each")
    parser.add_argument(
        "--seed", type=int, required=True, help=f"of play, as of hybrid collect; {A_SEED} times of a task's"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes that play; the result does not depend on it")
    parser.add_argument("--tuning", action="store_true", help="allow training seeds; nothing may be claimed")
    asked = parser.parse_args()
    try:
        refuse_testing(A_SEED * asked.seed, tuning=asked.tuning)
        for name in ("episodes", "workers"):
            if getattr(asked, name) < 1:
                raise ConfigError(name, f"{getattr(asked, name)} is out of range", "Ask for at least 1.")
    except HybridError as error:
        parser.exit(2, f"{error}\n")
    torch.set_num_threads(1)
    model, card = load_checkpoint(load_settings().checkpoint or DEFAULT, cameras=DEFAULT_CAMERAS)
    with TemporaryDirectory() as folder:
        play = read_play(collect(Path(folder), episodes=asked.episodes, workers=asked.workers, seed=asked.seed))
    with torch.inference_mode():
        cache = encode_all(model, label_film(play, Geometry(play.cameras)))
        tables = errors_table(model, play, cache), fates_table(model, play, cache)
    console = Console(file=sys.stdout, width=130)
    console.print(f"checkpoint {card.name}; {asked.episodes} episodes of play, seed {asked.seed}")
    for table in tables:
        console.print(table)


if __name__ == "__main__":
    main()

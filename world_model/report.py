"""What a trained model is worth on held-out play, beside its controls.

Controls (DESIGN 5): a *random encoder* (convolutions frozen as initialised, the rest trained), *copy-last* (nothing
changes) and
*no-op* (the predictor is told that nothing is done). Errors are reported over all things and over those that moved,
because the mean over things that stand still misleads (EVIDENCE 3).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from simulator.base import COLOURS, KINDS
from world_model.batches import Film, Rows, actions, frames, image_rows, manipulation
from world_model.data import Play
from world_model.losses import CENTIMETRE
from world_model.model import LatentState, WorldModel, token_error
from world_model.novelty import LEAST_UNITS, oddities
from world_model.outline import outlines_of
from world_model.seeing import STRANGER, discern
from world_model.surfaces import MARGIN, look_of
from world_model.train_encoder import training_pairs
from world_model.train_predictors import Cache, fates, start_state

FRAMES = 400
"""Held-out images that perception is measured on."""
PALETTE_FRAMES = 1500
"""Training images that the palette is taken from."""
USUAL = 0.75
"""Share of first looks at held-out play that are no odder than the units of the oddities; the rest are misread."""
FATES = ("toppled", "strayed")
"""What may befall a thing, in the order of the predictors' logits."""
FOUND = 2.0
"""A thing discerned this close to a seen one is that one, cm."""


def quantiles(values: Tensor) -> dict[str, float]:
    """Return n, median and 90th percentile; of nothing, n alone."""
    if not len(values):
        return {"n": 0.0}
    levels = torch.quantile(values.float(), torch.tensor([0.5, 0.9]))
    return {"n": float(len(values)), "median": round(float(levels[0]), 3), "p90": round(float(levels[1]), 3)}


@torch.no_grad()
def measure(model: WorldModel, random: WorldModel, film: Film, cache: Cache) -> dict[str, object]:
    """Return the report: perception against the random encoder, each level against copy-last and no-op.

    Errors in cm.
    """
    play = film.play
    pairs = training_pairs(play, held_out=True)
    rows = np.unique(np.concatenate([pairs.manipulations.ravel(), pairs.blocks.ravel()]))[:FRAMES]
    return {
        "perception_cm": {"trained": perceived(model, film, rows), "random encoder": perceived(random, film, rows)},
        "discerned": discerned(model, film, rows),
        "level1_cm": level_errors(model, play, cache, pairs.blocks, level=1),
        "level2_cm": level_errors(model, play, cache, pairs.manipulations, level=2),
        "fate_auc": fate_auc(model, play, cache, pairs.manipulations),
        "token_std": round(float(cache.tokens[cache.seen].std(0).mean()), 3),
    }


def perceived(model: WorldModel, film: Film, rows: Rows) -> dict[str, object]:
    """Return pose errors (cm) of seen things and the accuracy of kind and colour, cells given by labels."""
    distance, kinds, colours = [], [], []
    for start in range(0, len(rows), 40):
        batch = frames(film, rows[start : start + 40], mirror=False, jitter=None)
        votes = model.encoder(batch.channels, batch.points)
        read = model.readouts(model.head(votes, batch.labels.members * votes.weight[:, None]))
        seen, labels = batch.labels.seen, batch.labels
        distance.append((read.position - labels.position).norm(dim=-1)[seen] / CENTIMETRE)
        kinds.append((read.kind.argmax(-1) == labels.kind)[seen])
        colours.append((read.colour.argmax(-1) == labels.colour)[seen])
    return {
        "position": quantiles(torch.cat(distance)),
        "kind": round(float(torch.cat(kinds).float().mean()), 4),
        "colour": round(float(torch.cat(colours).float().mean()), 4),
    }


def discerned(model: WorldModel, film: Film, rows: Rows) -> dict[str, object]:
    """Return what one look without any expectation is worth, cells grouped by the model itself.

    A seen thing is *found* when something is discerned within 2 cm of it; of found things, by kind: how often kind and
    colour are right, and the errors of position and size (cm, the largest of the outline's entries). What is discerned
    where nothing is, is *false*; ``strangers`` are those heavy enough to be believed.
    """
    found: dict[str, list[tuple[bool, bool, float, float]]] = {kind: [] for kind in KINDS}
    seen_things = false = strangers = 0
    for row in rows:
        batch = frames(film, np.array([row]), mirror=False, jitter=None)
        look, labels = discern(model, batch.channels, batch.points), batch.labels
        places = torch.tensor([thing.position for thing in look.things]).view(-1, 3)
        gap = torch.cdist(places, labels.position[0]) / CENTIMETRE
        stray = ~(gap[:, labels.kind[0] >= 0] < FOUND).any(1).numpy()
        false, strangers = false + int(stray.sum()), strangers + int((stray & (look.mass >= STRANGER)).sum())
        for column in np.flatnonzero(labels.seen[0].numpy()):
            seen_things += 1
            if len(gap) and float(gap[:, column].min()) < FOUND:
                nearest = int(gap[:, column].argmin())
                thing, kind = look.things[nearest], KINDS[int(labels.kind[0, column])]
                colour = list(COLOURS)[int(labels.colour[0, column])]
                size = float((outlines_of([thing])[0] - labels.outline[0, column]).abs().max()) / CENTIMETRE
                alike = (thing.kind == kind, thing.colour == colour)
                found[kind].append((*alike, float(gap[nearest, column]), size))
    return {
        "things": seen_things,
        "found": share(sum(len(rows) for rows in found.values()), seen_things),
        "false_per_image": share(false, len(rows)),
        "strangers_per_image": share(strangers, len(rows)),
        "by_kind": {
            kind: {
                "n": len(rows),
                "kind": share(sum(row[0] for row in rows), len(rows)),
                "colour": share(sum(row[1] for row in rows), len(rows)),
                "position": quantiles(torch.tensor([row[2] for row in rows])),
                "size": quantiles(torch.tensor([row[3] for row in rows])),
            }
            for kind, rows in found.items()
            if rows
        },
    }


def share(part: int, whole: int) -> float:
    """Return ``part / whole``, 0 of nothing."""
    return round(part / max(1, whole), 4)


def predict(model: WorldModel, play: Play, state: LatentState, rows: Rows, level: int) -> Tensor:
    """Return the tokens imagined after what followed states ``rows``."""
    if level == 1:
        return model.after_block(state, actions(play, rows))[0].tokens
    return model.after_manipulation(state, manipulation(play, rows))[0].tokens


def nothing(model: WorldModel, play: Play, state: LatentState, rows: Rows, level: int) -> Tensor:
    """Return the tokens imagined when nothing is done: the no-op control."""
    if level == 1:
        return model.after_block(state, torch.zeros_like(actions(play, rows)))[0].tokens
    leap = torch.zeros_like(manipulation(play, rows))
    leap[:, 1:7] = torch.tensor([1.0, 1.0, 0.3] * 2)
    return model.after_manipulation(state, leap)[0].tokens


def level_errors(model: WorldModel, play: Play, cache: Cache, pairs: Rows, *, level: int) -> dict[str, object]:
    """Return position errors (cm) after one imagined step, of all things and of those that moved, with the controls."""
    before, after = pairs[:, 0], pairs[:, 1]
    state = start_state(play, cache, before)
    truth, seen = play.floats("position", after), cache.of(play, after)[1] & state.present
    moving = seen & ((truth - play.floats("position", before)).norm(dim=-1) > CENTIMETRE)
    imagined = {
        "predicted": predict(model, play, state, before, level),
        "copy-last": state.tokens,
        "no-op": nothing(model, play, state, before, level),
    }
    errors: dict[str, object] = {}
    for name, tokens in imagined.items():
        gap = (model.readouts.where(tokens) - truth).norm(dim=-1) / CENTIMETRE
        errors[name] = {"all": quantiles(gap[seen]), "moved": quantiles(gap[moving])}
    return errors


def fate_auc(model: WorldModel, play: Play, cache: Cache, pairs: Rows) -> dict[str, object]:
    """Return how well level 2 foresees what topples and what strays: area under the ROC curve, events and cases."""
    scores, truth, known = imagined_fates(model, play, cache, pairs)
    found: dict[str, object] = {}
    for column, name in enumerate(FATES):
        mask = known[..., column]
        events = truth[..., column][mask]
        area = area_under_curve(scores[..., column][mask], events)
        found[name] = {"auc": area, "events": int(events.sum()), "n": int(mask.sum())}
    return found


def imagined_fates(model: WorldModel, play: Play, cache: Cache, pairs: Rows) -> tuple[Tensor, Tensor, Tensor]:
    """Return the logits of ``FATES`` that level 2 imagines for manipulations ``pairs [J, 2]``, ``[J, N, 2]``.

    Beside them what came of it, bool, and for which things that is known, bool, of the same shape.
    """
    before, after = pairs[:, 0], pairs[:, 1]
    state = start_state(play, cache, before)
    imagined, _ = model.after_manipulation(state, manipulation(play, before))
    truth, known = fates(play, before, after)
    return imagined.fate, truth, known & state.present[..., None]


def area_under_curve(scores: Tensor, events: Tensor) -> float | None:
    """Return the probability that an event scores higher than a non-event; None without both."""
    hits, others = scores[events], scores[~events]
    if not len(hits) or not len(others):
        return None
    above = (hits[:, None] > others).float().mean() + 0.5 * (hits[:, None] == others).float().mean()
    return round(float(above), 4)


@torch.no_grad()
def surprise_units(model: WorldModel, play: Play, cache: Cache) -> Tensor:
    """Return ``[2]``: the 99th percentile over held-out manipulations of the largest error of a thing's token.

    Level 1 imagines them block by block, with the tool sensed in between as it is when a plan is carried out; level 2
    imagines them as a whole.
    """
    pairs = training_pairs(play, held_out=True).manipulations
    if not len(pairs):
        return torch.ones(2)
    begin = start_state(play, cache, pairs[:, 0])
    encoded, seen = cache.of(play, pairs[:, 1])
    known = seen & begin.present
    imagined = (rolled(model, play, begin, pairs), predict(model, play, begin, pairs[:, 0], 2))
    errors = [token_error(tokens, encoded).masked_fill(~known, 0.0).amax(1) for tokens in imagined]
    return torch.quantile(torch.stack(errors), 0.99, dim=1)


def rolled(model: WorldModel, play: Play, state: LatentState, pairs: Rows) -> Tensor:
    """Return the tokens that level 1 imagines at the end of the manipulations ``pairs [J, 2]``."""
    tokens, lengths = state.tokens, torch.from_numpy(pairs[:, 1] - pairs[:, 0])
    for k in range(int(lengths.max())):
        rows = np.minimum(pairs[:, 0] + k, pairs[:, 1] - 1)
        now = LatentState.of(tokens, state.size, play.floats("proprioception", rows), state.present)
        later = model.after_block(now, actions(play, rows))[0].tokens
        tokens = torch.where((k < lengths)[:, None, None], later, tokens)
    return tokens


def surface_colours(film: Film) -> Tensor:
    """Return the mean colours ``[12, 3]`` of the upper surfaces of things in training images, by class."""
    rows = image_rows(film.play)
    rows = rows[~film.play.held_out()[rows]][:: max(1, len(rows) // PALETTE_FRAMES)]
    found: list[list[Tensor]] = [[] for _ in COLOURS]
    for row in rows:
        batch = frames(film, np.array([row]), mirror=False, jitter=None)
        look, labels = look_of(film.geometry, batch.channels, batch.tool[0]), batch.labels
        colours, height = look.colours.flatten(0, 1), look.points[..., 2].flatten()
        for column in np.flatnonzero(labels.standing[0].numpy()):
            top = labels.position[0, column, 2] + labels.outline[0, column, 2] / 2
            upper = labels.members[0, column] & ((height - top).abs() < MARGIN / 2)
            if upper.any():
                found[int(labels.colour[0, column])].append(colours[upper].median(0).values)
    return torch.stack([torch.stack(rows).mean(0) if rows else torch.full((3,), 0.5) for rows in found])


@torch.no_grad()
def oddity_units(model: WorldModel, film: Film) -> Tensor:
    """Return ``[7]``: what is usual of every oddity in the first images of held-out episodes, by ``USUAL``."""
    rows = image_rows(film.play)
    rows = rows[film.play.held_out()[rows]]
    _, first = np.unique(np.asarray(film.play["episode"])[rows], return_index=True)
    found = torch.stack([oddities_in(model, film, row) for row in rows[first][:FRAMES]])
    return torch.quantile(found, USUAL, dim=0).maximum(LEAST_UNITS)


def oddities_in(model: WorldModel, film: Film, row: int) -> Tensor:
    """Return the oddities ``[7]`` of the image of state ``row``, of what is plainly seen in it."""
    batch = frames(film, np.array([row]), mirror=False, jitter=None)
    seen = discern(model, batch.channels, batch.points)
    plain = [column for column, mass in enumerate(seen.mass) if mass >= STRANGER]
    look = look_of(film.geometry, batch.channels, batch.tool[0])
    things = [seen.things[column] for column in plain]
    return oddities(things, seen.confidence[plain], look, model.get_buffer("palette")).sizes

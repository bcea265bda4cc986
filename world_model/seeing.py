"""One look without any expectation: images in, things out."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import torch
from torch import Tensor

from simulator.base import COLOURS, KINDS, MOVABLE, FloatArray, Kind, Thing
from world_model.encoder import Votes
from world_model.grouping import Groups, group
from world_model.model import WorldModel
from world_model.outline import SQUARE, extents, outline
from world_model.stature import standing

TOKEN_SHARE = 0.5
"""Weight of the token's opinion of the kind beside the fovea's, which sees more pixels."""
DOUBLE = 0.5
"""A double of a known thing is lighter than this share of it."""
STRANGER = 12.0
"""Summed cell weight from which something nobody expected is believed to be there."""
THINNEST = 0.0005
"""Least extent of a thing, metres."""
LONGEST = 0.08
"""Parts of one thing are voted for at most this far from each other, metres."""
LONG = 0.075
"""What is longer than this may be voted for in parts, metres."""
BLUR = 0.005
"""How far the centre of a part may be misjudged, metres."""
COVERED = 20.0
"""Summed weight of cells from which a surface's spread tells its extents."""
SEEN_LARGER = 0.97
"""Cells at the edge count as inside, so that surfaces look this much larger than they are."""
SUNK = 0.012
"""What is this far below a bowl's rim cannot lie on it, metres."""
BROADEST = 0.06
"""No thing that can be moved is broader than this across, in the play the model is trained on, metres."""


NOBODY: Mapping[str, int] = MappingProxyType({})
"""Nothing is known of how many things there are."""


@dataclass(frozen=True)
class Seen:
    """What one look shows, before it is compared with what was expected.

    Attributes:
        tokens: ``[G, D]``.
        things: ``G`` things without lasting ids.
        mass: ``[G]`` summed cell weights.
        confidence: ``[G]`` probability of the kind and colour read out.
    """

    tokens: Tensor
    things: tuple[Thing, ...]
    mass: FloatArray
    confidence: Tensor

    def without(self, columns: Collection[int]) -> Seen:
        """Return what is seen less those of ``columns``."""
        kept = [column for column in range(len(self.things)) if column not in columns]
        things = tuple(self.things[column] for column in kept)
        return Seen(self.tokens[kept], things, self.mass[kept], self.confidence[kept])


def discern(model: WorldModel, channels: Tensor, points: Tensor, counts: Mapping[str, int] = NOBODY) -> Seen:
    """Return what one image shows: ``channels [1, V, 5, H, W]`` and ``points`` as ``Geometry.channels`` makes them.

    The encoder's votes say where things are, the fovea and the tokens together what they are. ``counts`` says how many
    things of a colour there are at least, as far as that is known.
    """
    votes = model.encoder(channels, points)
    groups = joined(model, channels, votes, group(votes), counts)
    tokens = model.head(votes, groups.members[None])[0]
    glance = model.fovea(channels, model.readouts.where(tokens)[None])
    small = torch.tensor([kind in MOVABLE for kind in KINDS])[glance.kind[0].argmax(-1)]
    there = (glance.presence[0] > 0) | (groups.mass < STRANGER) | ~small
    groups, tokens = Groups(groups.members[there], groups.mass[there]), tokens[there]
    read, glance = model.readouts(tokens), glance.among(there)
    kinds = (glance.kind[0] + TOKEN_SHARE * read.kind).softmax(-1)
    colours = (glance.colour[0] + read.colour).softmax(-1)
    things = tuple(
        named(
            kind := KINDS[int(kinds[g].argmax())],
            list(COLOURS)[int(colours[g].argmax())],
            sized(glance.outline[0, g], read.outline[g])
            if kind in MOVABLE
            else covering(kind, read.outline[g], votes.points[0], groups.members[g]),
            read.position[g],
        )
        for g in range(len(tokens))
    )
    masses = groups.mass.detach().numpy()
    real = [g for g in range(len(things)) if not rim(things, masses, g)]
    things = standing([things[g] for g in real])
    tokens = model.relocated(tokens[real], torch.tensor([thing.position for thing in things]).view(-1, 3))
    return Seen(tokens, things, masses[real], (kinds.amax(-1) * colours.amax(-1))[real])


def rim(things: Sequence[Thing], masses: FloatArray, row: int) -> bool:
    """Whether the light thing of ``row`` is part of a bowl of its colour: no solid could stand across its wall."""
    thing = things[row]
    if thing.kind not in MOVABLE or masses[row] >= STRANGER:
        return False
    half = min(thing.size[:2]) / 2
    for bowl in things:
        if bowl.kind == "bowl" and bowl.colour == thing.colour and thing.bottom < bowl.top - SUNK:
            apart, wall = math.dist(thing.position[:2], bowl.position[:2]), max(bowl.size[:2]) / 2
            if apart - half < wall - BLUR and apart + half > wall + BLUR:
                return True
    return False


def joined(
    model: WorldModel, channels: Tensor, votes: Votes, groups: Groups, counts: Mapping[str, int] = NOBODY
) -> Groups:
    """Return ``groups`` with those put together that are parts of one long thing.

    Two groups of one colour are one thing when the fovea, looking at their middle, sees a long thing there that reaches
    over both of them: of two alike things, one upon the other, it mostly sees something shorter. No two are put
    together where fewer things of their colour would be left than there are (``counts``).
    """
    while len(groups.mass) > 1:
        tokens = model.head(votes, groups.members[None])[0]
        read = model.readouts(tokens)
        colours, apart = read.colour.argmax(-1), torch.cdist(read.position, read.position)
        pairs = ((colours[:, None] == colours) & (apart < LONGEST)).triu(1).nonzero()
        if counts and len(pairs):
            solid = (groups.mass >= STRANGER) | (model.fovea(channels, read.position[None]).presence[0] > 0)
            pairs = pairs[spared(solid, colours, pairs, counts)]
        if not len(pairs):
            return groups
        members = groups.members[pairs].sum(1)
        middles = model.readouts.where(model.head(votes, members[None]))
        glance = model.fovea(channels, middles)
        over = within(read.position[pairs], middles[0, :, None], glance.outline[0, :, None]).all(-1)
        small = torch.tensor([kind in MOVABLE for kind in KINDS])[glance.kind[0].argmax(-1)]
        long = extents(glance.outline[0])[0].amax(-1) > LONG
        surest = glance.presence[0].masked_fill(~(over & small & long), -torch.inf)
        best = int(surest.argmax())
        if float(surest[best]) <= 0:
            return groups
        rest = [row for row in range(len(tokens)) if row not in pairs[best].tolist()]
        together = torch.cat([groups.members[rest], members[best : best + 1]])
        groups = Groups(together, together.sum(-1))
    return groups


def spared(solid: Tensor, colours: Tensor, pairs: Tensor, counts: Mapping[str, int]) -> Tensor:
    """Return ``[P]`` bool: whether enough things of their colour are left when ``pairs [P, 2]`` are put together.

    Args:
        solid: ``[N]`` bool, which groups are things rather than shadows or fringes.
        colours: ``[N]`` rows in ``COLOURS``.
        pairs: ``[P, 2]`` rows of groups.
        counts: things of each colour at least.
    """
    wanted = torch.tensor([counts.get(colour, 0) for colour in COLOURS])
    there = torch.bincount(colours[solid], minlength=len(COLOURS))
    fewer = solid[pairs].all(1).long()
    colour = colours[pairs[:, 0]]
    return there[colour] - fewer >= wanted[colour].minimum(there[colour])


def within(points: Tensor, centre: Tensor, outlines: Tensor) -> Tensor:
    """Return ``[...]`` bool: whether ``points [..., 3]`` lie within things at ``centre`` with ``outlines [..., 4]``."""
    size, yaw = extents(outlines)
    x, y, z = (points - centre).unbind(-1)
    along, across = x * yaw.cos() + y * yaw.sin(), y * yaw.cos() - x * yaw.sin()
    return (torch.stack([along, across, z], dim=-1).abs() < size / 2 + BLUR).all(-1)


def covering(kind: Kind, read: Tensor, points: Tensor, members: Tensor) -> Tensor:
    """Return the outline ``[4]`` of a thing that holds others: of a tray or zone, that of the surface seen from above.

    A rectangle of length L that is evenly covered with points has a variance of L^2 / 12 along it; the token knows
    neither length nor heading of what is larger than a cell's surroundings.

    Args:
        kind: of the thing.
        read: ``[4]`` what the token says.
        points: ``[C, 3]`` surface points, those of the view from above first, metres.
        members: ``[C]`` weights of the thing's cells.
    """
    above = members[: len(members) // 2]
    if kind not in ("tray", "zone") or float(above.sum()) < COVERED:
        return read
    weight, flat = above / above.sum(), points[: len(above), :2]
    offset = flat - weight @ flat
    (xx, xy), (_, yy) = (offset.T * weight) @ offset
    spread, turn = ((xx - yy).square() / 4 + xy.square()).sqrt(), 0.5 * torch.atan2(xy, (xx - yy) / 2)
    middle = (xx + yy) / 2
    sides = SEEN_LARGER * (12 * torch.stack([middle + spread, (middle - spread).clamp(min=0)])).sqrt()
    return outline(torch.cat([sides, read[2:3]]), turn)


def sized(glanced: Tensor, read: Tensor) -> Tensor:
    """Return the outline ``[4]`` of a thing that can be moved.

    The fovea's, unless it is broader than what the model was trained to see moved: then it read the bowl around it.
    """
    if float(extents(glanced)[0][1]) < BROADEST:
        return glanced
    size, yaw = extents(read)
    return outline(torch.cat([size[:1], size[1:2].clamp(max=BROADEST), size[2:]]), yaw)


def named(kind: Kind, colour: str, outline: Tensor, position: Tensor) -> Thing:
    """Return a thing with a provisional id; what is round or nearly square has no heading."""
    size, yaw = extents(outline)
    x, y, height = (max(THINNEST, float(extent)) for extent in size)
    heading = float(yaw)
    if kind in ("cylinder", "ball", "bowl") or x < SQUARE * y:
        x, y, heading = (x + y) / 2, (x + y) / 2, 0.0
    return at(Thing(f"{colour}_{kind}", kind, colour, (x, y, height), (0.0, 0.0, 0.0), heading), position)


def at(thing: Thing, position: Tensor) -> Thing:
    """Return ``thing`` at ``position [3]``."""
    return replace(thing, position=(float(position[0]), float(position[1]), float(position[2])))

"""Is this a scene the model can be trusted with? What is odd about one look, in units of what is odd in play.

A network is as sure of a thing it never saw as of one it knows, so the oddities are measured against what was read out:
surfaces that no thing explains, tops that are not flat, colours away from every class, a table that is not level, views
that contradict each other or the robot. The units are what is usual in the first looks of held-out play; a look is
*novel* when an oddity is several units large. What was measured of looks that should and should not be refused stands
in the README, "A look to trust".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from simulator.base import COLOURS, MOVABLE, Thing
from world_model.stature import carriers, lies_in_one
from world_model.surfaces import MARGIN, Look, belonging

ODDITIES = ("unexplained", "unsure", "misshapen", "miscoloured", "tilted", "contradictory", "displaced")
"""What is measured of a look: cells of surfaces that no thing explains; one less the least confidence of a thing that
is seen; how far the upper surface of a thing that carries nothing and lies in nothing is from flat, or a ball's from
round (metres); how far the colour of one is from every class (of 1); how far the bare table lies from level (metres);
cells of the oblique view where the view from above shows nothing as high; how far the tool is seen from where its
joints say (metres)."""
LEAST_UNITS = torch.tensor([5.0, 0.25, 0.0007, 0.055, 0.0007, 11.0, 0.007])
"""Smallest units of the oddities: of plain looks, misread ones among them, one in hundreds is three times as odd."""
LATER = torch.tensor([8.0, torch.inf, torch.inf, torch.inf, 1.5, 2.0, 1.0])
"""How much odder a look is while a task is carried out: things lean, lie on their sides and are held half-way."""
WIDER, SHADED, LIT = 0.09, 0.15, (0.4, 1.2)
"""How far outside the outline that was read of a vessel its wall may lie, metres; how unlike its class a wall may be in
colour, of 1, and how dark and bright."""
CLASSES = list(COLOURS)
"""The rows of the palette."""
RAISED = 0.012
"""A surface this high is no bare table, metres."""
INNER, WORST, PIXELS, ROUND = 0.7, 0.2, 8, 0.7
"""Of an upper surface: the share of its breadth that counts; the share of pixels left out, which may be of what lies
beside; the least number of them; and what a ball's unevenness is multiplied by, because its middle is less sure."""
FACE, BALL_FACE = 3, 6
"""Least cells of an upper surface that tell its colour: of a flat one, and of a ball, which is shaded."""
TABLE, FEWEST = 0.28, 20
"""Half the breadth of the table that is seen, metres, and the least cells of it that tell how it lies."""
SIDE, PARALLAX, DEEPER = 0.02, 0.018, 0.015
"""The oblique view is doubted where it shows a surface higher than the first, and that from above nothing within the
second of there that is less than the third lower, metres."""
TOOL_ABOVE = 0.02
"""What is seen this far above every thing, and no lower than ``TOOL_LOWEST``, is the tool, metres."""
TOOL_LOWEST = 0.2


class Oddities(NamedTuple):
    """What is odd about one look.

    Attributes:
        sizes: ``[7]``, how odd; in the order of ``ODDITIES``.
        places: where on the table each is worst, metres; None where it concerns the whole look, or nothing is odd.
    """

    sizes: Tensor
    places: tuple[tuple[float, float] | None, ...]


def oddities(things: Sequence[Thing], confidence: Tensor, look: Look, palette: Tensor) -> Oddities:
    """Return what is odd about one look.

    Args:
        things: what is believed to be there.
        confidence: ``[N]`` of what is seen of them; 1 for what is not.
        look: the surfaces seen.
        palette: ``[12, 3]`` surface colours of the classes, of 1.
    """
    mine = belonging(look, tuple(things), MARGIN) & look.free
    under = set(carriers(things).values())
    small = [row for row, thing in enumerate(things) if thing.kind in MOVABLE]
    bare = [row for row in small if row not in under]
    free = [row for row in bare if not lies_in_one(things, things[row])]
    known = mine.any(0) | of_vessels(things, look, palette)
    unexplained = look.points[(look.points[..., 2] > RAISED) & look.free & ~known]
    table = look.free & ~belonging(look, tuple(things), 3 * MARGIN).any(0)
    found = (
        (float(len(unexplained)), placed(unexplained.median(0).values.tolist()) if len(unexplained) else None),
        worst(things, {row: 1.0 - float(confidence[row]) for row in small}),
        worst(things, {row: uneven(things[row], look) for row in free}),
        worst(things, {row: off_colour(things[row], mine[row], look, palette) for row in bare}),
        (max(tilt(points[shown]) for points, shown in zip(look.points, table, strict=True)), None),
        (contradicted(look), None),
        (tool_offset(look, things), None),
    )
    return Oddities(torch.tensor([size for size, _ in found]), tuple(place for _, place in found))


def of_vessels(things: Sequence[Thing], look: Look, palette: Tensor) -> Tensor:
    """Return ``[V, C]`` bool: cells around bowls, trays and mats, of their colours and no higher than they are.

    Of what is covered in part the extent is misread.
    """
    found = torch.zeros_like(look.free)
    for thing in things:
        if thing.kind not in MOVABLE:
            apart = (look.points[..., :2] - torch.tensor(thing.position[:2])).norm(dim=-1)
            near = apart < max(thing.size[:2]) / 2 + WIDER
            low = look.points[..., 2] < thing.top + MARGIN
            colour = palette[CLASSES.index(thing.colour)]
            light = (look.colours @ colour / colour.square().sum()).clamp(*LIT)
            alike = (look.colours - light[..., None] * colour).abs().amax(-1) < SHADED
            found |= near & low & alike
    return found


def worst(things: Sequence[Thing], odd: dict[int, float]) -> tuple[float, tuple[float, float] | None]:
    """Return the largest of ``odd``, by rows of ``things``, and where that thing is."""
    row = max(odd, key=lambda row: odd[row], default=None)
    return (0.0, None) if row is None else (odd[row], placed(things[row].position))


def placed(position: Sequence[float]) -> tuple[float, float]:
    """Return where on the table ``position`` is, metres."""
    return position[0], position[1]


def uneven(thing: Thing, look: Look) -> float:
    """Return how far the upper surface of a thing is from flat, or a ball's from round, metres on average."""
    aside, half = (look.above[:, :2] - torch.tensor(thing.position[:2])).norm(dim=-1), min(thing.size[:2]) / 2
    inner = (aside < INNER * half) & ((look.above[:, :2] - look.tool[:2]).norm(dim=-1) > 2 * MARGIN)
    if int(inner.sum()) < PIXELS:
        return 0.0
    height, share = look.above[inner, 2], 1.0
    if thing.kind == "ball":
        height, share = height + half - (half**2 - aside[inner] ** 2).sqrt(), ROUND
    off = (height - height.median()).abs().sort().values
    return share * float(off[: int(len(off) * (1 - WORST))].mean())


def off_colour(thing: Thing, mine: Tensor, look: Look, palette: Tensor) -> float:
    """Return how far the upper surfaces of a thing are from the colour class nearest to them, of 1."""
    upper = mine & ((look.points[..., 2] - thing.top).abs() < MARGIN / 2)
    if int(upper.sum()) < (BALL_FACE if thing.kind == "ball" else FACE):
        return 0.0
    return float((look.colours[upper].median(0).values - palette).abs().amax(-1).min())


def tilt(points: Tensor) -> float:
    """Return how far from level the table lies at its edge, metres, by ``points [C, 3]`` of one view beside things."""
    points = points[(points[:, 2] < RAISED) & (points[:, :2].abs().amax(-1) < TABLE)]
    if len(points) < FEWEST:
        return RAISED
    plane = torch.linalg.lstsq(torch.cat([points[:, :2], torch.ones(len(points), 1)], dim=-1), points[:, 2:]).solution
    return float(TABLE * plane[:2].abs().sum() + plane[2].abs())


def contradicted(look: Look) -> float:
    """Return at how many cells the oblique view shows a surface where that from above shows nothing as high."""
    side = look.points[1:, :].flatten(0, 1)[((look.points[1:, :, 2] > SIDE) & look.free[1:]).flatten()]
    near = torch.cdist(side[:, :2], look.points[0, :, :2]) < PARALLAX
    highest = look.points[0, :, 2].masked_fill(~near, -torch.inf).amax(-1)
    return float((near.any(-1) & (highest < side[:, 2] - DEEPER)).sum())


def tool_offset(look: Look, things: Sequence[Thing]) -> float:
    """Return how far from the tool's axis the view from above shows it, metres; 0 where it is out of view."""
    highest = max([TOOL_LOWEST, *(thing.top + TOOL_ABOVE for thing in things)])
    seen = look.points[0, look.points[0, :, 2] > highest]
    return float((seen[:, :2].mean(0) - look.tool[:2]).norm()) if len(seen) else 0.0

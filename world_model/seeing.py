"""One look without any expectation: images in, things out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from simulator.base import COLOURS, KINDS, MOVABLE, FloatArray, Kind, Thing
from world_model.grouping import group
from world_model.model import WorldModel

TOKEN_SHARE = 0.5
"""Weight of the token's opinion of the kind beside the fovea's, which sees more pixels."""
STRANGER = 12.0
"""Summed cell weight from which something nobody expected is believed to be there."""
LARGEST = 0.06
"""Largest extent of a thing that can be moved in the play the model is trained on, metres."""


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


def discern(model: WorldModel, channels: Tensor, points: Tensor) -> Seen:
    """Return what one image shows: ``channels [1, V, 5, H, W]`` and ``points`` as ``Geometry.channels`` makes them.

    The encoder's votes say where things are, the fovea and the tokens together what they are.
    """
    votes = model.encoder(channels, points)
    groups = group(votes)
    tokens = model.head(votes, groups.members[None])[0]
    read = model.readouts(tokens)
    glance = model.fovea(channels, read.position[None])
    kinds = (glance.kind[0] + TOKEN_SHARE * read.kind).softmax(-1)
    colours = (glance.colour[0] + read.colour).softmax(-1)
    names = list(COLOURS)
    things = tuple(
        named(
            kind := KINDS[int(kinds[g].argmax())],
            names[int(colours[g].argmax())],
            sized(glance.size[0, g], read.size[g]) if kind in MOVABLE else read.size[g],
            read.position[g],
        )
        for g in range(len(tokens))
    )
    return Seen(tokens, things, groups.mass.numpy(), kinds.amax(-1) * colours.amax(-1))


def sized(glanced: Tensor, read: Tensor) -> Tensor:
    """Return the extents ``[3]`` of a thing that can be moved, metres.

    The fovea's, unless they are larger than what the model was trained to see moved: then it read the bowl around it.
    """
    return glanced if float(glanced.max()) < LARGEST else read.clamp(max=LARGEST)


def named(kind: Kind, colour: str, size: Tensor, position: Tensor) -> Thing:
    """Return a thing with a provisional id."""
    extents = [float(s) for s in size]
    if kind in ("cylinder", "ball", "bowl"):
        extents[0] = extents[1] = (extents[0] + extents[1]) / 2
    return at(Thing(f"{colour}_{kind}", kind, colour, (extents[0], extents[1], extents[2]), (0.0, 0.0, 0.0)), position)


def at(thing: Thing, position: Tensor) -> Thing:
    """Return ``thing`` at ``position [3]``."""
    return replace(thing, position=(float(position[0]), float(position[1]), float(position[2])))

"""Batches of recorded play as the losses want them, labelled, mirrored and recoloured at random.

Both cameras stand in the plane y = 0, so a picture mirrored left to right is the picture of the world mirrored in y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from world_model.data import Play
from world_model.labels import owners
from world_model.losses import Labels
from world_model.outline import outline
from world_model.proposals import Aim
from world_model.views import CONTRAST, Geometry

Rows = NDArray[np.int64]
NOISE = 8.0
"""Largest standard deviation of the noise added to a training image's colours, 8-bit units."""


@dataclass(frozen=True)
class Film:
    """Play with the geometry of its cameras and the owner of every cell of every image, ``[F, V, H/2, W/2]`` uint8."""

    play: Play
    geometry: Geometry
    owners: Tensor


@dataclass(frozen=True)
class Frames:
    """Images of states ``[B]`` with their labels.

    Attributes:
        channels: ``[B, V, 5, H, W]`` encoder input.
        points: ``[B, V, H/2, W/2, 3]`` metres.
        labels: of the states.
        tool: ``[B, P]`` proprioception.
    """

    channels: Tensor
    points: Tensor
    labels: Labels
    tool: Tensor


def sign(mirror: bool) -> Tensor:
    """Return ``[3]``: the factors of a position under mirroring in y."""
    return torch.tensor([1.0, -1.0 if mirror else 1.0, 1.0])


def image_rows(play: Play) -> Rows:
    """Return ``[F]``: for every image the first state it shows."""
    image = np.asarray(play["image"])
    seen, rows = np.unique(image, return_index=True)
    return rows[seen >= 0]


def label_film(play: Play, geometry: Geometry, known: Tensor | None = None) -> Film:
    """Find the owner of every cell of every image (some milliseconds an image).

    ``known`` are the owners ``[K, V, H/2, W/2]`` in the first K images, where they were found before.
    """
    rows = image_rows(play)
    found = torch.empty((len(rows), *cell_shape(play)), dtype=torch.uint8)
    done = 0 if known is None else len(known)
    if known is not None:
        found[:done] = known
    for index in range(done, len(rows)):
        single = rows[index : index + 1]
        elevation = play.images(single)[1]
        points = geometry.points(elevation.float() / 1000.0)[0, :, ::2, ::2]
        kind = torch.from_numpy(play.of_episode("kind", single).astype(np.int64))[0]
        count = int((kind >= 0).sum())
        size = torch.from_numpy(play.of_episode("size", single).astype(np.float32))[0]
        poses = torch.cat(
            [
                play.floats("position", single)[0],
                play.floats("yaw", single)[0][:, None],
                play.floats("upright", single)[0][:, None].abs(),
            ],
            -1,
        )
        tool = play.floats("proprioception", single)[0, :3]
        owner = owners(points.flatten(0, 2), poses[:count], size[:count], kind[:count], tool)
        found[index] = owner.view(found.shape[1:])
    return Film(play, geometry, found)


def cell_shape(play: Play) -> tuple[int, int, int]:
    """Return (V, H/2, W/2)."""
    _, views, height, width = play["elevation"].shape
    return views, height // 2, width // 2


def frames(film: Film, rows: Rows, *, mirror: bool, jitter: torch.Generator | None) -> Frames:
    """Return the images and labels of states ``rows``.

    ``jitter`` varies brightness and tint by up to a tenth and adds a camera's noise of up to 8 of 255 levels.
    """
    play = film.play
    rgb, elevation = play.images(rows)
    owner = film.owners[torch.from_numpy(np.asarray(play["image"])[rows])]
    if mirror:
        rgb, elevation, owner = mirrored(rgb, -2), mirrored(elevation, -1), mirrored(owner, -1)
    channels, points = film.geometry.channels(rgb, elevation)
    if jitter is not None:
        gain = 0.9 + 0.2 * torch.rand((len(rows), 1, 3, 1, 1), generator=jitter)
        noise = NOISE / 255 * CONTRAST * torch.rand((len(rows), 1, 1, 1, 1), generator=jitter)
        grain = noise * torch.randn(channels[:, :, :3].shape, generator=jitter)
        channels[:, :, :3] = (channels[:, :, :3] + 0.5 * CONTRAST) * gain - 0.5 * CONTRAST + grain
    tool = play.floats("proprioception", rows)
    tool = torch.cat([tool[:, :3] * sign(mirror), tool[:, 3:]], dim=-1)
    return Frames(channels, points, labels_of(play, rows, owner.flatten(1), mirror=mirror), tool)


def mirrored(picture: Tensor, columns: int) -> Tensor:
    """Return what the cameras would show of the world mirrored in y; ``columns`` is the dimension across.

    A pixel is sampled at its left edge (``simulator.pinhole.SAMPLE``), so column k shows what column W - k did; what
    lies beyond the picture's edge is taken from its last column.
    """
    turned = picture.flip(columns).roll(1, columns)
    turned.select(columns, 0).copy_(turned.select(columns, 1))
    return turned


def labels_of(play: Play, rows: Rows, owner: Tensor, *, mirror: bool) -> Labels:
    """Return the labels of states ``rows`` whose cells have owners ``[B, C]``.

    Things beyond the batch's largest scene are cut.
    """
    kind = torch.from_numpy(play.of_episode("kind", rows).astype(np.int64))
    most = int((kind >= 0).sum(1).max())
    position = (play.floats("position", rows) * sign(mirror))[:, :most]
    size = torch.from_numpy(play.of_episode("size", rows).astype(np.float32))[:, :most]
    yaw = play.floats("yaw", rows)[:, :most] * (-1 if mirror else 1)
    colour = torch.from_numpy(play.of_episode("colour", rows).astype(np.int64))[:, :most]
    return Labels(
        owner[:, None] == torch.arange(most)[:, None],
        owner.long().clamp(max=most - 1),
        position,
        outline(size, yaw),
        play.floats("upright", rows)[:, :most],
        kind[:, :most],
        colour,
    )


def actions(play: Play, rows: Rows, *, name: str = "actions", mirror: bool = False) -> Tensor:
    """Return the blocks ``[B, K, A]`` that followed states ``rows``."""
    block = play.floats(name, rows)
    return torch.cat([block[..., :3] * sign(mirror), block[..., 3:]], dim=-1)


def manipulation(play: Play, rows: Rows, *, mirror: bool = False) -> Tensor:
    """Return the manipulations ``[B, M]`` begun in states ``rows``: they start at the top of the thing, as grasped."""
    intent, aim = play.floats("intent", rows), aims(play, rows, mirror=mirror)
    offset = torch.nn.functional.pad(intent[:, 6:8], (0, 1)) * sign(mirror)
    top = torch.nn.functional.pad(aim.size[:, 2:3] / 2, (2, 0))
    return torch.cat([aim.push[:, None], aim.thing + offset + top, aim.target, aim.clearance[:, None]], dim=-1)


def aims(play: Play, rows: Rows, *, mirror: bool = False) -> Aim:
    """Return what the script was about to do in states ``rows``, with the thing where it truly was."""
    intent = play.floats("intent", rows)
    thing = torch.from_numpy(play["intent"][rows, 1].astype(np.int64))
    batch = torch.arange(len(rows))
    position = play.floats("position", rows)[batch, thing] * sign(mirror)
    size = torch.from_numpy(play.of_episode("size", rows).astype(np.float32))[batch, thing]
    yaw = play.floats("yaw", rows)[batch, thing] * (-1 if mirror else 1)
    return Aim(position, outline(size, yaw), intent[:, 2:5] * sign(mirror), intent[:, 5], intent[:, 0])

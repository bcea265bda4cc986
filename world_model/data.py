"""Recorded play, read from shards, and the batches that training draws from it.

The layout of a shard is documented where it is written (``simulator.collect``); here it is only arrays. Every
twenty-fifth episode is held out and never trained on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from simulator.base import Camera
from world_model.errors import DataError

Array = NDArray[Any]
"""An array whose type of number its name in the shard decides."""

ARRAYS = (
    "rgb", "elevation", "image", "episode", "manipulation", "proprioception", "position", "yaw", "upright", "held",
    "actions", "intended", "taught", "continues", "finished", "intent", "kind", "colour", "size",
)  # fmt: skip
PICTURES = ("rgb", "elevation")
HELD_OUT_EVERY = 25
FORMAT_VERSION = 2


@dataclass(frozen=True)
class Play:
    """All shards end to end; shapes as in ``simulator.collect``, rows of ``image`` and ``episode`` made global.

    Attributes:
        arrays: name to array.
        cameras: the cameras the images were taken with.
        digest: sha256 over the shards' labels, naming this data in a checkpoint's card.
    """

    arrays: dict[str, Array]
    cameras: tuple[Camera, ...]
    digest: str

    def __getitem__(self, name: str) -> Array:
        """Return one array by name."""
        return self.arrays[name]

    def held_out(self) -> NDArray[np.bool_]:
        """Return ``[Q]``: whether a state belongs to a held-out episode."""
        return np.asarray(self.arrays["episode"]) % HELD_OUT_EVERY == 0

    def blocks(self, length: int, *, filmed: bool) -> NDArray[np.int64]:
        """Return the rows that start ``length`` uninterrupted blocks, all filmed if asked."""
        follows = np.asarray(self.arrays["continues"], dtype=bool)
        good = np.ones(len(follows), dtype=bool)
        for k in range(length):
            good[: len(good) - k] &= follows[k:]
            good[len(good) - k :] = False
        if filmed:
            seen = np.asarray(self.arrays["image"]) >= 0
            for k in range(length + 1):
                good[: len(good) - k] &= seen[k:]
                good[len(good) - k :] = False
        return np.flatnonzero(good)

    def manipulations(self) -> NDArray[np.int64]:
        """Return ``[J, 2]`` first and last row of every manipulation that was played to its end; both have images."""
        counter = np.asarray(self.arrays["manipulation"])
        first = np.flatnonzero(np.r_[True, counter[1:] != counter[:-1]])
        last = np.r_[first[1:] - 1, len(counter) - 1]
        ended = np.asarray(self.arrays["finished"], dtype=bool)[last]
        return np.stack([first, last], axis=1)[(last > first) & ended]

    def images(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Return rgb ``[B, V, H, W, 3]`` and elevation ``[B, V, H, W]`` of states ``rows``."""
        index = np.asarray(self.arrays["image"])[rows]
        return torch.from_numpy(np.asarray(self["rgb"][index])), torch.from_numpy(np.asarray(self["elevation"][index]))

    def floats(self, name: str, rows: NDArray[np.int64]) -> Tensor:
        """Return the rows of an array as float32."""
        return torch.from_numpy(np.asarray(self.arrays[name][rows], dtype=np.float32))

    def integers(self, name: str, rows: NDArray[np.int64]) -> Tensor:
        """Return the rows of an array as int64."""
        return torch.from_numpy(np.asarray(self.arrays[name][rows], dtype=np.int64))

    def of_episode(self, name: str, rows: NDArray[np.int64]) -> Array:
        """Return a per-episode array for states ``rows``."""
        return self.arrays[name][np.asarray(self.arrays["episode"])[rows]]


def read_play(shards: Sequence[Path], *, images: bool = True) -> Play:
    """Read ``shards`` in their order; without the ``images`` where only labels are needed.

    Raises:
        DataError: a shard is missing or incomplete, of another format version, or of different cameras.
    """
    for shard in shards:
        if not (shard / "card.json").is_file():
            raise DataError("data", f"there is no complete shard of play at {shard}", "Run `hybrid collect` first.")
    cards = [json.loads((shard / "card.json").read_text()) for shard in shards]
    if any(card["version"] != FORMAT_VERSION for card in cards):
        raise DataError(
            "data.version", f"{shards[0].parent} holds another format", f"Collect again with format {FORMAT_VERSION}."
        )
    if any(card["cameras"] != cards[0]["cameras"] for card in cards):
        raise DataError(
            "data.cameras", "the shards were filmed by different cameras", "Collect again into an empty folder."
        )
    names = ARRAYS if images else tuple(name for name in ARRAYS if name not in PICTURES)
    parts: dict[str, list[Array]] = {name: [] for name in names}
    pictures = episodes = manipulations = 0
    for shard in shards:
        part = {name: np.load(shard / f"{name}.npy") for name in names}
        count = int(part["image"].max()) + 1
        part["image"] = np.where(part["image"] >= 0, part["image"] + pictures, -1)
        part["episode"] = part["episode"] + episodes
        part["manipulation"] = part["manipulation"] + manipulations
        pictures, episodes = pictures + count, episodes + len(part["kind"])
        manipulations = int(part["manipulation"].max()) + 1
        for name in names:
            parts[name].append(part[name])
    arrays = {name: np.concatenate(parts[name]) for name in names}
    digest = hashlib.sha256(
        np.ascontiguousarray(arrays["position"]).tobytes() + arrays["actions"].tobytes()
    ).hexdigest()
    cameras = tuple(Camera.from_record(camera) for camera in cards[0]["cameras"])
    return Play(arrays, cameras, digest)

"""The card of a checkpoint: ``card.json``, judged field by field before anything is built from it.

It holds the architecture, the cameras, what data the weights were trained on, how well they did on held-out play, and
the digests of the graphs beside them.
"""

from __future__ import annotations

import json
import reprlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from simulator.base import COLOURS, KINDS, Camera
from world_model.errors import CheckpointError
from world_model.model import ModelConfig

CHECKPOINT_VERSION = 3
RETRAIN = "Use the packaged checkpoint, or train one with `hybrid train --preset cpu`."
SIZES = {"width": (1, 512), "stem": (8, 512), "trunk": (8, 512), "depth": (1, 16), "hidden": (4, 512)}
"""What each size of the architecture is a multiple of (groups and heads of equal size), and the largest there is."""
PIXELS = (4, 1024)
"""The same of a picture's sides: the encoder halves them twice."""
PARALLEL = 1e-6
"""Sine of the angle between two directions below which they are one."""

GraphName = Literal["proposals", "block", "manipulation", "where"]
Classes = dict[str, list[str]]
CLASSES: Classes = {"kinds": list(KINDS), "colours": list(COLOURS)}
"""What this release perceives."""


@dataclass(frozen=True)
class Card:
    """What is known of a checkpoint.

    Attributes:
        name: preset and seed.
        config: the architecture and cameras.
        data: digest and size of the play it was trained on.
        metrics: figures on held-out play, with controls.
        curve: training losses by phase.
        graphs: sha256 of each graph beside the weights; none in a checkpoint written before they were kept.
    """

    name: str
    config: ModelConfig
    data: dict[str, object]
    metrics: dict[str, object]
    curve: dict[str, list[dict[str, float]]]
    graphs: dict[GraphName, str] = field(default_factory=dict[GraphName, str])


def _known(version: int) -> int:
    if version != CHECKPOINT_VERSION:
        problem = f"{version!r} is not {CHECKPOINT_VERSION}, which this release reads"
        raise CheckpointError("checkpoint.version", problem, RETRAIN)
    return version


def _perceived(classes: Classes) -> Classes:
    if classes != CLASSES:
        raise CheckpointError("checkpoint.classes", "it was trained on other kinds or colours", RETRAIN)
    return classes


def _possible(config: ModelConfig) -> ModelConfig:
    for name, bounds in SIZES.items():
        _sized(f"checkpoint.config.{name}", getattr(config, name), bounds)
    if not config.cameras:
        raise CheckpointError("checkpoint.config.cameras", "there is no camera", RETRAIN)
    for index, camera in enumerate(config.cameras):
        _looking(f"checkpoint.config.cameras[{index}]", camera, config.cameras[0])
    return config


def _sized(name: str, value: int, bounds: tuple[int, int]) -> None:
    step, largest = bounds
    if value % step or not step <= value <= largest:
        problem = f"{value} is not a multiple of {step} between {step} and {largest}"
        raise CheckpointError(name, problem, RETRAIN)


def _looking(name: str, camera: Camera, first: Camera) -> None:
    for part in ("eye", "target", "up"):
        if not np.isfinite(getattr(camera, part)).all():
            raise CheckpointError(f"{name}.{part}", "it is not finite", RETRAIN)
    forward, up = np.subtract(camera.target, camera.eye), np.asarray(camera.up)
    if np.linalg.norm(np.cross(forward, up)) <= PARALLEL * np.linalg.norm(forward) * np.linalg.norm(up):
        raise CheckpointError(f"{name}.up", "it points along the line of sight", RETRAIN)
    if not 0 < camera.fov < 180:
        raise CheckpointError(f"{name}.fov", f"{camera.fov} is not between 0 and 180 degrees", RETRAIN)
    for side in ("width", "height"):
        value, wanted = getattr(camera, side), getattr(first, side)
        _sized(f"{name}.{side}", value, PIXELS)
        if value != wanted:
            raise CheckpointError(f"{name}.{side}", f"it is {value}, not {wanted} as of the first camera", RETRAIN)


@dataclass(frozen=True)
class _Written:
    """``card.json`` in the order in which it is judged; what another release wrote is refused for that first."""

    version: Annotated[int, AfterValidator(_known)]
    classes: Annotated[Classes, AfterValidator(_perceived)]
    name: str
    config: Annotated[ModelConfig, AfterValidator(_possible)]
    data: dict[str, object]
    metrics: dict[str, object]
    curve: dict[str, list[dict[str, float]]]
    graphs: dict[GraphName, Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = field(
        default_factory=dict[GraphName, str]
    )


_WRITTEN = TypeAdapter(_Written)


def write_card(folder: Path, card: Card) -> None:
    """Write ``card`` to ``card.json`` in ``folder``."""
    content = {"version": CHECKPOINT_VERSION, "classes": CLASSES, **asdict(card)}
    (folder / "card.json").write_text(json.dumps(content, indent=1) + "\n")


def read_card(folder: Path) -> Card:
    """Read and check the card of the checkpoint in ``folder``.

    Raises:
        CheckpointError: missing, not a card, another version, other classes than this code perceives, or a field that
            is missing, unknown, of another type or impossible.
    """
    path = folder / "card.json"
    try:
        written = _WRITTEN.validate_json(path.read_bytes(), strict=True, extra="forbid")
    except OSError as error:
        raise CheckpointError("checkpoint", f"no card.json in {folder}", RETRAIN) from error
    except ValidationError as error:
        raise refusal(path, error) from error
    return Card(written.name, written.config, written.data, written.metrics, written.curve, written.graphs)


def refusal(path: Path, error: ValidationError) -> CheckpointError:
    """Return what is raised for the first field of the card at ``path`` that ``error`` found wrong."""
    first = error.errors()[0]
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]) or ".card"
    if first["type"] == "json_invalid":
        problem = f"{path} is not JSON ({first['msg']})"
    elif first["type"] == "missing":
        problem = "it is missing"
    elif first["type"] == "unexpected_keyword_argument":
        problem = "there is no such field"
    else:
        problem = f"{first['msg'][0].lower()}{first['msg'][1:]}, not {reprlib.repr(first['input'])}"
    return CheckpointError(f"checkpoint{name}", problem, RETRAIN)

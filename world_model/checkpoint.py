"""Checkpoints: safetensors weights beside a JSON card; what does not fit is refused by name, nothing is unpickled.

The card holds the architecture, the cameras, what data the weights were trained on and how well they did on held-out
play.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from simulator.base import COLOURS, KINDS, Camera
from world_model.compiled import write_graphs
from world_model.errors import CheckpointError
from world_model.model import ModelConfig, WorldModel

CHECKPOINT_VERSION = 3
DEFAULT = Path(__file__).parent / "checkpoints" / "cpu"
"""The checkpoint that ships with the package."""
RETRAIN = "Use the packaged checkpoint, or train one with `hybrid train --preset cpu`."


@dataclass(frozen=True)
class Card:
    """What is known of a checkpoint.

    Attributes:
        name: preset and seed.
        config: the architecture and cameras.
        data: digest and size of the play it was trained on.
        metrics: figures on held-out play, with controls.
        curve: training losses by phase.
    """

    name: str
    config: ModelConfig
    data: dict[str, object]
    metrics: dict[str, object]
    curve: dict[str, list[dict[str, float]]]


def save_checkpoint(folder: Path, model: WorldModel, card: Card) -> None:
    """Write ``weights.safetensors`` (half precision), the graphs of its search path and ``card.json`` to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.half().contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / "weights.safetensors")
    rounded = WorldModel(card.config)
    rounded.load_state_dict({name: value.float() for name, value in weights.items()})
    write_graphs(folder, rounded)
    content = {
        "version": CHECKPOINT_VERSION,
        "name": card.name,
        "config": asdict(card.config),
        "classes": {"kinds": list(KINDS), "colours": list(COLOURS)},
        "data": card.data,
        "metrics": card.metrics,
        "curve": card.curve,
    }
    (folder / "card.json").write_text(json.dumps(content, indent=1) + "\n")


def read_card(folder: Path) -> Card:
    """Read and check the card of the checkpoint in ``folder``.

    Raises:
        CheckpointError: missing, not a card, another version, or other classes than this code perceives.
    """
    try:
        content = json.loads((folder / "card.json").read_text())
    except OSError as error:
        raise CheckpointError("checkpoint", f"no card.json in {folder}", RETRAIN) from error
    except ValueError as error:
        raise CheckpointError("checkpoint.card", f"{folder / 'card.json'} is not JSON", RETRAIN) from error
    if content.get("version") != CHECKPOINT_VERSION:
        raise CheckpointError(
            "checkpoint.version",
            f"{content.get('version')!r} is not {CHECKPOINT_VERSION}, which this release reads",
            RETRAIN,
        )
    if content["classes"] != {"kinds": list(KINDS), "colours": list(COLOURS)}:
        raise CheckpointError("checkpoint.classes", "it was trained on other kinds or colours", RETRAIN)
    config = dict(content["config"])
    cameras = tuple(Camera.from_record(camera) for camera in config.pop("cameras"))
    return Card(
        content["name"], ModelConfig(cameras=cameras, **config), content["data"], content["metrics"], content["curve"]
    )


def load_checkpoint(folder: Path = DEFAULT, *, cameras: tuple[Camera, ...] | None = None) -> tuple[WorldModel, Card]:
    """Load a model in evaluation mode, and its card.

    Args:
        folder: of the checkpoint.
        cameras: refuse a model trained for others than these.

    Raises:
        CheckpointError: see ``read_card``; also weights that are damaged or of another architecture, or other cameras.
    """
    card = read_card(folder)
    if cameras is not None and cameras != card.config.cameras:
        raise CheckpointError("checkpoint.cameras", f"{card.name} was trained for other cameras", RETRAIN)
    model = WorldModel(card.config)
    try:
        weights = load_file(folder / "weights.safetensors")
        model.load_state_dict({name: value.float() for name, value in weights.items()})
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            "checkpoint.weights", f"{folder / 'weights.safetensors'} cannot be read", RETRAIN
        ) from error
    except RuntimeError as error:
        raise CheckpointError("checkpoint.weights", "they do not fit the architecture in card.json", RETRAIN) from error
    return model.eval(), card

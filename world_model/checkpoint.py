"""Checkpoints: safetensors weights beside a JSON card; what does not fit is refused by name, nothing is unpickled."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from simulator.base import Camera
from world_model.card import RETRAIN, Card, read_card, write_card
from world_model.compiled import write_graphs
from world_model.errors import CheckpointError
from world_model.model import WorldModel

DEFAULT = Path(__file__).parent / "checkpoints" / "cpu"
"""The checkpoint that ships with the package."""


def save_checkpoint(folder: Path, model: WorldModel, card: Card) -> None:
    """Write ``weights.safetensors`` (half precision), the graphs of its search path and ``card.json`` to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.half().contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / "weights.safetensors")
    rounded = WorldModel(card.config)
    rounded.load_state_dict({name: value.float() for name, value in weights.items()})
    write_graphs(folder, rounded)
    write_card(folder, card)


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

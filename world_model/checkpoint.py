"""Checkpoints: safetensors weights beside a JSON card; what does not fit is refused by name, nothing is unpickled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from simulator.base import Camera
from world_model.card import RETRAIN, Card, read_card, write_card
from world_model.compiled import WEIGHTS, write_graphs
from world_model.errors import CheckpointError
from world_model.model import WorldModel

DEFAULT = Path(__file__).parent / "checkpoints" / "cpu"
"""The checkpoint that ships with the package."""


def save_checkpoint(folder: Path, model: WorldModel, card: Card) -> None:
    """Write ``weights.safetensors`` (half precision), the graphs of its search path and ``card.json`` to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.half().contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / WEIGHTS)
    rounded = WorldModel(card.config)
    rounded.load_state_dict({name: value.float() for name, value in weights.items()})
    write_card(folder, replace(card, graphs=write_graphs(folder, rounded)))


def refuse_other_cameras(card: Card, cameras: tuple[Camera, ...]) -> None:
    """Refuse a model trained for others than these ``cameras``, naming the first field that differs."""
    trained = card.config.cameras
    if len(trained) != len(cameras):
        problem = f"{card.name} was trained with {len(trained)} cameras, not with {len(cameras)}"
        raise CheckpointError("checkpoint.cameras", problem, RETRAIN)
    for index, (one, other) in enumerate(zip(trained, cameras, strict=True)):
        for name, value in vars(one).items():
            wanted = getattr(other, name)
            if value != wanted:
                problem = f"{card.name} was trained with {name} {value} of the {one.name} camera, not {wanted}"
                raise CheckpointError(f"checkpoint.cameras[{index}].{name}", problem, RETRAIN)


def load_checkpoint(folder: Path = DEFAULT, *, cameras: tuple[Camera, ...] | None = None) -> tuple[WorldModel, Card]:
    """Load a model in evaluation mode, and its card.

    Args:
        folder: of the checkpoint.
        cameras: refuse a model trained for others than these.

    Raises:
        CheckpointError: see ``read_card``; also other cameras, and weights that are damaged, of another architecture or
            not finite.
    """
    card = read_card(folder)
    if cameras is not None:
        refuse_other_cameras(card, cameras)
    model = WorldModel(card.config)
    try:
        weights = load_file(folder / WEIGHTS)
        model.load_state_dict({name: value.float() for name, value in weights.items()})
    except (OSError, SafetensorError) as error:
        raise CheckpointError("checkpoint.weights", f"{folder / WEIGHTS} cannot be read", RETRAIN) from error
    except RuntimeError as error:
        raise CheckpointError("checkpoint.weights", "they do not fit the architecture in card.json", RETRAIN) from error
    for name, value in model.state_dict().items():
        if not bool(value.isfinite().all()):
            raise CheckpointError("checkpoint.weights", f"{name} is not finite", RETRAIN)
    return model.eval(), card

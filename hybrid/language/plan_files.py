"""The network of plans on disk: half-precision weights, tokenizer and card, as the decomposer's."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from hybrid.base import Json
from hybrid.errors import CheckpointError
from hybrid.language.network import CARD_FILE, TOKENIZER_FILE, WEIGHTS_FILE, Architecture, unshared
from hybrid.language.plan_network import PlanNetwork
from hybrid.language.plan_wire import PLAN_TOKENS

PLANS_VERSION: Final = 1
SHIPPED_PLANS: Final = Path(__file__).parent / "plan_weights"
_REMEDY: Final = "Restore the package, or train with python -m hybrid.language.plan_train."


@dataclass(frozen=True)
class LoadedPlans:
    """A network of plans in float32 evaluation mode, its tokenizer and its card as read."""

    network: PlanNetwork
    tokenizer: Tokenizer
    card: dict[str, Json]


def save_plans(folder: Path, plans: LoadedPlans, card: dict[str, Json]) -> None:
    """Write weights in half precision, tokenizer and, last, the card with their sha256 into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.half().contiguous() for name, tensor in unshared(plans.network).items()}
    save_file(tensors, folder / WEIGHTS_FILE)
    plans.tokenizer.save(str(folder / TOKENIZER_FILE), pretty=False)
    digest = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    whole = {**card, "version": PLANS_VERSION, "output": list(PLAN_TOKENS), "weights_sha256": digest}
    (folder / CARD_FILE).write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def load_plans(folder: Path = SHIPPED_PLANS) -> LoadedPlans:
    """Read a saved network of plans; raises ``CheckpointError`` naming what is missing or does not fit."""
    card = _card(folder)
    weights = folder / WEIGHTS_FILE
    if not weights.is_file() or not (folder / TOKENIZER_FILE).is_file():
        raise CheckpointError(f"plan weights {folder}", "a file is missing", _REMEDY)
    if hashlib.sha256(weights.read_bytes()).hexdigest() != card.get("weights_sha256"):
        raise CheckpointError(f"plan weights {weights}", "they are not the ones the card names", _REMEDY)
    sizes = card.get("architecture")
    if card.get("output") != list(PLAN_TOKENS) or not isinstance(sizes, dict):
        raise CheckpointError(f"plan weights {folder}", "they write plans in another form", _REMEDY)
    network = PlanNetwork(Architecture(**{name: int(str(size)) for name, size in sizes.items()}))
    tensors = {name: tensor.float() for name, tensor in load_file(weights).items()}
    missing, unexpected = network.load_state_dict(tensors, strict=False)
    absent = [name for name in missing if name in unshared(network)]
    if absent or unexpected:
        raise CheckpointError(f"plan weights {weights}", f"{[*absent, *unexpected][0]} does not fit", _REMEDY)
    network.core.tie_weights()
    return LoadedPlans(network.eval(), Tokenizer.from_file(str(folder / TOKENIZER_FILE)), card)


def _card(folder: Path) -> dict[str, Json]:
    path = folder / CARD_FILE
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"plan card {path}", f"it cannot be read ({error})", _REMEDY) from error
    if not isinstance(card, dict) or card.get("version") != PLANS_VERSION:
        raise CheckpointError(f"plan card {path}", "its version is unknown", _REMEDY)
    return card

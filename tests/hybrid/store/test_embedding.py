"""Covers hybrid.store.embedding where the extra is installed: MiniLM from its package, offline.

The fallback without a model is covered in ``test_memory.py``.
"""

import numpy as np
import pytest

from hybrid.errors import ConfigError
from hybrid.store import embedding
from hybrid.store.embedding import EMBEDDER, MINILM, load_embedder, packaged
from hybrid.store.episodes import open_store
from tests.hybrid.store.samples import empty_database

INSTALLED = packaged() is not None
WITH_MODEL = pytest.mark.skipif(not INSTALLED, reason="pip install 'hybrid-planner[embeddings]' brings the model")


@pytest.fixture(scope="module")
def minilm():
    pytest.importorskip("sentence_transformers")
    return load_embedder(MINILM)


@WITH_MODEL
def test_sentences_of_one_meaning_are_alike_whatever_their_letters(minilm):
    cup, mug, tower = (minilm.embed(said) for said in ("give me the cup", "hand over the mug", "build a tall tower"))
    assert cup.shape == (384,)
    assert cup.dtype == np.float32
    assert np.linalg.norm(cup) == pytest.approx(1, abs=1e-5)
    assert cup @ mug > cup @ tower + 0.2
    assert np.array_equal(cup, minilm.embed("Give me  the CUP."))


@WITH_MODEL
def test_a_store_recalls_by_meaning_and_keeps_embedders_apart(minilm, tmp_path, monkeypatch):
    url, folder = empty_database(tmp_path), tmp_path / "artifacts"
    by_letters = open_store(url, folder)
    by_letters.memory.teach("grandma's mug", "the blue cylinder")
    by_letters.memory.teach("skyscraper", "the green block")
    by_letters.close()
    monkeypatch.setattr(embedding, "FolderEmbedder", lambda _: minilm)
    store = open_store(url, folder, MINILM)
    assert store.memory.listing(like="a cup of tea") == ()
    assert store.memory.embed_anew() == 2
    first, _ = store.memory.listing(like="a cup of tea")
    assert first.data["name"] == "grandma's mug"
    assert minilm.name != EMBEDDER
    store.close()


def test_weights_that_are_not_the_pinned_ones_are_refused(tmp_path, monkeypatch):
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(embedding, "packaged", lambda: tmp_path)
    with pytest.raises(ConfigError, match="pinned"):
        load_embedder(MINILM)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"holds no model\.safetensors"):
        load_embedder(str(tmp_path))

"""Covers the network's files: what is saved is loaded, and whatever does not fit is refused by name."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
import torch

from hybrid.errors import CheckpointError, LanguageError
from hybrid.language.network import CARD_FILE, MAX_TEXT_TOKENS, SHIPPED, WEIGHTS_FILE, encode, load, save
from tests.hybrid.language.small import small_architecture, small_network


@pytest.fixture
def folder(tmp_path):
    network = small_network()
    save(tmp_path, network.model, network.tokenizer, {"architecture": asdict(small_architecture())})
    return tmp_path


def edit(folder, **changes):
    card = json.loads((folder / CARD_FILE).read_text())
    (folder / CARD_FILE).write_text(json.dumps(card | changes))


def test_a_saved_network_gives_the_same_scores_to_half_precision(folder):
    network, again = small_network(), load(folder)
    ids, mask = encode(network.tokenizer, ["put the red cube on the blue cube"])
    begin = torch.ones(1, 1, dtype=torch.long)
    with torch.inference_mode():
        one = network.model(input_ids=ids, attention_mask=mask, decoder_input_ids=begin).logits
        two = again.model(input_ids=ids, attention_mask=mask, decoder_input_ids=begin).logits
    assert torch.allclose(one, two, atol=5e-3)
    assert one.abs().max() > 0.01


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="cannot be read"):
        load(tmp_path / "nowhere")


def test_other_weights_than_the_card_names_are_refused(folder):
    data = bytearray((folder / WEIGHTS_FILE).read_bytes())
    data[-1] ^= 1
    (folder / WEIGHTS_FILE).write_bytes(bytes(data))
    with pytest.raises(CheckpointError, match="not the ones the card names"):
        load(folder)


def test_missing_weights_are_refused(folder):
    (folder / WEIGHTS_FILE).unlink()
    with pytest.raises(CheckpointError, match="a file is missing"):
        load(folder)


def test_another_wire_language_is_refused(folder):
    edit(folder, output=["<pad>", "<s>"])
    with pytest.raises(CheckpointError, match="another wire language"):
        load(folder)


def test_an_unknown_card_version_is_refused(folder):
    edit(folder, version=99)
    with pytest.raises(CheckpointError, match="version is unknown"):
        load(folder)


def test_a_card_without_architecture_is_refused(folder):
    edit(folder, architecture=None)
    with pytest.raises(CheckpointError, match="no architecture"):
        load(folder)


def test_another_depth_than_the_weights_is_refused(folder):
    edit(folder, architecture=asdict(small_architecture()) | {"decoder_layers": 2})
    with pytest.raises(CheckpointError, match="does not fit"):
        load(folder)


def test_a_text_beyond_the_positions_is_refused():
    with pytest.raises(LanguageError, match="tokens"):
        encode(small_network().tokenizer, ["cube " * (MAX_TEXT_TOKENS + 1)])


def test_the_shipped_files_stay_below_thirty_megabytes():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 30e6

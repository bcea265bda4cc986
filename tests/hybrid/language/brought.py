"""A tiny random causal model, built on the spot and saved as transformers saves models, for tests of brought models.

``python -m tests.hybrid.language.brought FOLDER`` saves one, to be asked through ``local:FOLDER``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast


def save_random_model(folder: Path, seed: int = 0) -> Path:
    """One layer over bytes, of random weights; its tokenizer splits text into bytes."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(BPE({letter: index for index, letter in enumerate([*alphabet, "<end>"])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")
    torch.manual_seed(seed)
    size = GPT2Config(
        vocab_size=len(alphabet) + 1,
        n_embd=32,
        n_layer=1,
        n_head=2,
        n_positions=8192,
        bos_token_id=256,
        eos_token_id=256,
    )
    GPT2LMHeadModel(size).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


if __name__ == "__main__":
    save_random_model(Path(sys.argv[1]))

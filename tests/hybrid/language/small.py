"""A tiny untrained network for tests that need one but not its knowledge."""

from __future__ import annotations

from dataclasses import replace

import torch
from tokenizers import Tokenizer

from hybrid.language.network import SHIPPED, TOKENIZER_FILE, Architecture, Network, build
from hybrid.language.plan_files import LoadedPlans
from hybrid.language.plan_network import PlanNetwork
from hybrid.language.plan_wire import MOST_TOKENS


def small_tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(SHIPPED / TOKENIZER_FILE))


def small_architecture() -> Architecture:
    return Architecture(
        text_vocabulary=small_tokenizer().get_vocab_size(),
        encoder_layers=1,
        encoder_width=24,
        encoder_heads=2,
        encoder_inner=32,
        decoder_layers=1,
        decoder_width=16,
        decoder_heads=2,
        decoder_inner=32,
    )


def small_network(seed: int = 0) -> Network:
    torch.manual_seed(seed)
    return Network(build(small_architecture()).eval(), small_tokenizer(), {})


def small_plans(seed: int = 0) -> LoadedPlans:
    torch.manual_seed(seed)
    size = replace(small_architecture(), wire_positions=MOST_TOKENS + 1)
    return LoadedPlans(PlanNetwork(size).eval(), small_tokenizer(), {})

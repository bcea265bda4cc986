"""The predictors' attention, written out for few rows, against the library's."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from world_model.base import seeded
from world_model.predictor import Attention, TokenPredictor, relative


def attended(layer: Attention, x: Tensor, bias: Tensor) -> Tensor:
    query, key, value = (
        part.unflatten(-1, (layer.heads, -1)).transpose(1, 2) for part in layer.mix(layer.before(x)).chunk(3, dim=-1)
    )
    mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
    x = x + layer.out(mixed.transpose(1, 2).flatten(2))
    return x + layer.think(layer.after(x))


@pytest.mark.parametrize("rows", [1, 3, 8])
def test_attention_agrees_with_the_library(rows: int) -> None:
    torch.manual_seed(0)
    layer = Attention(64, 4)
    x = torch.randn(5, rows, 64, generator=seeded(1))
    bias = torch.randn(5, 4, rows, rows, generator=seeded(2))
    bias[:, :, :, 0] = bias[:, :, :, 0].masked_fill(torch.tensor(rows > 1), -1e4)
    assert torch.allclose(layer(x, bias), attended(layer, x, bias), atol=1e-5)


def test_gradients_agree_with_the_librarys() -> None:
    torch.manual_seed(0)
    layer = Attention(64, 4)
    bias = torch.randn(5, 4, 6, 6, generator=seeded(2))
    found: list[Tensor] = []
    for forward in (layer, lambda x, b: attended(layer, x, b)):
        x = torch.randn(5, 6, 64, generator=seeded(1)).requires_grad_()
        forward(x, bias).square().sum().backward()
        assert x.grad is not None
        found.append(x.grad)
    assert torch.allclose(found[0], found[1], rtol=1e-4, atol=1e-4)


def test_a_rigid_shift_of_everything_changes_nothing() -> None:
    points, reference = torch.randn(4, 3, 3, generator=seeded(3)), torch.randn(4, 1, 3, generator=seeded(4))
    shift = torch.tensor([0.25, -0.5, 0.125])
    assert torch.allclose(relative(points + shift, reference + shift), relative(points, reference), atol=1e-4)


@torch.no_grad()
def test_one_state_is_imagined_alike_alone_and_in_a_batch() -> None:
    torch.manual_seed(0)
    predictor = TokenPredictor(48, 2).eval()
    width = predictor.enter.in_features - 48 - 24
    tokens, geometry = torch.randn(6, 4, 48, generator=seeded(0)), torch.rand(6, 4, 3 + width, generator=seeded(1))
    ends = (torch.rand(6, 3, generator=seeded(2)), torch.rand(6, 3, generator=seeded(3)))
    context, present = torch.rand(6, 2, generator=seeded(4)), torch.ones(6, 4, dtype=torch.bool)
    together = predictor(tokens, geometry, ends, context, present)[0]
    for k in range(6):
        row = slice(k, k + 1)
        alone = predictor(tokens[row], geometry[row], (ends[0][row], ends[1][row]), context[row], present[row])[0]
        assert torch.allclose(alone, together[row], atol=1e-5)

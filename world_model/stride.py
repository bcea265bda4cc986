"""A stride of level 1 as one graph: propose a block of control steps, imagine it, read out where things are then.

The search takes ten strides one after the other, each for a handful of small states, and spends them on starting
operations rather than on arithmetic. Here the formulas of ``ProposalPolicy``, ``TokenPredictor`` and ``ReadOuts`` are
written down with few: what is linear is folded into the weights, attention among so few rows is products of all pairs
of them, and what only learning asks for (absent things, fates) is left out. A test holds the stride against those
modules; the numbers in it are theirs.

Letters as in ``world_model.base``; ``R`` = N + 1 rows, those of the things and the one of the action.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper, parser
from torch import Tensor, nn

from simulator.base import MAX_STEP, TOOL_CEILING, FloatArray
from world_model.base import BLOCK
from world_model.model import TOOL_FLOOR, TOOL_REACH, WorldModel
from world_model.predictor import FATES, LARGEST_LOGIT, Attention, TokenPredictor
from world_model.proposals import COMPONENTS, LOWEST_SPREAD, ProposalPolicy, grouped
from world_model.tokens import POSITION_SCALE, ReadOuts

Weights = Mapping[str, NDArray[np.float32] | NDArray[np.int64]]

LOUD = 1.0
"""What goes into the thought of constant size."""

HEAD = """<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>
stride (float[S,N,D] tokens, float[S,N,3] places, float[S,5] tool, float[1,N,4] size, int64 row, float[1,9] asked,
        float temperature, float[S,4] race, float[S,9] noise, float[S,3] coins, bool[S,1] led, float[S,9] lead,
        int64[4] query_shape, int64[4] key_shape, int64[4] value_shape, int64[3] rows_shape)
    => (float[S,3,4] block, float[S,N,D] tokens_after, float[S,N,3] places_after, float[S,5] tool_after)
"""

PROPOSE = """
    thing = Gather <axis = 1> (places, row)
    met = Concat <axis = 1> (tool, thing)
    linear_asked = MatMul (asked, linear_of_asked)
    linear = Gemm (met, linear_of_met, linear_asked)
    side, above, ahead, over = Split <axis = 1> (linear, linear_parts)
    distance = ReduceL2 <axes = [1], keepdims = 1> (ahead)
    length = Max (distance, tiny)
    along = Div (ahead, length)
    sides = Concat <axis = 1> (side, along)
    left = Gather <axis = 1> (sides, left_factor)
    right = Gather <axis = 1> (sides, right_factor)
    products = Mul (left, right)
    outlined = Gemm (asked, outline_of_asked, outline_else)
    weighed = Mul (products, outlined)
    pushing = Gemm (weighed, pushing_of_products, pushing_base)
    forward, behind_by = Split <axis = 1> (pushing, pushing_parts)
    step_back = Mul (along, behind_by)
    behind = Add (side, step_back)
    delta = Concat <axis = 1> (linear, behind, forward, distance)
    stretched = MatMul (delta, stretch)
    scaled = Tanh (stretched)
    near, rest = Split <axis = 1> (scaled, scaled_parts)
    tip, sucked, sealed = Split <axis = 1> (tool, tool_parts)
    rest_held = Mul (rest, sealed)
    aside = ReduceL2 <axes = [1], keepdims = 1> (side)
    push = Slice (asked, eight, nine, one)
    along_pushed = Mul (along, push)
    features = Concat <axis = 1> (delta, near, along, aside, tool, along_pushed, rest_held)
    base1 = Gemm (asked, policy_of_asked, policy_bias)
    sum1 = Gemm (features, policy_of_features, base1)
    hidden1 = com.microsoft.QuickGelu <alpha = 1.0> (sum1)
    sum2 = Gemm (hidden1, policy2, policy2_bias)
    hidden2 = com.microsoft.QuickGelu <alpha = 1.0> (sum2)
    mixture = Gemm (hidden2, policy3, policy3_bias)
    weight, gaussians = Split <axis = 1> (mixture, mixture_parts)
    cooled = Div (weight, temperature)
    hurry = Log (race)
    run = Sub (cooled, hurry)
    winner = ArgMax <axis = 1, keepdims = 1> (run)
    several = Reshape (gaussians, several_shape)
    chosen = GatherND <batch_dims = 1> (several, winner)
    mean, spread, suction = Split <axis = 1> (chosen, chosen_parts)
    soft = Softplus (spread)
    wide = Add (soft, lowest_spread)
    swing = Mul (noise, temperature)
    off = Mul (wide, swing)
    wanted = Add (mean, off)
    bounded = Clip (wanted, minus_one_real, one_real)
    drawn = Mul (bounded, max_step)
    moves = Where (led, lead, drawn)
    lean = Div (suction, temperature)
    odds = Sigmoid (lean)
    sucks = Less (coins, odds)
    on = Cast <to = 1> (sucks)
"""

MOVE = """
    move1, move2, move3 = Split <axis = 1> (moves, thirds)
    to1 = Add (tip, move1)
    up1 = Max (to1, lowest)
    tip1 = Min (up1, highest)
    to2 = Add (tip1, move2)
    up2 = Max (to2, lowest)
    tip2 = Min (up2, highest)
    to3 = Add (tip2, move3)
    up3 = Max (to3, lowest)
    tip3 = Min (up3, highest)
    moves3 = Reshape (moves, moves_shape)
    on3 = Unsqueeze (on, two)
    block = Concat <axis = 2> (moves3, on3)
    moved = Sub (tip3, tip)
"""

IMAGINE = """
    deed = Concat <axis = 1> (moves, on, tool, moved)
    act1 = Gemm (deed, act_of_deed, act_bias)
    act2 = com.microsoft.QuickGelu <alpha = 1.0> (act1)
    act3 = Gemm (act2, act_out, act_out_bias)
    act = Unsqueeze (act3, one)
    twice = MatMul (places, upper_and_centre)
    upper_by = MatMul (size, half_height)
    points = Add (twice, upper_by)
    ends2 = Concat <axis = 1> (tip, tip3)
    ends = Unsqueeze (ends2, one)
    seen = Sub (points, ends)
    seen_stretched = MatMul (seen, seen_stretch)
    seen_scaled = Tanh (seen_stretched)
    squares = Mul (seen, seen)
    flat = MatMul (squares, flat_of_squares)
    bells, plain = Split <axis = 2> (flat, flat_parts)
    bell = Exp (bells)
    lifted = Add (plain, least_square)
    far = Sqrt (lifted)
    described = Concat <axis = 2> (tokens, seen, seen_scaled, bell, far)
    entered_size = MatMul (size, enter_of_size)
    entered_base = Add (entered_size, enter_bias)
    entered = MatMul (described, enter)
    things = Add (entered, entered_base)
    rows = Concat <axis = 1> (things, act)
    ones = Unsqueeze (places, two)
    others = Unsqueeze (places, one)
    pairs = Sub (ones, others)
    pair_squares = Mul (pairs, pairs)
    pair_flat = MatMul (pair_squares, pair_flat_of_squares)
    pair_bells = Exp (pair_flat)
    pair_stretched = Mul (pairs, pair_stretch)
    pair_scaled = Tanh (pair_stretched)
    pair = Concat <axis = 3> (pair_bells, pair_scaled)
    pair_in = MatMul (pair, pair1)
    pair_sum = Add (pair_in, pair1_bias)
    pair_hidden = com.microsoft.QuickGelu <alpha = 1.0> (pair_sum)
    pair_out = MatMul (pair_hidden, pair2)
    pair_heads = Add (pair_out, pair2_bias)
    bias = Pad (pair_heads, pads)
    rows0 = Reshape (rows, flat_shape)
"""

LAYER = """
    calm{k} = LayerNormalization <axis = -1, epsilon = 1e-5> (rows{a}, gamma{a}, beta{a})
    mixed{k} = Gemm (calm{k}, mix{k}, mix{k}_bias)
    query_flat{k}, key_flat{k}, value_flat{k} = Split <axis = 1> (mixed{k}, mixed_parts)
    query{k} = Reshape (query_flat{k}, query_shape)
    key{k} = Reshape (key_flat{k}, key_shape)
    value{k} = Reshape (value_flat{k}, value_shape)
    matched{k} = Mul (query{k}, key{k})
    matches{k} = MatMul (matched{k}, by_head)
    logits{k} = Add (matches{k}, bias)
    bounded{k} = Clip (logits{k}, least_logit, largest_logit)
    weight{k} = Exp (bounded{k})
    whole{k} = ReduceSum <keepdims = 1> (weight{k}, two)
    share{k} = Div (weight{k}, whole{k})
    shares{k} = MatMul (share{k}, to_heads)
    parts{k} = Mul (shares{k}, value{k})
    heard{k} = ReduceSum <keepdims = 0> (parts{k}, two)
    heard_flat{k} = Reshape (heard{k}, heard_shape)
    rows{b} = Gemm (heard_flat{k}, out{k}, rows{a})
    clear{k} = LayerNormalization <axis = -1, epsilon = 1e-5> (rows{b}, gamma{b}, beta{b})
    think_in{k} = Gemm (clear{k}, think{k}, think{k}_bias)
    thought{k} = com.microsoft.QuickGelu <alpha = 1.0> (think_in{k})
    rows{c} = Gemm (thought{k}, conclude{k}, rows{b})
"""

LEAVE = """
    rows_after = Reshape (rows4, rows_shape)
    kept = Slice (rows_after, zero, minus_one, one)
    leaver = LayerNormalization <axis = -1, epsilon = 1e-5> (kept, gamma4, beta4)
    leaving = MatMul (leaver, leave)
    leave_sum = Add (leaving, leave_bias)
    change, gate = Split <axis = 2> (leave_sum, leave_parts)
    carried_share = Sigmoid (gate)
    carry_flat = MatMul (moved, transport)
    carry = Unsqueeze (carry_flat, one)
    carried = Mul (carried_share, carry)
    changed = Add (tokens, change)
    tokens_after = Add (changed, carried)
    reading = MatMul (tokens_after, read)
    read_sum = Add (reading, read_bias)
    straight, bend = Split <axis = 2> (read_sum, read_parts)
    bent = com.microsoft.QuickGelu <alpha = 1.0> (bend)
    correction = MatMul (bent, correct)
    places_after = Add (straight, correction)
    action = Slice (rows_after, minus_one, last, one)
    action_flat = Squeeze (action, one)
    seal_logit = Gemm (action_flat, seal, seal_bias)
    seal_odds = Sigmoid (seal_logit)
    still_on = Slice (on, two, three, one)
    holds = Mul (seal_odds, still_on)
    tool_after = Concat <axis = 1> (tip3, still_on, holds)
"""


def stride_graph(model: WorldModel) -> bytes:
    """Return the graph of a stride with the weights of ``model``, in ONNX's own encoding."""
    layers = "".join(LAYER.format(k=k, a=2 * k, b=2 * k + 1, c=2 * k + 2) for k in range(len(model.level1.layers)))
    graph = parser.parse_model(HEAD + "{" + PROPOSE + MOVE + IMAGINE + layers + LEAVE + "}")
    learned = (policy_weights(model.proposals), predictor_weights(model.level1), read_out_weights(model.readouts))
    for weights in (whole_numbers(model), real_numbers(), maps(), layer_weights(model.level1), *learned):
        graph.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in weights.items())
    onnx.helper.set_model_props(graph, {"hidden": str(model.config.hidden)})
    onnx.checker.check_model(graph)
    return graph.SerializeToString()


def whole_numbers(model: WorldModel) -> Weights:
    """Return axes, places and widths."""
    width, hidden, bend = model.config.width, model.config.hidden, model.readouts.correction[0].out_features
    drawn = 7 * BLOCK
    found = {
        "zero": [0], "one": [1], "two": [2], "three": [3], "eight": [8], "nine": [9], "tool_parts": [3, 1, 1],
        "minus_one": [-1], "last": [2**31], "linear_parts": [2, 1, 2, 3], "left_factor": [0, 1, 0, 1, 2, 3, 2],
        "right_factor": [2, 3, 3, 2, 2, 3, 3], "pushing_parts": [2, 1], "scaled_parts": [26, 3],
        "mixture_parts": [COMPONENTS, drawn * COMPONENTS], "several_shape": [-1, COMPONENTS, drawn],
        "chosen_parts": [3 * BLOCK, 3 * BLOCK, BLOCK], "thirds": [3, 3, 3], "moves_shape": [-1, BLOCK, 3],
        "flat_parts": [4, 2], "pads": [0, 0, 0, 0, 0, 1, 1, 0], "flat_shape": [-1, hidden],
        "heard_shape": [-1, hidden + 1], "mixed_parts": [hidden, hidden, hidden + 1], "leave_parts": [width, 1],
        "read_parts": [3, bend],
    }  # fmt: skip
    return {name: np.array(value, dtype=np.int64) for name, value in found.items()}


def real_numbers() -> Weights:
    """Return the constants of the formulas."""
    found = {
        "tiny": 1e-4, "lowest_spread": LOWEST_SPREAD, "minus_one_real": -1.0, "one_real": 1.0, "max_step": MAX_STEP,
        "least_square": 1e-8, "pair_stretch": 1 / 0.04, "least_logit": -LARGEST_LOGIT, "largest_logit": LARGEST_LOGIT,
        "lowest": [-TOOL_REACH, -TOOL_REACH, TOOL_FLOOR], "highest": [TOOL_REACH, TOOL_REACH, TOOL_CEILING],
        "pushing_base": [0.009, 0.0, 0.009 + 0.015], "outline_else": [1, 1, 1, 1, 0, 0, 0],
    }  # fmt: skip
    return {name: np.array(value, dtype=np.float32) for name, value in found.items()}


def maps() -> Weights:
    """Return what is linear in the formulas and not learned; rows are inputs, columns outputs."""
    xy, xyz, both = range(2), range(3), range(2)
    met = {(0, 0): 1, (1, 1): 1, (2, 2): 1, (2, 7): 1, (5, 0): -1, (6, 1): -1, (7, 2): -1, (7, 6): 1}
    met |= {(5 + k, 3 + k): -1 for k in xyz}
    asked = {(2, 2): -0.5, (2, 6): -0.5, (7, 6): -1, (7, 7): -1} | {(4 + k, 3 + k): 1 for k in xyz}
    pushing = {(0, 0): 1, (1, 0): 1, (2, 1): 1, (3, 1): -1} | {(k, c): 0.575 for k in (4, 5, 6) for c in (0, 2)}
    stretch = {(k, k): 1 / 0.04 for k in range(13)} | {(k, 13 + k): 1 / 0.008 for k in range(13)}
    stretch |= {(3 + k, 26 + k): 1 / 0.02 for k in xyz}
    seen = {(3 * p + k, 6 * p + 3 * s + k): 1 / near for p in both for k in xyz for s, near in enumerate((0.02, 0.06))}
    flat = {(3 * p + k, 2 * p + w): -0.5 / wide**2 for p in both for k in xy for w, wide in enumerate((0.01, 0.03))}
    flat |= {(3 * p + k, 4 + p): 1 for p in both for k in xy}
    return {
        "linear_of_met": matrix(8, 8, met),
        "linear_of_asked": matrix(9, 8, asked),
        "outline_of_asked": matrix(9, 7, {(0, 4): 1, (1, 5): 1, (3, 6): 2}),
        "pushing_of_products": matrix(7, 3, pushing),
        "stretch": matrix(13, 29, stretch),
        "upper_and_centre": matrix(3, 6, {(k, 3 * p + k): 1 for p in both for k in xyz}),
        "half_height": matrix(4, 6, {(2, 2): 0.5}),
        "seen_stretch": matrix(6, 12, seen),
        "flat_of_squares": matrix(6, 6, flat),
        "pair_flat_of_squares": matrix(3, 2, {(k, w): -1 / s for k in xy for w, s in enumerate((0.0018, 0.0128))}),
    }


def matrix(rows: int, columns: int, entries: Mapping[tuple[int, int], float]) -> FloatArray:
    """Return the matrix with ``entries`` and zeros elsewhere."""
    made = np.zeros((rows, columns), dtype=np.float32)
    for place, value in entries.items():
        made[place] = value
    return made


def weighed(layer: nn.Module) -> tuple[FloatArray, FloatArray]:
    """Return the weight ``[X, Y]``, inputs first, and the bias ``[Y]`` of a trained linear layer."""
    assert isinstance(layer, nn.Linear)
    return single(layer.weight).T, single(layer.bias)


def single(weight: Tensor) -> FloatArray:
    """Return a weight as an array."""
    return weight.detach().numpy().astype(np.float32)


def policy_weights(policy: ProposalPolicy) -> Weights:
    """Return the weights of the proposals, whose input ``world_model.proposals.describe`` defines."""
    (into, bias), (second, second_bias), (out, out_bias) = (weighed(policy.net[k]) for k in (0, 2, 4))
    scales = np.empty_like(into[:39])
    scales[grouped(torch.device("cpu")).numpy()] = into[:39]
    tool, asked = np.zeros((5, len(bias)), dtype=np.float32), np.zeros((9, len(bias)), dtype=np.float32)
    tool[2:] = into[42] / 0.1 + into[49] / 0.02, into[44] - into[53], into[45]
    asked[2], asked[8] = into[43] / 0.04, into[46]
    rows = [scales[:13] / 0.1, scales[13:], into[39:41], into[41:42] / 0.1, tool, into[47:49], into[50:53]]
    spread = np.zeros((COMPONENTS, 1 + 7 * BLOCK), dtype=np.float32)
    spread[:, 1 + 3 * BLOCK : 1 + 6 * BLOCK] = -1.5
    mixed = [part.reshape(-1, COMPONENTS, 1 + 7 * BLOCK) for part in (out, out_bias + spread.ravel())]
    third, third_bias = (np.concatenate([w[..., 0], w[..., 1:].reshape(len(w), -1)], axis=1) for w in mixed)
    return {
        "policy_of_features": np.concatenate(rows),
        "policy_of_asked": asked,
        "policy_bias": bias + into[53] - into[49] * np.float32(0.004 / 0.02),
        "policy2": second, "policy2_bias": second_bias, "policy3": third, "policy3_bias": third_bias[0],
    }  # fmt: skip


def predictor_weights(predictor: TokenPredictor) -> Weights:
    """Return the weights with which the action, things and pairs of them enter the predictor, and leave it."""
    (act, act_bias), (act_out, act_out_bias) = weighed(predictor.act[0]), weighed(predictor.act[2])
    (pair, pair_bias), (pair_out, pair_out_bias) = weighed(predictor.pair[0]), weighed(predictor.pair[2])
    (enter, enter_bias), (leave, leave_bias) = weighed(predictor.enter), weighed(predictor.leave[1])
    seal, seal_bias = weighed(predictor.seal)
    tool = np.zeros((5, len(act_bias)), dtype=np.float32)
    tool[2], tool[3:] = act[14] / 0.1, act[12:14]
    tokens, up, mid, size = np.split(enter, [len(enter) - 28, len(enter) - 16, len(enter) - 4])
    seen = [up[:3] / POSITION_SCALE, mid[:3] / POSITION_SCALE, up[3:9], mid[3:9]]
    bells = [up[9:11], mid[9:11], up[11:], mid[11:]]
    transport = single(predictor.transport.weight).T
    return {
        "act_of_deed": np.concatenate([act[:9] / MAX_STEP, act[9:12], tool, act[15:] / POSITION_SCALE]),
        "act_bias": act_bias, "act_out": act_out, "act_out_bias": act_out_bias,
        "enter": np.concatenate([tokens, *seen, *bells]), "enter_of_size": size / 0.04, "enter_bias": enter_bias,
        "pair1": pair, "pair1_bias": pair_bias, "pair2": pair_out, "pair2_bias": pair_out_bias,
        "leave": leave[:, :-FATES], "leave_bias": leave_bias[:-FATES], "seal": seal, "seal_bias": seal_bias,
        "transport": transport / np.float32(POSITION_SCALE),
    }  # fmt: skip


def layer_weights(predictor: TokenPredictor) -> Weights:
    """Return the weights of the predictor's layers and norms.

    The biases of what is added to the rows come in as one more input that is always 1: a value that every row hears in
    full, since the shares of what it hears sum to 1, and a thought of constant size.
    """
    layers = [layer for layer in predictor.layers if isinstance(layer, Attention)]
    norms = [norm for layer in layers for norm in (layer.before, layer.after)]
    norms += [norm for norm in predictor.leave if isinstance(norm, nn.LayerNorm)]
    found = {f"gamma{k}": single(norm.weight) for k, norm in enumerate(norms)}
    found |= {f"beta{k}": single(norm.bias) for k, norm in enumerate(norms)}
    count, width = layers[0].heads, layers[0].out.in_features
    heads = np.repeat(np.eye(count, dtype=np.float32), width // count, axis=0)
    found["by_head"] = heads * np.float32((width // count) ** -0.5)
    found["to_heads"] = np.concatenate([heads.T, np.eye(count, 1, dtype=np.float32)], axis=1)
    for k, layer in enumerate(layers):
        found[f"mix{k}"], found[f"mix{k}_bias"] = with_constant(*weighed(layer.mix), 1.0)
        found[f"out{k}"] = np.vstack(weighed(layer.out))
        found[f"think{k}"], found[f"think{k}_bias"] = with_constant(*weighed(layer.think[0]), LOUD)
        conclude, bias = weighed(layer.think[2])
        found[f"conclude{k}"] = np.vstack([conclude, bias / np.float32(LOUD / (1 + math.exp(-LOUD)))])
    return found


def with_constant(weight: FloatArray, bias: FloatArray, value: float) -> tuple[FloatArray, FloatArray]:
    """Return a linear layer with one more output, always ``value``."""
    return np.pad(weight, ((0, 0), (0, 1))), np.append(bias, np.float32(value))


def read_out_weights(readouts: ReadOuts) -> Weights:
    """Return the weights that read positions in metres off tokens: the linear part beside the first of the rest."""
    straight, straight_bias = weighed(readouts.position)
    (bend, bend_bias), (correct, correct_bias) = weighed(readouts.correction[0]), weighed(readouts.correction[2])
    return {
        "read": np.concatenate([straight * POSITION_SCALE, bend], axis=1),
        "read_bias": np.concatenate([(straight_bias + correct_bias) * POSITION_SCALE, bend_bias]),
        "correct": correct * POSITION_SCALE,
    }

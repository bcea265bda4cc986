"""The world model as the search uses it, compiled: ONNX graphs of its calls, run by ONNX Runtime.

The search takes many small steps, in which PyTorch spends its time on dispatching a hundred operations rather than on
their arithmetic. The graphs of its four calls are written once, with the checkpoint; that of a whole stride is written
in few operations (``world_model.stride``) and put together when a checkpoint is loaded. All else about the model stays
in PyTorch.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from world_model.base import BLOCK, Belief
from world_model.card import GraphName, read_card
from world_model.errors import CheckpointError
from world_model.model import LatentState, Lead, Stride, WorldModel
from world_model.proposals import COLDEST, Aim, Chance, ProposalPolicy, chance
from world_model.stride import stride_graph

OPSET = 17
"""Version of the ONNX operators the graphs are written in."""
WEIGHTS = "weights.safetensors"
"""File of the weights, beside the graphs."""
MARK = "weights"
"""Key under which a graph names the weights it was written from."""
REWRITE = "Use the packaged checkpoint, or train one with `hybrid train --preset cpu`."
HIDDEN = "hidden"
"""Key under which the graph of a stride names the width of its rows."""
STATE = ("tokens", "size", "tool", "present")
DRAWN = ("tool", "thing", "outline", "target", "clearance", "push", "temperature", "race", "noise", "coins")
AGREEMENT = 1e-4
"""How far what a graph computes may be from what the model does; rounding is a hundred times less."""
OF_THINGS = ("tokens", "size", "present")
"""Inputs whose second axis is that of things; all others have only rows, or are a number."""


class _Draw(nn.Module):
    """``ProposalPolicy.draw`` on bare tensors, those of ``DRAWN``."""

    def __init__(self, policy: ProposalPolicy) -> None:
        super().__init__()
        self.policy = policy

    def forward(self, tool: Tensor, *rest: Tensor) -> Tensor:
        return self.policy.draw(tool, Aim(*rest[:5]), rest[5], Chance(*rest[6:]))


class _Transition(nn.Module):
    """``after_block`` or ``after_manipulation`` on bare tensors, those of ``STATE`` and the action."""

    def __init__(self, model: WorldModel, *, whole: bool) -> None:
        super().__init__()
        self.model, self.whole = model, whole

    def forward(
        self, tokens: Tensor, size: Tensor, tool: Tensor, present: Tensor, action: Tensor
    ) -> tuple[Tensor, ...]:
        state = LatentState.of(tokens, size, tool, present)
        after = (self.model.after_manipulation if self.whole else self.model.after_block)(state, action)[0]
        return after.tokens, after.tool, after.fate


class _Where(nn.Module):
    """``WorldModel.where`` as a module."""

    def __init__(self, model: WorldModel) -> None:
        super().__init__()
        self.readouts = model.readouts

    def forward(self, tokens: Tensor) -> Tensor:
        return self.readouts.where(tokens)


@dataclass(frozen=True)
class Call:
    """One of the model's calls on bare tensors.

    Attributes:
        module: what it computes.
        example: inputs by name, in the order in which it takes them.
    """

    module: nn.Module
    example: dict[str, Tensor]

    @torch.no_grad()
    def answers(self) -> tuple[Tensor, ...]:
        """Return what the model answers to the example."""
        answer = self.module(*self.example.values())
        return answer if isinstance(answer, tuple) else (answer,)


def calls(model: WorldModel) -> dict[GraphName, Call]:
    """Return the calls of ``model`` that are written as graphs."""
    rows, things = 2, 3
    tokens, size = torch.zeros(rows, things, model.config.width), torch.full((rows, things, 4), 0.04)
    state = (tokens, size, torch.zeros(rows, 5), torch.ones(rows, things, dtype=torch.bool))
    aim = (torch.zeros(rows, 3), torch.zeros(rows, 4), torch.zeros(rows, 3), torch.zeros(rows), torch.zeros(rows))
    luck = chance(rows, torch.Generator().manual_seed(0))
    drawn = (state[2], *aim, torch.ones(()), luck.race, luck.noise, luck.coins)
    block, manipulation = torch.zeros(rows, BLOCK, 4), torch.zeros(rows, 8)
    made: dict[GraphName, tuple[nn.Module, tuple[str, ...], tuple[Tensor, ...]]] = {
        "proposals": (_Draw(model.proposals), DRAWN, drawn),
        "block": (_Transition(model, whole=False), (*STATE, "action"), (*state, block)),
        "manipulation": (_Transition(model, whole=True), (*STATE, "action"), (*state, manipulation)),
        "where": (_Where(model), STATE[:1], state[:1]),
    }
    return {
        name: Call(module.eval(), dict(zip(inputs, example, strict=True)))
        for name, (module, inputs, example) in made.items()
    }


def write_graphs(folder: Path, model: WorldModel) -> dict[GraphName, str]:
    """Write the graphs of ``model`` beside its weights in ``folder``, marked with the digest of the latter.

    Returns:
        The digest of every graph.
    """
    weights, digests = digest_of(folder / WEIGHTS), dict[GraphName, str]()
    for name, call in calls(model).items():
        path = folder / f"{name}.onnx"
        write_graph(path, call, weights)
        digests[name] = digest_of(path)
    return digests


def write_graph(path: Path, call: Call, weights: str) -> None:
    """Trace ``call`` and write its graph to ``path``, marked with the digest of its ``weights``."""
    free = {name: {0: "rows", 1: "things"} if name in OF_THINGS else {0: "rows"} for name in call.example}
    free.pop("temperature", None)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            call.module, tuple(call.example.values()), str(path), input_names=list(call.example), dynamic_axes=free,
            opset_version=OPSET, dynamo=False,
        )  # fmt: skip
    graph = onnx.load(str(path))
    onnx.helper.set_model_props(graph, {MARK: weights})
    onnx.save(graph, str(path))


def digest_of(path: Path) -> str:
    """Return what names the content of the file at ``path``."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def session_of(graph: bytes) -> onnxruntime.InferenceSession:
    """Return ``graph`` ready to run on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


class Graph:
    """One graph on one thread.

    Args:
        path: of the graph.
        weights: digest of those it must have been written from.
        digest: of the graph itself; None where the card names none.

    Raises:
        CheckpointError: there is no such graph, it has changed since it was written, or it belongs to other weights.
    """

    def __init__(self, path: Path, weights: str, digest: str | None) -> None:
        self.path, field = path, f"checkpoint.{path.stem}"
        if not path.is_file():
            raise CheckpointError(field, f"there is no {path.name} beside the weights", REWRITE)
        if digest is not None and digest_of(path) != digest:
            raise CheckpointError(field, f"{path.name} is not the graph that the card names", REWRITE)
        try:
            self.session = session_of(path.read_bytes())
        except Exception as error:
            raise CheckpointError(field, f"{path.name} cannot be read", REWRITE) from error
        if self.session.get_modelmeta().custom_metadata_map.get(MARK) != weights:
            raise CheckpointError(field, f"{path.name} belongs to other weights", REWRITE)
        self.inputs = [value.name for value in self.session.get_inputs()]

    def __call__(self, **inputs: Tensor) -> list[Tensor]:
        """Return the graph's outputs; an input that it does not need is ignored."""
        out = self.session.run(None, {name: inputs[name].numpy() for name in self.inputs})
        return [torch.from_numpy(value) for value in out]

    def try_out(self, call: Call) -> None:
        """Compute the example of ``call`` as the search would.

        Raises:
            CheckpointError: the graph cannot, or comes to another answer than the model.
        """
        field, wanted = f"checkpoint.{self.path.stem}", call.answers()
        try:
            found = self(**call.example)
        except Exception as error:
            raise CheckpointError(field, f"{self.path.name} does not take what it is given", REWRITE) from error
        same = len(found) == len(wanted) and all(
            one.shape == other.shape and torch.allclose(one, other, atol=AGREEMENT)
            for one, other in zip(found, wanted, strict=True)
        )
        if not same:
            raise CheckpointError(field, f"{self.path.name} does not compute what the model does", REWRITE)


class CompiledProposals:
    """Implements ``planner.base.Proposals`` with a graph of the trained policy."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def sample(self, tool: Tensor, aim: Aim, *, temperature: float, generator: torch.Generator) -> Tensor:
        """Sample blocks ``[B, K, A]`` for proprioception ``[B, P]``; sharper for ``temperature`` < 1."""
        luck = chance(len(tool), generator)
        return self.graph(
            tool=tool, thing=aim.thing, outline=aim.size, target=aim.target, clearance=aim.clearance, push=aim.push,
            temperature=torch.tensor(max(temperature, COLDEST)), race=luck.race, noise=luck.noise, coins=luck.coins,
        )[0]  # fmt: skip


class CompiledStrider:
    """Takes strides towards one aim; implements ``planner.base.Strider``.

    Args:
        session: the graph of a stride.
        start: where the first stride begins; what does not change while imagining is taken from it.
        row: of the thing to move.
        aim: what is asked for, a batch of one; where the thing is comes from the positions of each stride.
        temperature: sharpness of the proposals.
    """

    def __init__(
        self, session: onnxruntime.InferenceSession, start: LatentState, row: int, aim: Aim, temperature: float
    ) -> None:
        rows, hidden = start.tokens.shape[1] + 1, session.get_modelmeta().custom_metadata_map[HIDDEN]
        asked = torch.cat([aim.size, aim.target, aim.clearance[:, None], aim.push[:, None]], dim=-1)
        self.session = session
        self.fed = {
            "size": start.size[:1].numpy(),
            "row": np.array(row),
            "asked": asked.numpy(),
            "temperature": np.array(max(temperature, COLDEST), dtype=np.float32),
            "query_shape": np.array([-1, rows, 1, int(hidden)]),
            "key_shape": np.array([-1, 1, rows, int(hidden)]),
            "value_shape": np.array([-1, 1, rows, int(hidden) + 1]),
            "rows_shape": np.array([-1, rows, int(hidden)]),
        }

    def __call__(
        self, state: LatentState, positions: Tensor, generator: torch.Generator, lead: Lead | None = None
    ) -> Stride:
        """Take a stride from ``state`` with things at ``positions [S, N, 3]``, metres, led where ``lead`` says."""
        luck = chance(len(positions), generator)
        fed = self.fed
        fed["tokens"], fed["places"], fed["tool"] = state.tokens.numpy(), positions.numpy(), state.tool.numpy()
        fed["race"], fed["noise"], fed["coins"] = luck.race.numpy(), luck.noise.numpy(), luck.coins.numpy()
        rows, moves = free(len(positions)) if lead is None else (lead.rows.numpy(), lead.moves.numpy())
        fed["led"], fed["lead"] = rows[:, None], moves.reshape(-1, 3 * BLOCK)
        block, tokens, places, tool = self.session.run(None, fed)
        after = LatentState(torch.from_numpy(tokens), state.size, torch.from_numpy(tool), state.present, state.fate)
        return Stride(torch.from_numpy(block), after, torch.from_numpy(places))


@cache
def free(rows: int) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Return a lead ``[rows]``, ``[rows, K, 3]`` that leads none."""
    return np.zeros(rows, dtype=np.bool_), np.zeros((rows, BLOCK, 3), dtype=np.float32)


class CompiledModel:
    """Implements ``planner.base.Dynamics`` with the graphs of a trained model.

    Args:
        model: turns beliefs into states.
        folder: of its checkpoint.

    Raises:
        CheckpointError: a graph is missing, has changed, belongs to other weights or computes something else.
    """

    def __init__(self, model: WorldModel, folder: Path) -> None:
        self.model = model
        weights, digests = digest_of(folder / WEIGHTS), read_card(folder).graphs
        made = calls(model)
        graphs = {name: Graph(folder / f"{name}.onnx", weights, digests.get(name)) for name in made}
        for name, call in made.items():
            graphs[name].try_out(call)
        self.block, self.manipulation, self.place = graphs["block"], graphs["manipulation"], graphs["where"]
        self.proposals = CompiledProposals(graphs["proposals"])
        self.stride = session_of(stride_graph(model))

    def begin(self, belief: Belief) -> LatentState:
        """Return ``belief`` as a batch of one state to imagine from."""
        return self.model.begin(belief)

    def after_block(self, state: LatentState, actions: Tensor) -> tuple[LatentState]:
        """Imagine one block of control steps ``[B, K, A]``."""
        return (self._after(self.block, state, actions),)

    def after_manipulation(self, state: LatentState, manipulation: Tensor) -> tuple[LatentState]:
        """Imagine whole manipulations ``[B, M]``."""
        return (self._after(self.manipulation, state, manipulation),)

    def where(self, tokens: Tensor) -> Tensor:
        """Return positions ``[B, N, 3]`` in metres of tokens ``[B, N, D]``."""
        return self.place(tokens=tokens)[0]

    def strider(self, start: LatentState, row: int, aim: Aim, temperature: float) -> CompiledStrider:
        """Return what takes strides from ``start`` towards ``aim`` (a batch of one) for the thing ``row``."""
        return CompiledStrider(self.stride, start, row, aim, temperature)

    def _after(self, graph: Graph, state: LatentState, action: Tensor) -> LatentState:
        if state.tokens.shape[1] == 0:
            whole = graph is self.manipulation
            return (self.model.after_manipulation if whole else self.model.after_block)(state, action)[0]
        tokens, tool, fate = graph(
            tokens=state.tokens, size=state.size, tool=state.tool, present=state.present, action=action
        )
        return LatentState(tokens, state.size, tool, state.present, fate)

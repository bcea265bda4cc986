"""A hand-written transition in the learned model's place: what geometry alone says, the control it must beat.

What is gripped goes along rigidly, what the tool runs into moves ahead of it, what is let go of comes down on the
highest thing under it; nothing else ever moves, and nothing topples, slips or rolls (EVIDENCE 4b: with clean
pick-and-place such a transition did as well as a learned one).

Its tokens ``[N, D]`` are (x, y, z in metres, held, movable, container); all flags are 0 or 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from planner.base import Proposals
from simulator.base import CONTAINERS, MAX_STEP, MOVABLE, TOOL_CEILING
from world_model.base import BLOCK, Belief
from world_model.model import TOOL_FLOOR, TOOL_REACH, LatentState, path
from world_model.outline import outlines_of

GRIP_GAP = 0.008
"""Largest height of the tip above or below an upper face at which suction seals, metres; the gripper's data sheet."""
GRIP_RADIUS = 0.015
"""Largest horizontal distance of the tip from a thing's axis at which suction seals, metres; the same."""
GRIP_SHARE = 0.4
"""The same as a share of the thing's smallest extent; the same."""
TOOL_RADIUS = 0.009
"""Radius of the tool, metres."""
FLOOR = 0.004
"""Thickness of a container's floor, metres."""
UNDER = 0.01
"""What is let go of comes to rest on things whose upper face is at most this far above its lower one, metres."""
PARTS = 2
"""Places along one control step at which contact is looked for: 2 cm at full speed, half of a usual thing."""
RETREAT = 0.1
"""Height of the tip above the target after a manipulation, metres, as the learned model leaves it."""
LOWEST, HIGHEST = (-TOOL_REACH, -TOOL_REACH, TOOL_FLOOR), (TOOL_REACH, TOOL_REACH, TOOL_CEILING)
"""Corners of the box the tip stays in, metres."""
HELD, MOVES, HOLLOW = 3, 4, 5
"""Which parts of a token say that the thing is held, that it can be moved, that things lie in it."""


@dataclass(frozen=True)
class GeometricDynamics:
    """Implements ``planner.base.Dynamics`` without learning.

    Attributes:
        proposals: suggest control steps; learned ones, so that only the transition differs.
    """

    proposals: Proposals

    def begin(self, belief: Belief) -> LatentState:
        """Return the believed things as a batch of one state."""
        things = belief.scene.things
        holds = belief.held
        rows = [
            [*t.position, float(row == holds), float(t.kind in MOVABLE), float(t.kind in CONTAINERS)]
            for row, t in enumerate(things)
        ]
        tokens = torch.tensor(rows, dtype=torch.float32).view(1, -1, 6)
        size = outlines_of(things)[None]
        return LatentState.of(tokens, size, belief.tool[None], torch.ones(1, len(things), dtype=torch.bool))

    def where(self, tokens: Tensor) -> Tensor:
        """Return the positions ``[..., 3]`` that tokens begin with, metres."""
        return tokens[..., :3]

    def after_block(self, state: LatentState, actions: Tensor) -> tuple[LatentState]:
        """Move the tool along ``actions [B, K, A]``, and what it holds or runs into with it."""
        tokens, tip = state.tokens.clone(), state.tool[:, :3]
        if tokens.shape[1] == 0:
            commanded = torch.cat([path(tip, actions)[:, -1], torch.zeros_like(state.tool[:, 3:])], dim=-1)
            return (LatentState.of(tokens, state.size, commanded, state.present),)
        for k in range(BLOCK):
            for _ in range(PARTS):
                tokens, tip = after_part(tokens, state.size, tip, actions[:, k])
        suction = (actions[:, -1, 3:] > 0.5).float()
        sealed = tokens[..., HELD].amax(1, keepdim=True)
        return (LatentState.of(tokens, state.size, torch.cat([tip, suction, sealed], dim=-1), state.present),)

    def after_manipulation(self, state: LatentState, manipulation: Tensor) -> tuple[LatentState]:
        """Put the topmost thing under the grip at the target: resting there, or as high as it was when pushed."""
        tokens, size = state.tokens.clone(), state.size
        start, target, push = manipulation[:, 1:4], manipulation[:, 4:7], manipulation[:, :1]
        tool = torch.cat([target[:, :2], target[:, 2:] + RETREAT, torch.zeros_like(target[:, :2])], dim=-1)
        if tokens.shape[1] > 0:
            near = within_grip(tokens, size, start)
            row, found = highest(tops(tokens, size), near)
            moved = tokens[torch.arange(len(tokens)), row]
            lifted = torch.cat([target[:, :2], moved[:, 2:3]], dim=-1)
            landed = settled(tokens, size, row, lifted, ceiling=None)
            after = torch.where(push > 0.5, lifted, landed)
            tokens[torch.arange(len(tokens)), row, :3] = torch.where(found[:, None], after, moved[:, :3])
            tokens[..., HELD] = 0.0
        return (LatentState.of(tokens, size, tool, state.present),)


def tops(tokens: Tensor, size: Tensor) -> Tensor:
    """Return ``[B, N]``: heights of the upper faces, metres."""
    return tokens[..., 2] + size[..., 2] / 2


def inner(size: Tensor) -> Tensor:
    """Return ``[B, N]``: radii of the circles inside the outlines, metres."""
    return size[..., :2].amin(-1) / 2


def within_grip(tokens: Tensor, size: Tensor, tip: Tensor) -> Tensor:
    """Return ``[B, N]`` bool: movable things whose axis is near enough to ``tip [B, 3]`` for suction to seal."""
    aside = (tokens[..., :2] - tip[:, None, :2]).norm(dim=-1)
    reach = (GRIP_SHARE * size[..., :3].amin(-1)).clamp(max=GRIP_RADIUS)
    return (aside <= reach) & (tokens[..., MOVES] > 0.5)


def highest(heights: Tensor, among: Tensor) -> tuple[Tensor, Tensor]:
    """Return the row ``[B]`` of the greatest height ``[B, N]`` among the marked, and whether any is marked."""
    value, row = torch.where(among, heights, -torch.inf).max(dim=1)
    return row, value > -torch.inf


def settled(tokens: Tensor, size: Tensor, row: Tensor, place: Tensor, ceiling: Tensor | None) -> Tensor:
    """Return ``place [B, 3]`` at the height at which the thing ``row [B]`` rests on the highest thing under it.

    ``ceiling [B]`` is the height above which nothing counts as under it, metres; None for what comes from above all.
    """
    own = size[torch.arange(len(size)), row]
    apart = (tokens[..., :2] - place[:, None, :2]).norm(dim=-1)
    hollow = tokens[..., HOLLOW] > 0.5
    solid = tokens[..., MOVES] > 0.5
    bottom = tokens[..., 2] - size[..., 2] / 2
    surface = torch.where(hollow, bottom + FLOOR, tops(tokens, size))
    reach = torch.where(hollow, inner(size), inner(size) + own[:, None, :2].amin(-1) / 2)
    under = (apart < reach) & (hollow | solid)
    under[torch.arange(len(under)), row] = False
    if ceiling is not None:
        under &= surface <= ceiling[:, None]
    height = torch.where(under, surface, 0.0).amax(1)
    return torch.cat([place[:, :2], (height + own[:, 2] / 2)[:, None]], dim=-1)


def after_part(tokens: Tensor, size: Tensor, tip: Tensor, action: Tensor) -> tuple[Tensor, Tensor]:
    """Return the tokens ``[B, N, D]`` and the tip ``[B, 3]`` after a part of a control step ``[B, A]``."""
    low, high = tip.new_tensor(LOWEST), tip.new_tensor(HIGHEST)
    moved = torch.minimum(torch.maximum(tip + action[:, :3].clamp(-MAX_STEP, MAX_STEP) / PARTS, low), high)
    held = tokens[..., HELD] > 0.5
    moved = stopped(tokens, size, tip, moved, held)
    suction = action[:, 3] > 0.5
    tokens = released(tokens, size, held & ~suction[:, None])
    held = held & suction[:, None]
    carried = torch.where(held[..., None], tokens[..., :3] + (moved - tip)[:, None], tokens[..., :3])
    pushed = pushed_along(carried, tokens, size, tip, moved, held)
    sealing = suction & ~held.any(1)
    near = within_grip(torch.cat([pushed, tokens[..., 3:]], -1), size, moved)
    touching = (moved[:, None, 2] - tops(pushed, size)).abs() <= GRIP_GAP
    row, found = highest(tops(pushed, size), near & touching & sealing[:, None])
    fresh = torch.nn.functional.one_hot(row, tokens.shape[1]).bool() & found[:, None]
    return torch.cat([pushed, (held | fresh).float()[..., None], tokens[..., MOVES:]], dim=-1), moved


def stopped(tokens: Tensor, size: Tensor, tip: Tensor, moved: Tensor, held: Tensor) -> Tensor:
    """Return ``moved [B, 3]``, the tip or what it holds kept from sinking into what it comes down on."""
    over = (tokens[..., :2] - moved[:, None, :2]).norm(dim=-1) < inner(size)
    above = tip[:, None, 2] >= tops(tokens, size) - GRIP_GAP / 2
    blocking = over & above & ~held & (tokens[..., MOVES] > 0.5)
    floor = torch.where(blocking, tops(tokens, size), 0.0).amax(1)
    row, rows = held.float().argmax(1), torch.arange(len(held))
    carried = tokens[rows, row, :3]
    place = torch.cat([carried[:, :2] + (moved - tip)[:, :2], carried[:, 2:]], dim=-1)
    rest = settled(tokens, size, row, place, ceiling=carried[:, 2] - size[rows, row, 2] / 2 + UNDER)
    landed = tip[:, 2] + torch.minimum(rest[:, 2] - carried[:, 2], torch.zeros(()))
    floor = torch.where(held.any(1), landed, floor)
    return torch.cat([moved[:, :2], torch.maximum(moved[:, 2], floor)[:, None]], dim=-1)


def released(tokens: Tensor, size: Tensor, dropped: Tensor) -> Tensor:
    """Return the tokens after the things ``dropped [B, N]`` (at most one a row) came to rest straight below."""
    row = dropped.float().argmax(1)
    rows = torch.arange(len(tokens))
    place = tokens[rows, row, :3]
    bottom = place[:, 2] - size[rows, row, 2] / 2
    rest = settled(tokens, size, row, place, ceiling=bottom + UNDER)
    after = tokens.clone()
    after[rows, row, :3] = torch.where(dropped.any(1)[:, None], rest, place)
    return after


def pushed_along(positions: Tensor, tokens: Tensor, size: Tensor, tip: Tensor, moved: Tensor, held: Tensor) -> Tensor:
    """Return positions ``[B, N, 3]`` after what the tool ran into moved ahead of it, out of its way."""
    travel = (moved - tip)[:, :2]
    ahead = (travel / travel.norm(dim=-1, keepdim=True).clamp(min=1e-6))[:, None]
    offset = positions[..., :2] - moved[:, None, :2]
    reach = inner(size) + TOOL_RADIUS
    low, high = positions[..., 2] - size[..., 2] / 2, positions[..., 2] + size[..., 2] / 2
    level = (moved[:, None, 2] < high - GRIP_GAP / 2) & (moved[:, None, 2] > low - GRIP_GAP)
    hit = level & (offset.norm(dim=-1) < reach) & ~held & (tokens[..., MOVES] > 0.5)
    along = (offset * ahead).sum(-1)
    free = -along + (along.square() - offset.square().sum(-1) + reach.square()).clamp(min=0).sqrt()
    shift = torch.where(hit, free, 0.0)[..., None] * ahead
    return torch.cat([positions[..., :2] + shift, positions[..., 2:]], dim=-1)

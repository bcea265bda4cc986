"""Facts as energies over decoded positions: lower is better, 0 when satisfied with room to spare, metres otherwise.

The conditions are those of the language's relations (``simulator.predicates`` states them for true poses; a test
holds the two against each other), written for batches of imagined states. Each condition is a slack in metres and a
comfort: planning asks for the full comfort, so that perception's and the tool's errors do not tip a goal that was
just met; deciding that a goal is reached asks for a part of it. What orientation decides (outlines seen from above)
is taken from inscribed and circumscribed circles, because yaw is not perceived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from simulator.base import CONTAINERS, MOVABLE, Fact, Thing
from simulator.places import PLACE_RADIUS, PLACES, POINT_RADIUS
from world_model.errors import PerceptionError

CEILING = 0.30
"""Largest energy of one fact, metres: beyond it, further is not worse."""
BLOCKER = 0.06
"""Energy of one thing in the way (on what must move, or where it must go), metres: more than a placement's residue."""
DISTURBANCE = 0.5
"""Weight of moving what was not asked to move."""

HOVERING = 0.02
"""Least shortfall of something being clear that something is above, metres."""

Condition = tuple[Tensor, float]
"""Slack ``[S]`` in metres (>= 0 when the condition holds) and its comfort in metres."""


@dataclass(frozen=True)
class Table:
    """A batch of states in metres, with what does not change while imagining.

    Attributes:
        positions: ``[S, N, 3]`` centres.
        things: the ``N`` things as believed; sizes and kinds are read from them.
        size: ``[N, 3]``.
    """

    positions: Tensor
    things: tuple[Thing, ...]
    size: Tensor

    def row(self, name: str | float) -> int:
        """Return the row of a thing; raises ``PerceptionError`` when it is not believed to be there."""
        for row, thing in enumerate(self.things):
            if thing.id == name:
                return row
        raise PerceptionError(str(name), "it is not seen on the table", "Name a thing that is, or move what hides it.")

    def bottom(self, row: int) -> Tensor:
        """``[S]`` height of the lower face."""
        return self.positions[:, row, 2] - self.things[row].size[2] / 2

    def top(self, row: int) -> Tensor:
        """``[S]`` height of the upper face."""
        return self.positions[:, row, 2] + self.things[row].size[2] / 2

    def apart(self, a: int, b: int) -> Tensor:
        """``[S]`` horizontal distance of the centres."""
        return (self.positions[:, a, :2] - self.positions[:, b, :2]).norm(dim=-1)

    def radii(self, row: int) -> tuple[float, float]:
        """Return the radii of the inscribed and the circumscribed circle of the outline."""
        width, depth, _ = self.things[row].size
        if self.things[row].kind in ("cylinder", "ball", "bowl"):
            return max(width, depth) / 2, max(width, depth) / 2
        return min(width, depth) / 2, (width**2 + depth**2) ** 0.5 / 2


def table_of(things: Sequence[Thing], positions: Tensor | None = None) -> Table:
    """Return the table of believed things, at ``positions [S, N, 3]`` or where they are believed to be (``S`` = 1)."""
    if positions is None:
        positions = torch.tensor([[t.position for t in things]], dtype=torch.float32)
    return Table(positions, tuple(things), torch.tensor([t.size for t in things], dtype=torch.float32))


def fact_energy(fact: Fact, table: Table, comfort: float = 1.0) -> Tensor:
    """Return ``[S]``: metres ``fact`` is short of holding with ``comfort`` (1 to plan for, less to be content)."""
    shortfall = [torch.relu(comfort * wanted - slack) for slack, wanted in conditions(fact, table)]
    return torch.stack(shortfall).sum(0).clamp(max=CEILING)


def conditions(fact: Fact, table: Table) -> list[Condition]:
    """Return the conditions of ``fact``, whose conjunction is the relation."""
    names = fact.arguments
    if fact.relation in ("on", "in"):
        return rests_on(table, table.row(names[0]), table.row(names[1]))
    if fact.relation == "at":
        return at(table, fact)
    if fact.relation in DIRECTIONS:
        return towards(table, table.row(names[0]), table.row(names[1]), DIRECTIONS[fact.relation])
    if fact.relation == "clear":
        return clear(table, table.row(names[0]))
    rows = [table.row(name) for name in names]
    return SHAPES[fact.relation](table, rows)


def rests_on(table: Table, a: int, b: int) -> list[Condition]:
    """Conditions of resting on a solid, in a container, or within a zone."""
    kind, offset = table.things[b].kind, table.apart(a, b)
    inner, _ = table.radii(b)
    if kind == "zone":
        return [(inner - offset, min(0.015, inner / 2)), (0.012 - table.bottom(a).abs(), 0.003)]
    if kind in CONTAINERS:
        wall = 0.2 * inner if kind == "bowl" else 0.005
        low = table.bottom(a)
        return [(inner - wall - offset, 0.008), (table.top(b) - low, 0.006), (low - table.bottom(b) + 0.01, 0.002)]
    contact = 0.01 - (table.bottom(a) - table.top(b)).abs()
    return [(inner - offset, 0.55 * inner), (contact, 0.003)]


def at(table: Table, fact: Fact) -> list[Condition]:
    """Conditions of standing at a named place or a point, at rest."""
    a = table.row(fact.arguments[0])
    if len(fact.arguments) == 2:
        radius, comfort = PLACE_RADIUS, 0.025
    else:
        radius, comfort = POINT_RADIUS, 0.018
    offset = (table.positions[:, a, :2] - torch.tensor(point_of(fact))).norm(dim=-1)
    return [(radius - offset, comfort), (supported(table, a), 0.003)]


def supported(table: Table, a: int) -> Tensor:
    """Return ``[S]``: slack of being at rest height, on the table or on something under it."""
    others = [b for b in range(len(table.things)) if b != a]
    carried = [torch.stack([slack for slack, _ in rests_on(table, a, b)]).amin(0) for b in others]
    return torch.stack([0.012 - table.bottom(a).abs(), *carried]).amax(0)


DIRECTIONS = {"left_of": (0.0, 1.0), "right_of": (0.0, -1.0), "behind": (1.0, 0.0), "in_front_of": (-1.0, 0.0)}
"""Unit vectors (x, y) of the four directions."""


def towards(table: Table, a: int, b: int, direction: tuple[float, float]) -> list[Condition]:
    """Conditions of being further along ``direction`` by 2 cm, and further along than to the side."""
    delta = table.positions[:, a, :2] - table.positions[:, b, :2]
    along = delta @ torch.tensor(direction)
    across = (delta[:, 0] * direction[1] - delta[:, 1] * direction[0]).abs()
    return [(along - 0.02, 0.01), (along.abs() - across, 0.012)]


def next_to(table: Table, rows: list[int]) -> list[Condition]:
    """Conditions of being neighbours: at most 4 cm between the outlines, on one level, neither on the other."""
    a, b = rows
    (inner_a, outer_a), (inner_b, outer_b) = table.radii(a), table.radii(b)
    distance = table.apart(a, b)
    near = 0.04 - (distance - (inner_a + inner_b))
    level = 0.025 - (table.bottom(a) - table.bottom(b)).abs()
    return [(near, 0.006), (level, 0.008), (distance - (outer_a + outer_b), 0.001)]


def between(table: Table, rows: list[int]) -> list[Condition]:
    """Conditions of lying between two things: within the middle 60 % of their segment and 3 cm of it."""
    a, b, c = (table.positions[:, row, :2] for row in rows)
    span = c - b
    length = span.norm(dim=-1).clamp(min=1e-3)
    along = ((a - b) * span).sum(-1) / length
    aside = ((a - b) - along[:, None] * span / length[:, None]).norm(dim=-1)
    return [(along - 0.2 * length, 0.008), (0.8 * length - along, 0.008), (0.03 - aside, 0.015)]


def separate(table: Table, rows: list[int]) -> list[Condition]:
    """Conditions of being apart: at least 8 cm between the outlines."""
    a, b = rows
    return [(table.apart(a, b) - table.radii(a)[1] - table.radii(b)[1] - 0.08, 0.01)]


def clear(table: Table, a: int) -> list[Condition]:
    """Conditions of nothing resting on or in a thing: of every movable other, one of its resting conditions fails.

    What seems to hover over a container or zone stands on something there that is not seen.
    """
    hovering = above(table, a) & (table.things[a].kind not in MOVABLE)
    found: list[Condition] = []
    for b, thing in enumerate(table.things):
        if b != a and thing.kind in MOVABLE:
            slack = -torch.stack([slack for slack, _ in rests_on(table, b, a)]).amin(0)
            found.append((torch.where(hovering[:, b], slack.clamp(max=-HOVERING), slack), 0.004))
    return found or [(torch.ones(len(table.positions)), 0.0)]


def line(table: Table, rows: list[int]) -> list[Condition]:
    """Conditions of standing in a line: within 1.5 cm of the best-fit line, gaps of 1 mm to 12 cm."""
    points = table.positions[:, rows, :2]
    offsets = points - points.mean(1, keepdim=True)
    spread = offsets.square().sum(1)
    cross = (offsets[..., 0] * offsets[..., 1]).sum(1)
    angle = 0.5 * torch.atan2(2 * cross, spread[:, 0] - spread[:, 1])
    cosine, sine = angle.cos()[:, None], angle.sin()[:, None]
    along = cosine * offsets[..., 0] + sine * offsets[..., 1]
    aside = (cosine * offsets[..., 1] - sine * offsets[..., 0]).abs().amax(1)
    order = along.argsort(1)
    inner = torch.tensor([table.radii(row)[0] for row in rows])[order]
    outer = torch.tensor([table.radii(row)[1] for row in rows])[order]
    gaps = along.gather(1, order).diff(dim=1)
    tight = (gaps - outer[:, 1:] - outer[:, :-1]).amin(1)
    loose = (gaps - inner[:, 1:] - inner[:, :-1]).amax(1)
    return [(0.015 - aside, 0.008), (tight - 0.001, 0.002), (0.12 - loose, 0.01)]


SHAPES = {"next_to": next_to, "between": between, "apart": separate, "line": line}


ASTRIDE = 1.1
"""Reach of a thing as a multiple of its radius: what lies over it within that is believed to stand on it."""


def above(table: Table, row: int) -> Tensor:
    """Return ``[S, N]`` bool: which movable things stand on ``row`` (or on something that does).

    Of stacks that seem to reach into each other, what has its middle above the upper face of another stands on it; over
    a container or zone, whatever has its middle above the table stands on that.
    """
    inner, _ = table.radii(row)
    reach = torch.tensor([max(inner, table.radii(other)[0]) for other in range(len(table.things))])
    offset = (table.positions[..., :2] - table.positions[:, row : row + 1, :2]).norm(dim=-1)
    middle, lower = table.positions[..., 2], table.positions[..., 2] - table.size[:, 2] / 2
    if table.things[row].kind in MOVABLE:
        top = table.top(row)[:, None]
        higher = (lower > top - 0.015) | (middle > top)
    else:
        higher = middle > table.bottom(row)[:, None]
    movable = torch.tensor([thing.kind in MOVABLE for thing in table.things])
    found = (offset < ASTRIDE * reach) & higher & movable
    found[:, row] = False
    return found


def occupying(table: Table, fact: Fact) -> Tensor:
    """Return ``[S, N]`` bool: which movable things stand where ``fact`` (``at``) wants its thing to stand."""
    subject, point = table.row(fact.arguments[0]), torch.tensor(point_of(fact))
    reach = torch.tensor([table.radii(subject)[0] + table.radii(row)[0] for row in range(len(table.things))])
    low = table.positions[..., 2] - table.size[:, 2] / 2 < table.size[subject, 2]
    movable = torch.tensor([thing.kind in MOVABLE for thing in table.things])
    found = ((table.positions[..., :2] - point).norm(dim=-1) < reach) & low & movable
    found[:, subject] = False
    return found


def point_of(fact: Fact) -> tuple[float, float]:
    """Return the point that an ``at`` fact names, metres."""
    if len(fact.arguments) == 2:
        return PLACES[str(fact.arguments[1])]
    return float(fact.arguments[1]), float(fact.arguments[2])


def blockers(facts: Sequence[Fact], table: Table, energies: Tensor) -> Tensor:
    """Return ``[S]``: energy of things standing on what must still move or where it must go.

    ``energies [F, S]`` of the facts.
    """
    total = torch.zeros(len(table.positions))
    for fact, energy in zip(facts, energies, strict=True):
        if fact.relation in ("line", "held"):
            continue
        subject = table.row(fact.arguments[0])
        if fact.relation == "clear":
            total = total + BLOCKER * above(table, subject).sum(-1)
            continue
        count = above(table, subject).sum(-1)
        if fact.relation == "at":
            count = count + occupying(table, fact).sum(-1)
        if fact.relation in ("on", "in"):
            support = table.row(fact.arguments[1])
            if table.things[support].kind in MOVABLE:
                covering = above(table, support)
                covering[:, subject] = False
                count = count + covering.sum(-1)
        total = total + BLOCKER * count * (energy > 0)
    return total


def goal_energy(facts: Sequence[Fact], table: Table) -> Tensor:
    """Return ``[S]``: the energy of the goal that all ``facts`` hold, things in the way included."""
    energies = torch.stack([fact_energy(fact, table) for fact in facts])
    return energies.sum(0) + blockers(facts, table, energies)


def disturbance(table: Table, before: Tensor, free: Tensor, keep: Sequence[int]) -> Tensor:
    """Return ``[S]``: displacement (beyond 1 cm) of things that nobody asked to move; ``keep`` counts four times.

    Args:
        table: imagined states.
        before: ``[S, N, 3]`` positions at the beginning, metres.
        free: ``[S, N]`` bool, rows that may move.
        keep: rows that must not.
    """
    moved = torch.relu((table.positions - before).norm(dim=-1) - 0.01)
    weight = DISTURBANCE * (~free).float()
    weight[:, list(keep)] = 4 * DISTURBANCE
    return (moved * weight).sum(-1)

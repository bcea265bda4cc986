"""Perception: images and an expectation in, a belief out.

What is seen is matched to what was expected: a thing that is seen takes its new token; one that is hidden keeps its
imagined token (EVIDENCE 4b: this belief filter was the largest planning gain); one that is barely seen mixes both.
The first look lends the names of a declared scene to what is perceived, and the kind of a lone leftover of a colour;
positions and sizes always come from the images.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from simulator.base import MOVABLE, FloatArray, Observation, Scene, Thing
from world_model.acceptance import accept, accept_actions
from world_model.base import BLOCK, Belief
from world_model.errors import PerceptionError
from world_model.following import (
    NEAR,
    followed,
    holding,
    matched_alike,
    otherwise_tall,
    renamed,
    uncovered,
    united,
    upper_parts,
)
from world_model.inventory import hidden, leftovers, misread, no_doubles
from world_model.model import LatentState, WorldModel, token_error
from world_model.novelty import LATER, ODDITIES, oddities
from world_model.outline import outlines_of
from world_model.seeing import DOUBLE, NOBODY, STRANGER, Seen, at, discern
from world_model.stature import (
    FLAT,
    LOWEST,
    carriers,
    closed,
    evened,
    grounded,
    halved,
    rest_of,
    rounded,
    slimmed,
    stretched,
)
from world_model.surfaces import Look, ends_of, look_of, peak_of, top_of, vacated

CLEARLY_SEEN = 6.0
"""Summed cell weight from which an observed token replaces the imagined one outright (tuned on play seeds)."""
PLANK, SHORT = 1.5, 0.8
"""How often as long as broad a plank is at least; share of its length below which something hides an end of it."""
IMAGINED_SHARE = 0.7
"""Weight of the imagined token of a barely seen thing (EVIDENCE 4b)."""
CALIBRATE = "Put the cameras back, or calibrate them."
NOVEL = {
    "displaced": ("the tool is not seen where its joints say it is", CALIBRATE),
    "tilted": ("the table does not lie where the cameras should see it", CALIBRATE),
    "contradictory": ("the oblique camera shows what the one above does not", CALIBRATE),
    "miscoloured": ("a thing has a colour the model does not know", "Use the colours of the scene's schema."),
    "misshapen": ("a thing does not have the shape it seems to have", "Take away what is no block, ball or bowl."),
    "unexplained": (
        "something is no thing the model knows, or a camera is not where it should be",
        "Take it away, or put the cameras back.",
    ),
    "unsure": ("there is a thing whose kind or colour cannot be told", "Take it away, or move what hides it."),
}
"""What is wrong and what to do, for each oddity of a look; the first that applies is the most telling."""
VANISHED = 0.0
"""Confidence in a thing where other surfaces are seen in its place."""
UNEXPECTED = 2.0
"""Surprise, at least, of a thing that is gone and of one that nobody expected."""
INFERRED = 0.5
"""Confidence in a thing that nobody sees but that must be there."""
FRINGE = 0.02
"""How far outside the outline of a thing of its colour a double may lie, metres."""
UNUSUAL = 0.0025
"""How far off a height is read before the elevation image is believed instead, metres."""
TOOL_LIKE = ("black", "gray")
"""Colours the tool is taken for."""
TOOL_AROUND = 0.025
"""What has a colour of the tool is the tool this close to its axis, metres."""


class TokenPerceiver:
    """Implements ``Perceiver`` with a trained world model.

    Args:
        model: encodes, groups, reads out and imagines.
        imagines: what is not clearly seen is believed where it was imagined; without, where it was last seen.
        inventory: the first look lends a lone leftover of a colour the declared kind.
        wary: oddity from which a first look is refused, in units of held-out play (a later one at ``LATER`` times
            that); infinite to plan on blindly.
    """

    def __init__(self, model: WorldModel, *, imagines: bool = True, inventory: bool = True, wary: float = 3.0) -> None:
        self.model, self.imagines, self.inventory, self.wary = model, imagines, inventory, wary

    @torch.no_grad()
    def look(self, observation: Observation, *, expected: Belief | None = None, names: Scene | None = None) -> Belief:
        """Perceive ``observation``; see ``hybrid.base.Perceiver``.

        Raises:
            PerceptionError: see ``world_model.acceptance.accept``; also a first look at what the model does not know.
        """
        accept(observation, self.model.config.cameras)
        tool = torch.from_numpy(np.asarray(observation.proprioception, dtype=np.float32))
        known = expected.scene.things if expected is not None else names.things if names and self.inventory else ()
        seen, look = self.see(observation, Counter(thing.colour for thing in known))
        seen = self.measured(seen, look)
        if expected is not None:
            return self.trusted(self.updated(seen, look, tool, expected), look, self.wary * LATER)
        belief = first_belief(seen, tool, names, inventory=self.inventory)
        belief = self.settled(self.with_lent_balls(belief, look), names if self.inventory else None)
        return self.trusted(belief, look, torch.full_like(LATER, self.wary))

    def settled(self, belief: Belief, names: Scene | None) -> Belief:
        """Return a first ``belief`` with its stacks as tall as their blocks can be, and with what hides in them."""
        things = tuple(slimmed(belief.scene.things))
        if names is None:
            return self.resized(belief, stretched(evened(things)))
        if {thing.id for thing in names.things} <= {thing.id for thing in things}:
            return self.resized(belief, stretched(evened(closed(things))))
        for likely in (things, halved(things)):
            inferred = hidden(names.things, likely)
            if inferred is not None:
                return self.with_hidden(self.resized(belief, evened(likely)), *inferred)
        return self.resized(belief, evened(things))

    def with_hidden(self, belief: Belief, thing: Thing, like: int) -> Belief:
        """Return ``belief`` with a ``thing`` nobody sees, whose token is that of row ``like`` taken to its place."""
        token = self.model.relocated(belief.tokens[like], torch.tensor(thing.position))
        return replace(
            belief,
            tokens=torch.cat([belief.tokens, token[None]]),
            scene=Scene("belief", (*belief.scene.things, thing)),
            visible=torch.cat([belief.visible, torch.zeros(1, dtype=torch.bool)]),
            confidence=torch.cat([belief.confidence, torch.full((1,), INFERRED)]),
        )

    def with_lent_balls(self, belief: Belief, look: Look) -> Belief:
        """Return ``belief`` with round balls, also where their kind was lent by the declared scene."""
        things, under = list(belief.scene.things), carriers(belief.scene.things)
        lent = [row for row, thing in enumerate(things) if thing.kind == "ball" and len(set(thing.size)) > 1]
        if not lent:
            return belief
        for row in lent:
            if row not in under.values():
                thing = things[row]
                things[row] = rounded(thing, peak_of(look, thing), rest_of(things, row, under))
        return self.resized(belief, things)

    def resized(self, belief: Belief, things: Sequence[Thing]) -> Belief:
        """Return ``belief`` with its things read otherwise, ``things`` row by row, the tokens moved along."""
        if tuple(things) == belief.scene.things:
            return belief
        positions = torch.tensor([thing.position for thing in things]).view(-1, 3)
        tokens = self.model.relocated(belief.tokens, positions)
        return replace(belief, tokens=tokens, scene=Scene("belief", tuple(things)))

    def trusted(self, belief: Belief, look: Look, limits: Tensor) -> Belief:
        """Return ``belief``; refuse a look unlike those the model was trained on, naming what is odd and where.

        ``limits [7]`` are in units of what is usual. What is believed though hidden explains surfaces, no more.
        """
        confidence = torch.where(belief.visible, belief.confidence, 1.0)
        sizes, places = oddities(belief.scene.things, confidence, look, self.model.get_buffer("palette"))
        odd = (sizes / self.model.get_buffer("usual_oddities")).tolist()
        beyond = {name for name, size, limit in zip(ODDITIES, odd, limits.tolist(), strict=True) if size > limit}
        for name, (problem, remedy) in NOVEL.items():
            if name in beyond:
                row = ODDITIES.index(name)
                place = places[row]
                where = "" if place is None else f" at x {place[0]:.2f} m, y {place[1]:.2f} m"
                raise PerceptionError("observation", f"{problem}{where} ({odd[row]:.0f} times what is usual)", remedy)
        return belief

    def see(self, observation: Observation, counts: Mapping[str, int] = NOBODY) -> tuple[Seen, Look]:
        """Return what the images show, and their cells; ``counts`` as in ``discern``."""
        rgb = torch.from_numpy(np.ascontiguousarray(observation.rgb))[None]
        elevation = torch.from_numpy(np.ascontiguousarray(observation.elevation))[None]
        channels, points = self.model.geometry.channels(rgb, elevation)
        tool = torch.from_numpy(np.asarray(observation.proprioception, dtype=np.float32))
        return discern(self.model, channels, points, counts), look_of(self.model.geometry, channels, tool)

    def measured(self, seen: Seen, look: Look) -> Seen:
        """Return ``seen`` with uncovered cubes, cylinders and balls as high, and planks as long, as is seen from above.

        The network reads heights to a few millimetres, except where they are unusual, reads the walls of a bowl into
        the ball that lies in it, and now and then overlooks an end of a plank.
        """
        under = carriers(seen.things)
        things = list(seen.things)
        for row, thing in enumerate(things):
            if thing.kind == "ball" and row not in under.values():
                things[row] = rounded(thing, peak_of(look, thing), rest_of(things, row, under))
            top = top_of(look, thing) if thing.kind in FLAT and row not in under.values() else None
            if top is not None and abs(top - thing.top) > UNUSUAL and top - thing.bottom > LOWEST:
                taller = replace(thing, size=(*thing.size[:2], top - thing.bottom))
                taller = at(taller, torch.tensor((*thing.position[:2], (top + thing.bottom) / 2)))
                things[row] = taller if row in under else grounded(seen.things, taller)
            if thing.kind == "cube" and row not in under.values() and thing.size[0] > PLANK * thing.size[1]:
                things[row] = spanned(look, things[row])
        return self.reread(seen, things)

    def reread(self, seen: Seen, things: Sequence[Thing]) -> Seen:
        """Return ``seen`` read otherwise, ``things`` row by row, the tokens moved along."""
        positions = torch.tensor([thing.position for thing in things]).view(-1, 3)
        return replace(seen, things=tuple(things), tokens=self.model.relocated(seen.tokens, positions))

    def parted(self, seen: Seen, parts: Mapping[int, Thing]) -> Seen:
        """Return ``seen`` with its columns in ``parts`` read as those."""
        return self.reread(seen, [parts.get(k, thing) for k, thing in enumerate(seen.things)]) if parts else seen

    def updated(self, seen: Seen, look: Look, tool: Tensor, expected: Belief) -> Belief:
        """Return the belief after comparing what is seen with what was expected."""
        wholes, parts = united(expected.scene.things, seen)
        seen = self.parted(seen, wholes).without(parts)
        match = followed(expected.scene.things, seen)
        expected = replace(expected, scene=Scene("belief", renamed(expected.scene.things, seen, match)))
        seen = self.parted(seen, upper_parts(expected.scene.things, seen.things, match))
        tokens, things = expected.tokens.clone(), list(expected.scene.things)
        visible = torch.zeros(len(things), dtype=torch.bool)
        confidence, errors = expected.confidence.clone() * 0.98, [0.0]
        for row, column in match.items():
            share = IMAGINED_SHARE if self.imagines and seen.mass[column] < CLEARLY_SEEN else 0.0
            error = token_error(expected.tokens[row], seen.tokens[column])
            far = np.linalg.norm(np.subtract(things[row].position, seen.things[column].position)) > NEAR
            tokens[row] = seen.tokens[column] if far else share * tokens[row] + (1 - share) * seen.tokens[column]
            visible[row], confidence[row] = True, seen.confidence[column]
            errors.append(float(error / self.model.get_buffer("typical_error")[0]))
        clear = {row: column for row, column in match.items() if seen.mass[column] >= CLEARLY_SEEN}
        still = holding(expected.scene.things, seen.things, clear)
        tokens[still] = expected.tokens[still]
        bare = uncovered(expected.scene.things, seen.things, clear) | otherwise_tall(
            expected.scene.things, seen.things, clear
        )
        things = [replace(t, size=seen.things[bare[row]].size) if row in bare else t for row, t in enumerate(things)]
        for row, column in clear.items():
            if row not in still:
                things[row] = replace(things[row], yaw=seen.things[column].yaw)
        positions = self.model.readouts.where(tokens)
        carrying = set(carriers(seen.things).values())
        for row, column in clear.items():
            if things[row].kind in MOVABLE:
                sign = -1 if column in carrying else 1
                positions[row, 2] += sign * (seen.things[column].size[2] - things[row].size[2]) / 2
        tokens = self.model.relocated(tokens, positions)
        placed = tuple(at(thing, positions[row]) for row, thing in enumerate(things))
        for row, thing in enumerate(placed):
            if not visible[row] and thing.kind in MOVABLE and vacated(look, thing):
                confidence[row] = VANISHED
                errors.append(UNEXPECTED)
        belief = Belief(tokens, tool, Scene("belief", placed), visible, confidence, max(errors))
        belief = with_strangers(belief, seen, set(match.values()))
        return belief if belief.held is not None else self.resized(belief, stretched(belief.scene.things))

    @torch.no_grad()
    def leap_surprise(self, before: Belief, manipulation: FloatArray, after: Belief) -> float:
        """Return how far what is seen ``after`` is from what level 2 imagines of ``manipulation [M]``, in its unit.

        Of what is hidden afterwards nothing is known; nothing seen is no surprise.
        """
        leap = torch.from_numpy(np.asarray(manipulation, dtype=np.float32))[None]
        imagined = self.model.after_manipulation(self.model.begin(before), leap)[0].tokens[0]
        errors = token_error(imagined, after.tokens[: len(imagined)])[after.visible[: len(imagined)]]
        return float(errors.amax() / self.model.get_buffer("typical_error")[1]) if len(errors) else 0.0

    @torch.no_grad()
    def predict(self, belief: Belief, actions: FloatArray) -> Belief:
        """Imagine ``belief`` after ``actions [T, A]``; an unfinished last block is filled with standing still.

        Raises:
            PerceptionError: see ``world_model.acceptance.accept_actions``.
        """
        accept_actions(actions)
        size = outlines_of(belief.scene.things)[None]
        present = torch.ones(1, len(belief.scene.things), dtype=torch.bool)
        state = LatentState.of(belief.tokens[None], size, belief.tool[None], present)
        steps = torch.from_numpy(np.asarray(actions, dtype=np.float32)).view(-1, 4)
        for start in range(0, len(steps), BLOCK):
            block = steps[start : start + BLOCK]
            still = torch.cat(
                [torch.zeros(BLOCK - len(block), 3), block[-1:, 3:].expand(BLOCK - len(block), 1)], dim=-1
            )
            state, _, _ = self.model.after_block(state, torch.cat([block, still])[None])
        if not self.imagines:
            return replace(belief, tool=state.tool[0])
        positions = self.model.readouts.where(state.tokens)[0]
        placed = tuple(at(thing, positions[row]) for row, thing in enumerate(belief.scene.things))
        return replace(belief, tokens=state.tokens[0], tool=state.tool[0], scene=Scene("belief", placed))


def spanned(look: Look, plank: Thing) -> Thing:
    """Return ``plank`` from end to end, as the overhead view shows it; as it is where something hides an end of it."""
    ends = ends_of(look, plank)
    if ends is None or not SHORT < (ends[1] - ends[0]) / plank.size[0] < 1 / SHORT:
        return plank
    (x, y, z), shift = plank.position, (ends[0] + ends[1]) / 2
    place = (x + shift * math.cos(plank.yaw), y + shift * math.sin(plank.yaw), z)
    return replace(plank, size=(ends[1] - ends[0], *plank.size[1:]), position=place)


def first_belief(seen: Seen, tool: Tensor, names: Scene | None, *, inventory: bool = True) -> Belief:
    """Return the belief of a first look, named after the declared scene where one is given; see ``inventory``."""
    declared = names.things if names is not None else ()
    likely = no_doubles(declared, seen) if inventory else list(range(len(seen.things)))
    alike = matched_alike(declared, [seen.things[column] for column in likely])
    match = {likely[k]: declared[row] for row, k in alike.items()}
    match |= leftovers(declared, seen, match) if inventory else {}
    match |= misread(declared, seen, match) if inventory else {}
    counts = Counter(thing.id.rsplit("_", 1)[0] for thing in declared)
    things: list[Thing] = []
    order: list[int] = []
    for column, thing in enumerate(seen.things):
        if column not in match and declared and not stranger(seen, column, sorted(match), tool):
            continue
        stem = f"{thing.colour}_{thing.kind}"
        if column not in match:
            counts[stem] += 1
        lent = match.get(column)
        named = replace(thing, id=f"{stem}_{counts[stem]}")
        things.append(named if lent is None else replace(thing, id=lent.id, kind=lent.kind, colour=lent.colour))
        order.append(column)
    visible = torch.ones(len(order), dtype=torch.bool)
    return Belief(seen.tokens[order], tool, Scene("belief", tuple(things)), visible, seen.confidence[order])


def stranger(seen: Seen, column: int, known: Sequence[int], tool: Tensor) -> bool:
    """Whether something nobody expected is to be believed: heavy enough, and neither a fringe nor the tool.

    A fringe is a lighter double of a ``known`` thing of its colour, within that thing's outline or just outside it; of
    two vessels or zones there, one is a double whatever it weighs.
    """
    thing, mass = seen.things[column], seen.mass[column]
    if mass < STRANGER:
        return False
    if thing.colour in TOOL_LIKE and float(np.hypot(*np.subtract(thing.position, tool[:3].tolist())[:2])) < TOOL_AROUND:
        return False
    for row in known:
        other = seen.things[row]
        apart = float(np.hypot(*np.subtract(thing.position, other.position)[:2]))
        lighter = mass < DOUBLE * seen.mass[row] or {thing.kind, other.kind}.isdisjoint(MOVABLE)
        if other.colour == thing.colour and lighter and apart < max(other.size) / 2 + FRINGE:
            return False
    return True


def with_strangers(belief: Belief, seen: Seen, known: set[int]) -> Belief:
    """Return the belief with things that nobody expected but that are plainly there."""
    fresh = [g for g in range(len(seen.things)) if g not in known and stranger(seen, g, sorted(known), belief.tool)]
    if not fresh:
        return belief
    things = list(belief.scene.things)
    for column in fresh:
        thing = seen.things[column]
        stem, taken = f"{thing.colour}_{thing.kind}", {other.id for other in things}
        free = next(k for k in range(1, len(things) + 2) if f"{stem}_{k}" not in taken)
        things.append(replace(thing, id=f"{stem}_{free}"))
    return replace(
        belief,
        tokens=torch.cat([belief.tokens, seen.tokens[fresh]]),
        scene=Scene("belief", tuple(things)),
        visible=torch.cat([belief.visible, torch.ones(len(fresh), dtype=torch.bool)]),
        confidence=torch.cat([belief.confidence, seen.confidence[fresh]]),
        surprise=max(belief.surprise, UNEXPECTED),
    )

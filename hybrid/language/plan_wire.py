"""The compact token form of an action plan: what the network of plans writes, one token at a time.

A plan begins with its form. In steps: ``[push] THING RELATION ...``, where a thing is its number in the scene; in
numbers: four coordinates a step, in bins of 5 mm. ``allowed`` says which tokens may follow on a given table, so that
whatever is written is a plan for it. Nothing here knows words or networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast, get_args

from hybrid.errors import LanguageError
from hybrid.language.plans import (
    MAX_PLAN,
    Amid,
    Aside,
    Beside,
    NamedStep,
    NumberStep,
    Placed,
    PlanForm,
    Point,
    Related,
    Spot,
)
from simulator.base import CONTAINERS, MOVABLE, Thing

MOST_THINGS: Final = 12
"""Most things of a table that can be told."""
BIN: Final = 5
"""Width of a bin of coordinates, millimetres."""
PAD: Final = "<pad>"
END: Final = "</s>"
FORMS: Final[dict[PlanForm, str]] = {"steps": "<steps>", "numbers": "<numbers>"}
THINGS: Final = tuple(f"t{k}" for k in range(MOST_THINGS))
_BINS: Final = range(-250 // BIN, 250 // BIN + 1)
XS: Final = tuple(f"x{k}" for k in _BINS)
YS: Final = tuple(f"y{k}" for k in _BINS)
_BESIDE: Final = get_args(Beside)
_PLACES: Final = tuple(f"@{place}" for place in get_args(Spot))
PLAN_TOKENS: Final = (
    PAD, END, *FORMS.values(), "push", *_BESIDE, "between", "at", "aside", *_PLACES, *THINGS, *XS, *YS,
)  # fmt: skip
"""Every token; a network's output vocabulary is this, in this order."""
TOKEN_ID: Final = {token: index for index, token in enumerate(PLAN_TOKENS)}
MOST_TOKENS: Final = 1 + 6 * MAX_PLAN
"""Most tokens of a plan, its form left out."""


def written(steps: Sequence[NamedStep] | Sequence[NumberStep], things: Sequence[Thing]) -> tuple[str, ...]:
    """Write a plan as tokens, ``END`` included and the form left out; raises ``KeyError`` for an unknown name."""
    names = {thing.id: THINGS[k] for k, thing in enumerate(things)}
    tokens: list[str] = []
    for step in steps:
        if isinstance(step, NumberStep):
            tokens += [*_point_tokens(step.pick), *_point_tokens(step.place)]
            continue
        tokens += [*(["push"] if step.push else []), names[step.pick]]
        match step.place:
            case Related():
                tokens += [step.place.relation, names[step.place.of]]
            case Placed():
                tokens += ["at", f"@{step.place.at}"]
            case Point():
                tokens += ["at", *_point_tokens(step.place)]
            case Amid():
                tokens += ["between", *(names[name] for name in step.place.between)]
            case Aside():
                tokens += ["aside"]
    return (*tokens, END)


def plan_of(
    tokens: Sequence[str], form: PlanForm, things: Sequence[Thing]
) -> tuple[NamedStep, ...] | tuple[NumberStep, ...]:
    """Read a plan back; raises ``LanguageError`` for tokens that are no whole plan for the table."""
    rest = list(tokens)
    for k, token in enumerate(rest):
        if token not in allowed(rest[:k], form, things):
            raise LanguageError("plan", f"{token!r} cannot stand at position {k}", "Give a plan of the wire form.")
    if not rest or rest[-1] != END:
        raise LanguageError("plan", "it has no end", "Ask for fewer steps.")
    if form == "numbers":
        return tuple(
            NumberStep(pick=_point(rest[k : k + 2]), place=_point(rest[k + 2 : k + 4]))
            for k in range(0, len(rest) - 1, 4)
        )
    return tuple(_step(part, things) for part in parted(rest[:-1]))


def allowed(tokens: Sequence[str], form: PlanForm, things: Sequence[Thing]) -> tuple[str, ...]:
    """Return the tokens that may follow ``tokens`` on the table of ``things``; none once the plan has ended."""
    if tokens and tokens[-1] == END:
        return ()
    if form == "numbers":
        open_plan = len(tokens) < 4 * MAX_PLAN
        return (*(() if len(tokens) % 4 else (END,)), *(() if not open_plan else YS if len(tokens) % 2 else XS))
    steps = parted(tokens)
    part = steps[-1] if steps else []
    if not part or _whole(part):
        movable = tuple(THINGS[k] for k, thing in enumerate(things) if thing.kind in MOVABLE)
        return (END, *(("push", *movable) if movable and len(steps) < MAX_PLAN else ()))
    return _within([token for token in part if token != "push"], things)


def parted(tokens: Sequence[str]) -> list[list[str]]:
    """Part the tokens of a plan in steps into its steps; the last may be unfinished."""
    steps: list[list[str]] = []
    for token in tokens:
        if not steps or _whole(steps[-1]):
            steps.append([])
        steps[-1].append(token)
    return steps


def _within(part: Sequence[str], things: Sequence[Thing]) -> tuple[str, ...]:
    """What may follow inside a step, its ``push`` left out."""
    if not part:
        return tuple(THINGS[k] for k, thing in enumerate(things) if thing.kind in MOVABLE)
    others = [k for k in range(len(things)) if THINGS[k] not in part]
    holders = [k for k in others if things[k].kind in CONTAINERS or things[k].kind == "zone"]
    match part[1:]:
        case []:
            beside = tuple(relation for relation in _BESIDE if (holders if relation == "in" else others))
            return (*beside, *(("between",) if len(others) > 1 else ()), "at", "aside")
        case ["in"]:
            return tuple(THINGS[k] for k in holders)
        case ["at"]:
            return (*_PLACES, *XS)
        case ["at", _]:
            return YS
        case _:
            return tuple(THINGS[k] for k in others)


def _whole(part: Sequence[str]) -> bool:
    bare = [token for token in part if token != "push"]
    if len(bare) < 2:
        return False
    if bare[1] == "at":
        return len(bare) == (4 if len(bare) > 2 and bare[2] in XS else 3)
    return len(bare) == {"aside": 2, "between": 4}.get(bare[1], 3)


def _step(part: Sequence[str], things: Sequence[Thing]) -> NamedStep:
    ids = {THINGS[k]: thing.id for k, thing in enumerate(things)}
    push = part[0] == "push"
    pick, relation, *to = part[1:] if push else part
    place: Related | Placed | Point | Amid | Aside
    if relation == "aside":
        place = Aside(aside=True)
    elif relation == "between":
        place = Amid(between=(ids[to[0]], ids[to[1]]))
    elif relation == "at":
        place = _point(to) if len(to) == 2 else Placed(at=cast(Spot, to[0].removeprefix("@")))
    else:
        place = Related(relation=cast(Beside, relation), of=ids[to[0]])
    return NamedStep(pick=ids[pick], place=place, push=push)


def _point_tokens(point: Point) -> tuple[str, str]:
    return f"x{round(point.x / BIN)}", f"y{round(point.y / BIN)}"


def _point(tokens: Sequence[str]) -> Point:
    return Point(x=BIN * int(tokens[0][1:]), y=BIN * int(tokens[1][1:]))

"""The working memory of a run, written down as bytes and read back to the last bit.

Tensors and plans are too large for a checkpoint and lose their type in one: they are kept beside it under their
digest, so a checkpoint holds a few short names instead.
"""

from __future__ import annotations

import io
import json
import time
from dataclasses import fields, is_dataclass
from typing import Any, cast, get_type_hints

import numpy as np
import torch
from pydantic import TypeAdapter

from hybrid.base import Turn
from hybrid.errors import StoreSchemaError
from hybrid.session import Session
from planner.base import Plan
from simulator.base import Scene
from world_model.base import Belief

VERSION = 1
"""Version of what is written down; another one is refused by name."""
_BELIEFS = ("belief", "expected")
_PLANS = ("plan", "spare")
_ELSEWHERE = frozenset({"parts", "world", "names", "episode", "cancelled", "began", "turns", *_PLANS, *_BELIEFS})
"""Fields of a session that come from elsewhere or are written down on their own."""
_TENSORS = ("tokens", "tool", "visible", "confidence")


def write_down(session: Session) -> dict[str, bytes]:
    """Return what ``session`` knows, name to bytes; the same knowledge gives the same bytes."""
    notes: dict[str, bytes] = {}
    for name in _BELIEFS:
        belief = cast("Belief | None", getattr(session, name))
        if belief is not None:
            notes[name] = _pack(
                {tensor: getattr(belief, tensor).detach().numpy() for tensor in _TENSORS},
                {"scene": belief.scene, "surprise": belief.surprise, "leap_surprise": belief.leap_surprise},
            )
    for name in _PLANS:
        plan = cast("Plan | None", getattr(session, name))
        if plan is not None:
            words = {field.name: getattr(plan, field.name) for field in fields(Plan) if field.name != "actions"}
            notes[name] = _pack({"actions": plan.actions}, words)
    work = {field.name: getattr(session, field.name) for field in fields(Session) if field.name not in _ELSEWHERE}
    notes["work"] = _pack({}, {**work, "elapsed": time.monotonic() - session.began})
    return notes


def read_back(session: Session, notes: dict[str, bytes]) -> None:
    """Give ``session`` what :func:`write_down` wrote.

    Raises:
        StoreSchemaError: it was written by another version.
    """
    for name in _BELIEFS:
        setattr(session, name, _belief(notes[name]) if name in notes else None)
    for name in _PLANS:
        setattr(session, name, _plan(notes[name]) if name in notes else None)
    _, words = _unpack(notes["work"])
    session.began = time.monotonic() - float(words.pop("elapsed"))
    hints = get_type_hints(Session)
    for name, value in words.items():
        setattr(session, name, TypeAdapter(hints[name]).validate_python(value))


def write_turns(turns: tuple[Turn, ...]) -> bytes:
    """Return what was said and done before in a conversation."""
    return _pack({}, {"turns": turns})


def read_turns(data: bytes) -> tuple[Turn, ...]:
    """Return what :func:`write_turns` wrote."""
    _, words = _unpack(data)
    return TypeAdapter(tuple[Turn, ...]).validate_python(words["turns"])


def read_scene(data: bytes) -> Scene:
    """Return the things of a belief that :func:`write_down` wrote."""
    _, words = _unpack(data)
    return TypeAdapter(Scene).validate_python(words["scene"])


def _belief(data: bytes) -> Belief:
    arrays, words = _unpack(data)
    tensors = {name: torch.from_numpy(arrays[name].copy()) for name in _TENSORS}
    scene = TypeAdapter(Scene).validate_python(words["scene"])
    known = Belief(tensors["tokens"], tensors["tool"], scene, tensors["visible"], tensors["confidence"])
    return known.surprised(*(float(words.get(name, 0.0)) for name in ("surprise", "leap_surprise")))


def _plan(data: bytes) -> Plan:
    arrays, words = _unpack(data)
    hints = get_type_hints(Plan)
    return Plan(
        actions=arrays["actions"],
        **{name: TypeAdapter(hints[name]).validate_python(value) for name, value in words.items()},
    )


def _pack(arrays: dict[str, Any], words: dict[str, Any]) -> bytes:
    text = json.dumps({"version": VERSION, **words}, default=_simple)
    buffer = io.BytesIO()
    np.savez(buffer, words=np.frombuffer(text.encode(), dtype=np.uint8), **arrays)
    return buffer.getvalue()


def _unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    with np.load(io.BytesIO(data), allow_pickle=False) as packed:
        arrays = {name: packed[name] for name in packed.files if name != "words"}
        words = cast("dict[str, Any]", json.loads(packed["words"].tobytes()))
    version = words.pop("version", None)
    if version != VERSION:
        problem = f"its working memory is of version {version}, this program reads {VERSION}"
        raise StoreSchemaError("thread", problem, "Begin a new thread, or run the version that wrote it.")
    return arrays, words


def _simple(value: object) -> object:
    """Return what JSON has a word for: objects for dataclasses, lists for arrays and sets."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, set | frozenset):
        return sorted(cast("set[int]", value))
    raise TypeError(f"{type(value).__name__} cannot be written down")

"""Finished attempts on disk: one file each, whole or not at all, so that a run that was killed goes on where it was.

A shard carries the digest of everything its row depends on, and one of itself. A damaged shard counts as absent; a
shard of another study is refused by name rather than mixed in.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from hybrid.base import Json
from hybrid.config import Settings
from hybrid.errors import ConfigError
from hybrid.evaluation.report import Row
from hybrid.language.plan_files import SHIPPED_PLANS
from simulator.base import FloatArray
from world_model.checkpoint import DEFAULT

VERSION: Final = 1
ROOMS: Final = ("simulator", "world_model", "planner", "hybrid")
APART: Final = frozenset(
    {"agents", "api", "cli", "ablations.py", "ablation_page.py", "circumstances.py", "contrast.py", "films.py"}
    | {"page.py", "plots.py", "speed.py", "solvers.py", "statistics.py", "study.py", "train.py"}
)
"""Folders and files on whose code no row depends: doors, and what is done with rows afterwards."""
ROOT: Final = Path(__file__).resolve().parents[2]
PLACE: Final = frozenset({"database_url", "artifact_dir", "host", "port", "allowed_hosts", "queue_size", "scene"})
"""Settings that say where things are, and on which no row depends."""


@dataclass(frozen=True)
class Kept:
    """One attempt as it is kept.

    Attributes:
        row: its figures.
        actions: ``[T, A]`` as executed, from which a video can be made; empty of privileged arms.
        log: what happened on the way.
    """

    row: Row
    actions: FloatArray
    log: tuple[dict[str, Json], ...]


def shard_path(folder: Path, suite: str, arm: str, seed: int) -> Path:
    """Return where the attempt of ``arm`` at task ``seed`` of ``suite`` is kept."""
    return folder / "rows" / plain_name(suite) / plain_name(arm) / f"{seed}.json"


def plain_name(label: str) -> str:
    """Return ``label`` as a file name."""
    return "".join(c if c.isalnum() or c in "-._" else "-" for c in label)


def write_shard(path: Path, study: str, kept: Kept) -> None:
    """Write ``kept`` to ``path``, whole or not at all; raises ``ConfigError`` when it cannot be written."""
    actions = base64.b64encode(np.ascontiguousarray(kept.actions, dtype="<f4").tobytes()).decode()
    body: dict[str, Any] = {
        "version": VERSION, "study": study, "row": kept.row.as_json(), "actions": actions, "log": list(kept.log),
    }  # fmt: skip
    write_whole(path, json.dumps({**body, "sha256": _digest(body)}))


def read_shard(path: Path, study: str) -> Kept | None:
    """Return what ``path`` keeps, None when it is absent or damaged.

    Raises:
        ConfigError: it is intact and belongs to another study.
    """
    try:
        body = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        intact = body.pop("sha256") == _digest(body) and body["version"] == VERSION
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if not intact:
        return None
    if body["study"] != study:
        problem = f"{path.parent} was made with other code, weights, settings or files"
        raise ConfigError("out", problem, "Name another folder, or remove that one.")
    actions = np.frombuffer(base64.b64decode(body["actions"]), dtype="<f4").reshape(-1, 4)
    return Kept(Row.from_json(body["row"]), actions.astype(np.float32), tuple(body["log"]))


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, whole or not at all; raises ``ConfigError`` when it cannot be written."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise ConfigError("out", f"{path} cannot be written ({error.strerror})", "Name another folder.") from error


def study_of(settings: Settings, specs: tuple[str, ...], files: tuple[Path, ...]) -> str:
    """Return the digest of all that a row depends on besides its seed.

    Args:
        settings: of the engine.
        specs: of suite and arm.
        files: recordings and code of one's own that they name.
    """
    kept = {name: value for name, value in settings.model_dump(mode="json").items() if name not in PLACE}
    digest = hashlib.sha256(json.dumps([VERSION, specs, kept, source_digest()], sort_keys=True).encode())
    for file in (*_weights(settings), *files):
        digest.update(_file_digest(file, file.stat().st_mtime_ns).encode())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def source_digest() -> str:
    """Return the digest of this project's source; a row made by other code is another row."""
    digest = hashlib.sha256()
    for file in sorted(file.relative_to(ROOT) for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        if not APART & set(file.parts):
            digest.update(file.as_posix().encode() + b"\0" + (ROOT / file).read_bytes())
    return digest.hexdigest()


def _weights(settings: Settings) -> list[Path]:
    """The files of the models that ``settings`` name."""
    language = settings.language_weights or ROOT / "hybrid" / "language" / "weights"
    folders = [settings.checkpoint or DEFAULT, language, SHIPPED_PLANS]
    found = [file for folder in folders for file in ([folder] if folder.is_file() else folder.rglob("*"))]
    return sorted(file for file in found if file.is_file())


@lru_cache(maxsize=256)
def _file_digest(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()

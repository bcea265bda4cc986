"""Whether everything a run needs is there and works, with a remedy where it does not.

Each check is one function from settings to a sentence; what it raises becomes a finding and does not end the rest.
"""

from __future__ import annotations

import platform
import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from hybrid.bootstrap import build_engine
from hybrid.config import Settings
from hybrid.errors import HybridError, LanguageError, StoreCorruptError, StoreFullError
from hybrid.store.episodes import open_store
from hybrid.store.upkeep import inspect_store
from simulator.scene import load_scene, scene_names
from simulator.world import PhysicalWorld

PACKAGES = ("hybrid-planner", "torch", "transformers", "pybullet", "langgraph", "sqlalchemy", "fastapi")
"""Whose versions a report of a problem should name."""
PROBE = "put the red block on the blue block"
"""A request that the scene ``demo`` can answer."""
LEAST_DISK = 2**30
"""Bytes of free disk below which episodes with images are at risk."""
SOUND_WAL = (3, 51, 3)
"""First SQLite whose write-ahead log survives every reset by several processes (sqlite.org, release log 3.51.3)."""


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        name: of what was checked.
        ok: whether it works.
        detail: what was seen, in one line.
        remedy: what to do, empty when nothing is.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Run every check; opens (and if need be creates) the store, loads the models, renders one picture."""
    return tuple(_finding(name, check, settings) for name, check in CHECKS.items())


def _finding(name: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(name, True, check(settings))
    except HybridError as error:
        return Finding(name, False, f"{error.field}: {error.problem}", error.remedy)


def _versions(settings: Settings) -> str:
    packages = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return f"Python {platform.python_version()} on {platform.platform()}; {packages}; {settings.threads} thread(s)"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _sqlite(settings: Settings) -> str:
    if sqlite3.sqlite_version_info >= SOUND_WAL or not settings.database_url.startswith("sqlite"):
        return sqlite3.sqlite_version
    return f"{sqlite3.sqlite_version}, before 3.51.3: let only one process write to one database file"


def _store(settings: Settings) -> str:
    store = open_store(settings.database_url, settings.artifact_dir)
    try:
        newest = store.episodes(limit=1)
    finally:
        store.close()
    return f"at the current revision, newest episode {newest[0]['episode'] if newest else 'none yet'}"


def _integrity(settings: Settings) -> str:
    store = open_store(settings.database_url, settings.artifact_dir)
    try:
        found = inspect_store(store.database, store.artifacts)
    finally:
        store.close()
    if not found.ok:
        wrong = [f"{len(found.missing)} missing", f"{len(found.damaged)} damaged"] if found.database == "ok" else []
        problem = f"{', '.join(wrong) or found.database} of {found.artifacts} artifacts, {found.episodes} episodes"
        raise StoreCorruptError("store", problem, "Restore them from a backup, or forget the episodes that name them.")
    return f"{found.episodes} episodes and {found.artifacts} artifacts are whole"


def _disk(settings: Settings) -> str:
    folder = next(path for path in (settings.artifact_dir, *settings.artifact_dir.absolute().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < LEAST_DISK:
        raise StoreFullError("artifact_dir", f"{free / 2**20:.0f} MiB are free in {folder}", "Free some disk space.")
    return f"{free / 2**30:.0f} GiB free in {folder}"


def _scenes(settings: Settings) -> str:
    names = scene_names()
    for name in names:
        load_scene(name)
    return f"{', '.join(names)}; by default {load_scene(settings.scene).name}"


def _camera(settings: Settings) -> str:
    world = PhysicalWorld(load_scene(settings.scene))
    try:
        began = time.perf_counter()
        views, height, width, _ = world.observe().rgb.shape
        spent = 1000 * (time.perf_counter() - began)
    finally:
        world.close()
    return f"{views} views of {width} x {height} pixels in {spent:.0f} ms"


def _engine(settings: Settings) -> str:
    began = time.perf_counter()
    engine = build_engine(settings)
    built = time.perf_counter()
    made = engine.decompose(PROBE, load_scene("demo"), 0)
    if made.status != "planned":
        raise LanguageError("language", f"a plain request was {made.status}: {made.message}", "Reinstall the weights.")
    spent = 1000 * (time.perf_counter() - built)
    return f"loaded in {built - began:.1f} s; {made.backend} understood a request within {spent:.0f} ms"


CHECKS: dict[str, Callable[[Settings], str]] = {
    "versions": _versions,
    "sqlite": _sqlite,
    "store": _store,
    "integrity": _integrity,
    "disk": _disk,
    "scenes": _scenes,
    "camera": _camera,
    "models": _engine,
}
"""Every check by the name it is reported under, cheapest first."""

"""Under what circumstances figures were made: versions, weights, hardware."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from hybrid.base import Json
from hybrid.config import Settings
from hybrid.evaluation.ablations import digest
from hybrid.evaluation.shards import source_digest
from world_model.checkpoint import DEFAULT

PACKAGES: Final = ("hybrid-planner", "torch", "transformers", "pybullet", "numpy", "langgraph")
"""Whose versions are told."""


def circumstances(settings: Settings) -> dict[str, Json]:
    """Return versions, weights and hardware of this process; what cannot be found out is ``unknown``."""
    return {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "source": source_digest()[:16],
        "world_model": digest(settings.checkpoint or DEFAULT),
        "language": settings.language,
        "system": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": _memory(),
        "threads": settings.threads,
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _processor() -> str:
    for line in _lines(Path("/proc/cpuinfo")):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def _memory() -> Json:
    for line in _lines(Path("/proc/meminfo")):
        if line.startswith("MemTotal"):
            return round(int(line.split()[1]) / 2**20, 1)
    return "unknown"


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []

"""What can go wrong between images and tokens; ``hybrid.errors`` draws the whole tree."""

from __future__ import annotations

from simulator.errors import HybridError


class CheckpointError(HybridError):
    """A checkpoint is missing, damaged, of another version, or made for another camera or architecture."""


class PerceptionError(HybridError):
    """A thing cannot be perceived, or an observation does not fit the model that should read it."""


class DataError(HybridError):
    """Recorded play is missing, of another format, or from several cameras."""

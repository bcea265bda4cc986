"""Images and videos as files named by the SHA-256 of their bytes: what is there is whole, and what is read is verified.

A file appears by rename after its bytes are on the disk, so a killed process leaves no torn artifact; the same bytes
are kept once. It does not know which record an artifact belongs to.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from hybrid.errors import StoreCorruptError, StoreMissingError
from hybrid.store.failures import translated
from simulator.base import ByteArray, FloatArray, Observation


class Artifacts:
    """A folder of content-addressed files; names are ``<sha256>.<suffix>``.

    Args:
        root: the folder; created with the first artifact.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes, suffix: str) -> str:
        """Keep ``data`` durably.

        Args:
            data: the bytes of the file.
            suffix: kind of file, without a dot.

        Returns:
            The artifact's name.

        Raises:
            StoreError: the folder is full or cannot be written.
        """
        name = f"{hashlib.sha256(data).hexdigest()}.{suffix}"
        path = self._path(name)
        with translated(str(self.root)):
            if path.exists():
                # Young again: a collector must not take it for something that nobody will ever name.
                os.utime(path)
                return name
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, data)
        return name

    def path(self, name: str) -> Path:
        """Return where the artifact called ``name`` lies.

        Raises:
            StoreMissingError: it is not there.
        """
        path = self._path(name)
        if not path.is_file():
            problem = f"artifact {name} is not in {self.root}"
            raise StoreMissingError(
                "artifacts", problem, "Point artifact_dir at the folder the episode was recorded with."
            )
        return path

    def get(self, name: str) -> bytes:
        """Return the bytes of the artifact called ``name``.

        Raises:
            StoreMissingError: it is not there.
            StoreCorruptError: its bytes are not the ones that were kept.
        """
        with translated(str(self.root)):
            data = self.path(name).read_bytes()
        if hashlib.sha256(data).hexdigest() != name.partition(".")[0]:
            raise StoreCorruptError("artifacts", f"{name} has changed since it was kept", "Restore it from a backup.")
        return data

    def files(self) -> list[Path]:
        """Return every file in the folder, torn beginnings of killed processes included."""
        return [path for path in self.root.glob("*/*") if path.is_file()]

    def stale(self, path: Path, moment: float) -> bool:
        """Tell whether ``path`` is still there and was last written before ``moment``, seconds since the epoch."""
        try:
            return path.stat().st_mtime < moment
        except FileNotFoundError:
            return False

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name


def pack_images(observation: Observation) -> bytes:
    """Return an observation's images (rgb ``[V, H, W, 3]``, elevation ``[V, H, W]``, uint8) as one ``npz`` file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, rgb=observation.rgb, elevation=observation.elevation)
    return buffer.getvalue()


def picture(rgb: ByteArray) -> bytes:
    """Return one view ``[H, W, 3]``, uint8, as a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, format="PNG")
    return buffer.getvalue()


def unpack_images(data: bytes, *, proprioception: FloatArray, step: int) -> Observation:
    """Return the observation whose images :func:`pack_images` packed; ``proprioception`` is ``[P]``."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return Observation(arrays["rgb"], arrays["elevation"], proprioception, step)


def _write_whole(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

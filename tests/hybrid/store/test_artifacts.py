"""Covers hybrid.store.artifacts: whole files, kept once, verified when read."""

import errno
import hashlib
from pathlib import Path

import pytest

from hybrid.errors import StoreCorruptError, StoreFullError, StoreMissingError
from hybrid.store.artifacts import Artifacts, pack_images, unpack_images
from tests.hybrid.store.samples import observation


@pytest.fixture
def artifacts(tmp_path):
    return Artifacts(tmp_path / "artifacts")


def files(artifacts):
    return [path for path in artifacts.root.rglob("*") if path.is_file()]


def test_name_is_the_hash_of_the_bytes(artifacts):
    name = artifacts.put(b"frame", "png")
    assert name == f"{hashlib.sha256(b'frame').hexdigest()}.png"
    assert artifacts.get(name) == b"frame"


def test_same_bytes_are_kept_once(artifacts):
    assert artifacts.put(b"frame", "png") == artifacts.put(b"frame", "png")
    assert len(files(artifacts)) == 1


def test_same_images_have_the_same_bytes():
    assert pack_images(observation()) == pack_images(observation())


def test_images_come_back_to_the_bit():
    seen = observation(step=9)
    again = unpack_images(pack_images(seen), proprioception=seen.proprioception, step=9)
    assert (again.rgb.tobytes(), again.elevation.tobytes()) == (seen.rgb.tobytes(), seen.elevation.tobytes())
    assert (again.rgb.shape, again.elevation.shape, again.step) == (seen.rgb.shape, seen.elevation.shape, 9)


def test_changed_bytes_are_refused(artifacts):
    name = artifacts.put(b"frame", "png")
    artifacts.path(name).write_bytes(b"forged")
    with pytest.raises(StoreCorruptError, match="has changed"):
        artifacts.get(name)


def test_missing_file_is_named(artifacts):
    with pytest.raises(StoreMissingError, match=r"nothing\.png"):
        artifacts.get("nothing.png")


def test_full_disk_leaves_no_file_behind(artifacts, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("hybrid.store.artifacts.os.fsync", full)
    with pytest.raises(StoreFullError, match="Free disk space"):
        artifacts.put(b"frame", "png")
    assert files(artifacts) == []


def test_interrupted_write_leaves_no_torn_file(artifacts, monkeypatch):
    def interrupted(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        artifacts.put(b"frame", "png")
    assert files(artifacts) == []

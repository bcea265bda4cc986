"""An open store in a folder of its own."""

import pytest

from hybrid.store.episodes import open_store


@pytest.fixture
def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path}/hybrid.db", tmp_path / "artifacts")
    yield opened
    opened.close()

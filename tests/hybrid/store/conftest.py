"""An open store in a place of its own, on SQLite and on PostgreSQL: one conformance suite over both."""

import pytest

from hybrid.store.episodes import open_store
from hybrid.store.leases import Leases
from tests.hybrid.store.postgres import drop, empty_postgres
from tests.hybrid.store.samples import empty_sqlite


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield empty_sqlite(tmp_path)
        return
    address = empty_postgres()
    yield address
    drop(address)


@pytest.fixture
def store(url, tmp_path):
    opened = open_store(url, tmp_path / "artifacts")
    yield opened
    opened.close()


@pytest.fixture
def leases(store):
    return Leases(store.database)

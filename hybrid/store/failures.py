"""What databases and file systems say when they fail, turned into the store's errors with a remedy.

The one place that knows driver error codes: SQLite's result codes (https://www.sqlite.org/rescode.html) and
PostgreSQL's SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html).
"""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hybrid.errors import (
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreMissingError,
    StoreReadOnlyError,
)

Kind = type[StoreError]

_SQLITE: dict[int, Kind] = {
    5: StoreLockedError,  # BUSY
    6: StoreLockedError,  # LOCKED
    8: StoreReadOnlyError,  # READONLY
    11: StoreCorruptError,  # CORRUPT
    13: StoreFullError,  # FULL
    14: StoreMissingError,  # CANTOPEN
    26: StoreCorruptError,  # NOTADB
}
_POSTGRES: dict[str, Kind] = {
    "55P03": StoreLockedError,
    "40P01": StoreLockedError,
    "25006": StoreReadOnlyError,
    "42501": StoreReadOnlyError,
    "53100": StoreFullError,
    "3D000": StoreMissingError,
    "57P01": StoreMissingError,
}
_FILES: dict[int, Kind] = {
    errno.ENOSPC: StoreFullError,
    errno.EDQUOT: StoreFullError,
    errno.EACCES: StoreReadOnlyError,
    errno.EPERM: StoreReadOnlyError,
    errno.EROFS: StoreReadOnlyError,
    errno.ENOENT: StoreMissingError,
    errno.ENOTDIR: StoreMissingError,
    errno.EEXIST: StoreMissingError,
}
_WORDS: dict[Kind, tuple[str, str]] = {
    StoreLockedError: ("is locked by another process", "Wait for it to finish, stop it, or name another database."),
    StoreReadOnlyError: (
        "cannot be written",
        "Grant write permission to the file and its folder, or name another place.",
    ),
    StoreFullError: ("has no room left", "Free disk space and try again; nothing half-written was kept."),
    StoreMissingError: (
        "cannot be opened",
        "Check that the address is right and that the folder or the server exists.",
    ),
    StoreCorruptError: ("is damaged or is not a database", "Restore it from a backup, or name another file."),
    StoreError: ("refused the operation", "See the cause; `hybrid doctor` looks at the store."),
}


@contextmanager
def translated(place: str) -> Generator[None]:
    """Run the body; what the database or the file system raises comes out as a ``StoreError`` about ``place``.

    Raises:
        StoreError: the branch that fits the driver's error code.
    """
    try:
        yield
    except DBAPIError as error:
        raise _store_error(place, _kind_of(error), str(error.orig)) from error
    except PoolTimeoutError as error:
        raise _store_error(place, StoreLockedError, "every connection is in use") from error
    except NoSuchModuleError as error:
        remedy = "Use sqlite:///PATH or postgresql://USER@HOST/NAME."
        raise StoreError("database_url", f"{place} names an unknown kind of database", remedy) from error
    except OSError as error:
        raise _store_error(place, _FILES.get(error.errno or 0, StoreError), error.strerror or str(error)) from error


def _kind_of(error: DBAPIError) -> Kind:
    if isinstance(error, IntegrityError):
        return StoreError
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return _POSTGRES.get(state, StoreError)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF, StoreError)
    return StoreMissingError if error.connection_invalidated or "connect" in str(error.orig) else StoreError


def _store_error(place: str, kind: Kind, cause: str) -> StoreError:
    problem, remedy = _WORDS[kind]
    return kind("store", f"{place} {problem} ({' '.join(cause.split())})", remedy)

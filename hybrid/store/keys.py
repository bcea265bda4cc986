"""Keys to the service: made once, shown once, kept as a digest, and good for one tenant and some scopes.

A key is ``hyb_ID_SECRET``; the id finds its row, the secret is compared by its SHA-256 in constant time. The secret has
256 random bits, so a plain digest is as good as a slow one: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hybrid.base import Json
from hybrid.errors import ConfigError, KeyRefusedError
from hybrid.store.engine import Database
from hybrid.store.tables import KeyRow

Scope = Literal["read", "write", "metrics"]
SCOPES: Final[tuple[Scope, ...]] = ("read", "write", "metrics")
"""What a key may allow: look, act, and scrape figures about all tenants."""
USED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a key is remembered."""
_KEY = re.compile(r"hyb_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_TENANT = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True)
class Principal:
    """In whose name something is asked, by which key (None: nobody had to show one), and what it allows."""

    tenant: str
    key: str | None
    scopes: tuple[Scope, ...]


@dataclass(frozen=True)
class Key:
    """A key without its secret.

    Attributes:
        id: public name.
        tenant: whose it is.
        label: what its owner calls it.
        scopes: what it allows.
        active: neither revoked nor expired.
        created_at, expires_at, revoked_at, used_at: UTC.
    """

    id: str
    tenant: str
    label: str
    scopes: tuple[Scope, ...]
    active: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True)
class NewKey:
    """A key with its secret, which is shown this once."""

    key: Key
    secret: str


class Keys:
    """The keys in ``database``; safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, tenant: str, *, label: str = "", scopes: tuple[str, ...] = ("read", "write"), days: float | None = None
    ) -> NewKey:
        """Make a key.

        Args:
            tenant: lower-case letters, digits, dots, dashes and underscores, 1 to 40.
            label: what its owner calls it.
            scopes: of ``SCOPES``.
            days: how long it is good for; None means until it is revoked.

        Raises:
            ConfigError: the tenant, a scope or the number of days makes no sense.
            StoreError: the store cannot be written.
        """
        known = _checked(tenant, label, scopes, days)
        with self._database.write() as session:
            now = self._database.now(session)
            row, secret = _draw(tenant, label, known, now, None if days is None else now + timedelta(days=days))
            session.add(row)
            return NewKey(_key(row, now), secret)

    def rotate(self, key: str, *, grace_hours: float = 0.0) -> NewKey:
        """Make a key like ``key``, which is good for ``grace_hours`` more and then no longer.

        Raises:
            ConfigError: there is no such key, or it was revoked.
            StoreError: the store cannot be written.
        """
        with self._database.write() as session:
            now, old = self._database.now(session), _found(session, key)
            if not _key(old, now).active:
                raise ConfigError("key", f"{key} is no longer good", "Make a new one: hybrid keys create.")
            ends = now + timedelta(hours=grace_hours)
            expires = old.expires_at
            old.expires_at = ends if expires is None else min(expires, ends)
            row, secret = _draw(old.tenant, old.label, _scopes(old), now, expires)
            session.add(row)
            return NewKey(_key(row, now), secret)

    def revoke(self, key: str) -> Key:
        """Let ``key`` be good for nothing from now on; raises ``ConfigError`` when there is none of that id."""
        with self._database.write() as session:
            now, row = self._database.now(session), _found(session, key)
            row.revoked_at = row.revoked_at or now
            return _key(row, now)

    def listing(self, *, tenant: str | None = None) -> tuple[Key, ...]:
        """Return the keys, newest first, of one tenant or of all."""
        with self._database.read() as session:
            now = self._database.now(session)
            query = select(KeyRow).order_by(KeyRow.created_at.desc(), KeyRow.id)
            rows = session.scalars(query if tenant is None else query.where(KeyRow.tenant == tenant))
            return tuple(_key(row, now) for row in rows)

    def any_active(self) -> bool:
        """Tell whether some key is good: only then may others reach the service."""
        with self._database.read() as session:
            now = self._database.now(session)
            good = select(func.count()).where(
                KeyRow.revoked_at.is_(None), or_(KeyRow.expires_at.is_(None), KeyRow.expires_at > now)
            )
            return bool(session.scalar(good))

    def any_made(self) -> bool:
        """Tell whether a key was ever made: from then on nobody is let in without one, also when none is good."""
        with self._database.read() as session:
            return bool(session.scalar(select(func.count()).select_from(KeyRow)))

    def admit(self, shown: str) -> Principal:
        """Return in whose name the bearer of ``shown`` asks.

        Raises:
            KeyRefusedError: it is no key, unknown, wrong, expired or revoked; which of these is not told.
            StoreError: the store cannot be read.
        """
        match = _KEY.fullmatch(shown.strip())
        identity, secret = (match[1], match[2]) if match else ("", "")
        with self._database.read() as session:
            now, row = self._database.now(session), session.get(KeyRow, identity)
            digest = row.digest if row is not None else "0" * 64
            same = hmac.compare_digest(digest, _digest(secret))
            if row is None or not same or not _key(row, now).active:
                raise KeyRefusedError("key", "is not good for anything here", "Show a key made by hybrid keys create.")
            principal = Principal(row.tenant, row.id, _scopes(row))
            noted = row.used_at is not None and now - row.used_at < USED_EVERY
        if not noted:
            self._note(identity)
        return principal

    def _note(self, key: str) -> None:
        with self._database.write() as session:
            row = session.get(KeyRow, key)
            if row is not None:
                row.used_at = self._database.now(session)


def _checked(tenant: str, label: str, scopes: tuple[str, ...], days: float | None) -> tuple[Scope, ...]:
    if not _TENANT.fullmatch(tenant):
        remedy = "Use 1 to 40 lower-case letters, digits, dots, dashes and underscores."
        raise ConfigError("tenant", f"{tenant[:80]!r} is no name of a tenant", remedy)
    if len(label) > 200:
        raise ConfigError("label", f"has {len(label)} characters", "Use at most 200.")
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        problem = f"{unknown[0]!r} is no scope" if unknown else "none is given"
        raise ConfigError("scopes", problem, f"Name some of {', '.join(SCOPES)}.")
    if days is not None and not 0 < days <= 36_500:
        raise ConfigError("days", f"{days:g} makes no sense", "Name a number of days above 0.")
    return cast("tuple[Scope, ...]", tuple(dict.fromkeys(scopes)))


def _draw(
    tenant: str, label: str, scopes: tuple[Scope, ...], now: datetime, expires: datetime | None
) -> tuple[KeyRow, str]:
    identity, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = KeyRow(
        id=identity,
        tenant=tenant,
        label=label,
        digest=_digest(secret),
        scopes=cast("Json", list(scopes)),
        created_at=now,
        expires_at=expires,
    )
    return row, f"hyb_{identity}_{secret}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _scopes(row: KeyRow) -> tuple[Scope, ...]:
    return tuple(cast("list[Scope]", row.scopes))


def _key(row: KeyRow, now: datetime) -> Key:
    active = row.revoked_at is None and (row.expires_at is None or row.expires_at > now)
    return Key(
        id=row.id,
        tenant=row.tenant,
        label=row.label,
        scopes=_scopes(row),
        active=active,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )


def _found(session: Session, key: str) -> KeyRow:
    row = session.get(KeyRow, key)
    if row is None:
        raise ConfigError("key", f"there is none called {key[:80]!r}", "List them: hybrid keys list.")
    return row

"""Who is asking, whether they may, and how much: every request passes here before any route, whatever the route.

Without keys the service answers this machine alone, and everybody there is the tenant ``local``. As soon as one key was
made, or the settings demand it, a key must be shown on every path but the public ones, also after the last one was
revoked; its tenant is the only one that the routes can see, because what they are handed is that tenant's own.
"""

from __future__ import annotations

import ipaddress
import math
import time
from typing import Final, cast

from fastapi.concurrency import run_in_threadpool
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem_of
from hybrid.errors import ConfigError, HybridError, KeyRefusedError, RateError, ScopeError
from hybrid.store.keys import SCOPES, Keys, Principal
from hybrid.store.keys import Scope as KeyScope
from hybrid.store.tables import LOCAL

PUBLIC: Final = frozenset({"/", "/healthz", "/readyz"})
"""Paths that tell nothing about any tenant."""
PUBLIC_FOLDER: Final = "/pages/"
"""The page's own script and style."""
LOOKING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
RECHECK_SECONDS: Final = 1.0
"""How long it is believed that no key has been made."""


class Access:
    """ASGI middleware round the routes.

    Args:
        app: what is guarded.
        keys: of the service's database.
        required: a key must be shown even while none has been made.
        rate: how much may be asked, as ``NUMBER/UNIT``, or ``off``.
    """

    def __init__(self, app: ASGIApp, keys: Keys, *, required: bool, rate: str) -> None:
        self._app, self._keys, self._required = app, keys, required
        self._rate = parsed_rate(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._looked = -math.inf
        self._open = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request pass, or refuse it."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or path in PUBLIC or path.startswith(PUBLIC_FOLDER):
            await self._app(scope, receive, send)
            return
        try:
            principal = await run_in_threadpool(self._admit, scope)
        except HybridError as error:
            response = problem_of(Request(scope), error)
            if isinstance(error, RateError):
                response.headers["Retry-After"] = str(self._pause(_who(scope, None)))
            if isinstance(error, KeyRefusedError):
                response.headers["WWW-Authenticate"] = 'Bearer realm="hybrid-planner"'
            await response(scope, receive, send)
            return
        scope.setdefault("state", {})["principal"] = principal
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope) -> Principal:
        shown = shown_key(Headers(scope=scope))
        if not shown and self._unlocked(scope):
            principal = Principal(LOCAL, None, SCOPES)
        else:
            try:
                principal = self._keys.admit(shown)
            except KeyRefusedError:
                self._count(_who(scope, None))
                raise
        self._count(_who(scope, principal))
        needed = needed_scope(str(scope["method"]), str(scope["path"]))
        if needed not in principal.scopes:
            remedy = f"Make one with it: hybrid keys create --scopes {needed}."
            raise ScopeError("key", f"does not allow {needed!r}", remedy)
        return principal

    def _unlocked(self, scope: Scope) -> bool:
        if self._required or not _on_loopback(scope):
            return False
        if time.monotonic() - self._looked > RECHECK_SECONDS:
            self._open, self._looked = not self._keys.any_made(), time.monotonic()
        return self._open

    def _count(self, who: str) -> None:
        if self._rate is not None and not self._limiter.hit(self._rate, who):
            raise RateError("requests", f"more than {self._rate} were sent", "Wait, then send fewer.")

    def _pause(self, who: str) -> int:
        if self._rate is None:
            return 1
        stats = self._limiter.get_window_stats(self._rate, who)
        return max(1, math.ceil(stats.reset_time - time.time()))


def parsed_rate(rate: str) -> RateLimitItem | None:
    """Return the limit that ``rate`` says, or None for ``off``; raises ``ConfigError`` when it says none."""
    if rate.strip().lower() == "off":
        return None
    try:
        return parse(rate)
    except ValueError as error:
        remedy = "Write a number and a unit, for instance 1200/minute, or off."
        raise ConfigError("HYBRID_RATE_LIMIT", f"{rate[:80]!r} is no rate", remedy) from error


def needed_scope(method: str, path: str) -> KeyScope:
    """Return what a key must allow for a request."""
    if path == "/metrics":
        return "metrics"
    return "read" if method in LOOKING else "write"


def shown_key(headers: Headers) -> str:
    """Return the key a request shows, as ``Authorization: Bearer KEY`` or ``X-API-Key: KEY``; empty when none."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "").strip()


def is_loopback(address: str) -> bool:
    """Tell whether ``address`` (or name) reaches this machine only."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _on_loopback(scope: Scope) -> bool:
    server = cast("tuple[str, int | None] | None", scope.get("server"))
    return server is not None and (server[1] is None or is_loopback(server[0]))


def _who(scope: Scope, principal: Principal | None) -> str:
    client = cast("tuple[str, int] | None", scope.get("client"))
    return principal.key if principal is not None and principal.key else (client[0] if client else "unknown")

"""What every request passes before any route: a request id, a host name that is ours, and a body of bearable size.

A web page elsewhere can make a browser call a service on loopback under a name of its own (DNS rebinding); therefore
connections to a loopback address must name this machine, unless other names are allowed by the settings.
"""

from __future__ import annotations

import re
import secrets
from typing import cast

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import is_loopback
from api.problems import REQUEST_ID, problem

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PORT = re.compile(r":\d+$")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Guards:
    """ASGI middleware round the whole application.

    Args:
        app: what is guarded.
        hosts: names requests may address; empty allows any, on loopback only those of this machine.
        max_body_bytes: largest request body, bytes.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], max_body_bytes: int) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._max = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get(REQUEST_ID, "")
        scope["request_id"] = given if _ID.fullmatch(given) else secrets.token_hex(8)
        with structlog.contextvars.bound_contextvars(request_id=scope["request_id"]):
            await self._guard(scope, receive, send)

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID] = scope["request_id"]
            await send(message)

        size = headers.get("content-length", "0")
        if not self._welcome(scope, headers.get("host", "")):
            detail = "This service does not answer to that host name; allow it with HYBRID_ALLOWED_HOSTS."
            await problem(Request(scope), 421, detail)(scope, receive, send_named)
        elif "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
            await problem(Request(scope), 400, "The address holds a NUL character.")(scope, receive, send_named)
        elif size.isdigit() and int(size) > self._max:
            await problem(Request(scope), 413, self._too_large)(scope, receive, send_named)
        else:
            await self._app(scope, self._counted(receive), send_named)

    @property
    def _too_large(self) -> str:
        return f"The body may have {self._max} bytes at most."

    def _welcome(self, scope: Scope, host: str) -> bool:
        name = _PORT.sub("", host).lower()
        if self._hosts:
            return name in self._hosts
        server = cast("tuple[str, int | None] | None", scope.get("server"))
        return not is_loopback(server[0] if server else "") or name in _LOOPBACK

    def _counted(self, receive: Receive) -> Receive:
        total = 0

        async def receive_counted() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            if total > self._max:
                raise HTTPException(413, self._too_large)
            return message

        return receive_counted

"""``/metrics``: figures about the queue, the workers, the stages and the requests, for Prometheus."""

from __future__ import annotations

import time

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import Configuration, WholeService
from hybrid.telemetry import FIGURES

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(service: WholeService, settings: Configuration) -> PlainTextResponse:
    """Show all figures, in Prometheus' text format."""
    page = FIGURES.page(service.store.database, settings.lease_seconds)
    return PlainTextResponse(page, headers={"Content-Type": CONTENT_TYPE_LATEST})


class Counted:
    """ASGI middleware that counts requests and how long their answers took to begin.

    Args:
        app: what is counted.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "none")
                FIGURES.requests.labels(scope["method"], route, str(message["status"])).inc()
                FIGURES.latency.labels(route).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, send_counted)

"""Puts the HTTP face together: routes, guards, problems, the page, and the description of it all.

``create_app`` takes a service; it does not know how the service carries tasks out.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import resources

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from api import episodes, events, health, memory, metrics, models, plans, scenes, tasks
from api.access import Access
from api.description import PROBLEMS, describe
from api.guards import Guards
from api.metrics import Counted
from api.problems import install
from api.signals import told_of_signals
from hybrid.config import Settings
from hybrid.service import TaskService
from hybrid.store.keys import Keys

PAGES = str(resources.files("api") / "pages")
SUMMARY = "Plain words in, physically checked actions out."
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:"
"""Content security policy of the page: nothing from elsewhere, nothing inline."""


def create_app(service: TaskService, settings: Settings) -> FastAPI:
    """Return the application; the service's worker starts and stops with it.

    Args:
        service: what carries tasks out.
        settings: host names, body size and default scene.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        await run_in_threadpool(service.start)
        with told_of_signals(service.wind_down):
            yield
        await run_in_threadpool(service.stop)

    # The framework's documentation pages fetch their scripts from elsewhere: the description alone is served.
    app = FastAPI(title="hybrid-planner", summary=SUMMARY, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.service = service
    app.state.settings = settings
    keys = Keys(service.store.database)
    app.add_middleware(Counted)
    app.add_middleware(Access, keys=keys, required=settings.require_keys, rate=settings.rate_limit)
    app.add_middleware(Guards, hosts=settings.allowed_hosts, max_body_bytes=settings.max_body_bytes)
    install(app)
    describe(app)
    routers = [room.router for room in (tasks, events, episodes, memory, scenes, models, health, metrics)]
    for router in (*routers, plans.plans, plans.predictions):
        app.include_router(router, responses=PROBLEMS)
    app.mount("/pages", StaticFiles(directory=PAGES), name="pages")

    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(f"{PAGES}/index.html", headers={"Content-Security-Policy": POLICY})

    return app

"""The application as it is served: settings, store, engine and service composed once, then given their HTTP face."""

from __future__ import annotations

from fastapi import FastAPI

from api.face import create_app
from api.graphs import with_graph
from hybrid.bootstrap import build_engine
from hybrid.carrying import engine_runner
from hybrid.config import load_settings
from hybrid.service import TaskService
from hybrid.store.episodes import open_store


def build_app() -> FastAPI:
    """Return the application that the environment describes; servers call this factory.

    Raises:
        HybridError: a setting, the checkpoint, the language model or the store cannot be used.
    """
    settings = load_settings()
    store = open_store(settings.database_url, settings.artifact_dir, settings.embeddings)
    runner = engine_runner(build_engine(settings)) if settings.embedded_worker else None
    service = TaskService(
        store,
        runner,
        room=settings.queue_size,
        seconds=settings.task_seconds,
        lease_seconds=settings.lease_seconds,
    )
    return with_graph(create_app(service, settings), settings)

"""``/v1/models`` and ``/v1/workers``: what plans here, and who."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter
from pydantic import JsonValue

from api.dependencies import Configuration, Service
from api.schemas import ModelList, WorkerList, WorkerView
from hybrid.store.workers import used_models, workers

router = APIRouter(prefix="/v1", tags=["models"])


@router.get("/models")
def models(service: Service) -> ModelList:
    """List the models that took part in episodes, by their role, latest used first."""
    return ModelList(models=cast("list[dict[str, JsonValue]]", used_models(service.store.database)))


@router.get("/workers")
def listing(service: Service, settings: Configuration) -> WorkerList:
    """List who carries tasks out, and whether they live."""
    found = workers(service.store.database, within=settings.lease_seconds)
    return WorkerList(
        workers=[
            WorkerView(
                id=worker.id,
                alive=worker.alive,
                models=cast("dict[str, JsonValue]", worker.models),
                started_at=worker.started_at,
                heartbeat_at=worker.heartbeat_at,
            )
            for worker in found
        ]
    )

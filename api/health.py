"""``/healthz`` and ``/readyz``: does the process answer, and are requests welcome."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Response

from api.dependencies import WholeService
from api.schemas import Health, Readiness

router = APIRouter(tags=["health"])


@router.get("/healthz")
def alive() -> Health:
    """Answer, which says that the process lives."""
    try:
        installed = version("hybrid-planner")
    except PackageNotFoundError:
        installed = "not installed"
    return Health(status="ok", version=installed)


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready: what is missing."}})
def ready(service: WholeService, response: Response) -> Readiness:
    """Tell whether the worker lives and the database is current; 503 when not."""
    checks = service.readiness()
    response.status_code = 200 if all(checks.values()) else 503
    return Readiness(ready=all(checks.values()), checks=checks)

"""``/v1/plans`` and ``/v1/predictions``: what would be done, and what would become of it, without moving anything.

Both are tasks of the queue like any other, so they wait their turn and survive a crash; whoever asks is given the
answer at once when it comes within the time they are willing to wait.
"""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dependencies import Configuration, ExistingTask, IdempotencyKey, RequestId, Service
from api.schemas import TaskView
from api.wishes import PlanCreate, PredictionCreate
from hybrid.errors import TaskNotFoundError
from hybrid.service import Desk
from hybrid.store.tasks import FINAL, Task, TaskKind, TaskRequest

POLL_SECONDS = 0.05
"""How often the store is asked whether the answer is there."""
PRIORITY = 1
"""Above that of plain tasks: somebody waits for the answer."""

plans = APIRouter(prefix="/v1/plans", tags=["plans"])
predictions = APIRouter(prefix="/v1/predictions", tags=["predictions"])
Wait = Annotated[float, Query(ge=0, le=30, description="Seconds to wait for the answer before 202.")]


@plans.post("", status_code=200, responses={202: {"model": TaskView, "description": "Not ready yet: look again."}})
async def plan(
    *,
    body: PlanCreate,
    service: Service,
    settings: Configuration,
    request: Request,
    response: Response,
    request_id: RequestId,
    idempotency_key: IdempotencyKey = None,
    wait: Wait = 10.0,
) -> TaskView:
    """Decompose, plan and check an instruction without moving anything."""
    wish = await run_in_threadpool(body.request, settings.scene, PRIORITY)
    found = await _answered(service, wish, idempotency_key, request_id, wait)
    return _shown(found, response, request.url_for("show_plan", task=found.id).path)


@plans.get("/{task}")
def show_plan(task: ExistingTask) -> TaskView:
    """Show a plan that was asked for."""
    return TaskView.of(_of_kind(task, "plan"))


@predictions.post("", responses={202: {"model": TaskView, "description": "Not ready yet: look again."}})
async def predict(
    *,
    body: PredictionCreate,
    service: Service,
    settings: Configuration,
    request: Request,
    response: Response,
    request_id: RequestId,
    idempotency_key: IdempotencyKey = None,
    wait: Wait = 10.0,
) -> TaskView:
    """Imagine and simulate what would become of actions, or of the first step towards facts (what if)."""
    wish = await run_in_threadpool(body.request, settings.scene, PRIORITY)
    found = await _answered(service, wish, idempotency_key, request_id, wait)
    return _shown(found, response, request.url_for("show_prediction", task=found.id).path)


@predictions.get("/{task}")
def show_prediction(task: ExistingTask) -> TaskView:
    """Show a prediction that was asked for."""
    return TaskView.of(_of_kind(task, "predict"))


async def _answered(service: Desk, wish: TaskRequest, key: str | None, request_id: str, wait: float) -> Task:
    submitted = await run_in_threadpool(service.submit, wish, key=key, request_id=request_id)
    found, until = submitted.task, time.monotonic() + wait
    while found.status not in FINAL and time.monotonic() < until and not service.over:
        await asyncio.sleep(POLL_SECONDS)
        found = await run_in_threadpool(service.task, found.id)
    return found


def _shown(task: Task, response: Response, location: str) -> TaskView:
    response.status_code = 200 if task.status in FINAL else 202
    response.headers["Location"] = location
    return TaskView.of(task)


def _of_kind(task: Task, kind: TaskKind) -> Task:
    if task.request.kind != kind:
        raise TaskNotFoundError("task", f"{task.id} is no {kind}", f"Look at it with GET /v1/tasks/{task.id}.")
    return task

"""``/v1/plans`` and ``/v1/predictions``: what would be done, and what would become of it, without moving anything.

Both are tasks of the queue like any other, so they wait their turn and survive a crash; whoever asks is given the
answer at once when it comes within the time they are willing to wait.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dependencies import Configuration, ExistingTask, IdempotencyKey, RequestId, Service
from api.schemas import TaskView
from api.wishes import PlanCreate, PredictionCreate
from hybrid.errors import TaskNotFoundError
from hybrid.service import Desk
from hybrid.store.tasks import FINAL, Task, TaskKind

POLL_SECONDS = 0.05
"""How often the store is asked whether the answer is there."""
PRIORITY = 1
"""Above that of plain tasks: somebody waits for the answer."""

plans = APIRouter(prefix="/v1/plans", tags=["plans"])
predictions = APIRouter(prefix="/v1/predictions", tags=["predictions"])
Wait = Annotated[float, Query(ge=0, le=30, description="Seconds to wait for the answer before 202.")]
LATER: dict[int | str, dict[str, Any]] = {202: {"model": TaskView, "description": "Not ready yet: look again."}}


@dataclass(frozen=True)
class Asking:
    """Somebody who asks what would be done or become, and waits for the answer a while."""

    service: Desk
    request: Request
    response: Response
    request_id: str
    scene: str
    key: str | None
    wait: float

    async def answer(self, body: PlanCreate | PredictionCreate, shown_by: str) -> TaskView:
        """Queue what ``body`` asks and wait for its end; 202 when it takes longer. ``shown_by`` names the route."""
        wish = await run_in_threadpool(body.request, self.scene, PRIORITY)
        submitted = await run_in_threadpool(self.service.submit, wish, key=self.key, request_id=self.request_id)
        found, until = submitted.task, time.monotonic() + self.wait
        while found.status not in FINAL and time.monotonic() < until and not self.service.over:
            await asyncio.sleep(POLL_SECONDS)
            found = await run_in_threadpool(self.service.task, found.id)
        self.response.status_code = 200 if found.status in FINAL else 202
        self.response.headers["Location"] = self.request.url_for(shown_by, task=found.id).path
        return TaskView.of(found)


def _asking(
    *,
    service: Service,
    settings: Configuration,
    request: Request,
    response: Response,
    request_id: RequestId,
    idempotency_key: IdempotencyKey = None,
    wait: Wait = 10.0,
) -> Asking:
    return Asking(service, request, response, request_id, settings.scene, idempotency_key, wait)


Asker = Annotated[Asking, Depends(_asking)]


@plans.post("", responses=LATER)
async def plan(body: PlanCreate, asking: Asker) -> TaskView:
    """Decompose, plan and check an instruction without moving anything."""
    return await asking.answer(body, "show_plan")


@plans.get("/{task}")
def show_plan(task: ExistingTask) -> TaskView:
    """Show a plan that was asked for."""
    return TaskView.of(_of_kind(task, "plan"))


@predictions.post("", responses=LATER)
async def predict(body: PredictionCreate, asking: Asker) -> TaskView:
    """Imagine and simulate what would become of actions, or of the first step towards facts (what if)."""
    return await asking.answer(body, "show_prediction")


@predictions.get("/{task}")
def show_prediction(task: ExistingTask) -> TaskView:
    """Show a prediction that was asked for."""
    return TaskView.of(_of_kind(task, "predict"))


def _of_kind(task: Task, kind: TaskKind) -> Task:
    if task.request.kind != kind:
        raise TaskNotFoundError("task", f"{task.id} is no {kind}", f"Look at it with GET /v1/tasks/{task.id}.")
    return task

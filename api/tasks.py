"""``/v1/tasks``: ask for something, see how it goes, stop it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.dependencies import Before, Configuration, ExistingTask, IdempotencyKey, Limit, Service
from api.schemas import TaskCreate, TaskPage, TaskView, requested_scene
from hybrid.store.tasks import TaskRequest, TaskStatus

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])


@router.post("", status_code=202)
def submit(
    body: TaskCreate,
    service: Service,
    settings: Configuration,
    request: Request,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> TaskView:
    """Queue a task; `Location` is where to follow it."""
    scene = requested_scene(body.scene, settings.scene)
    submitted = service.submit(TaskRequest(body.instruction, scene, body.seed), key=idempotency_key)
    response.headers["Location"] = request.url_for("show", task=submitted.task.id).path
    return TaskView.of(submitted.task)


@router.get("")
def listing(service: Service, limit: Limit = 20, before: Before = None, status: TaskStatus | None = None) -> TaskPage:
    """List tasks, newest first."""
    found = service.tasks(limit=limit + 1, before=before, status=status)
    page = found[:limit]
    return TaskPage(tasks=[TaskView.of(task) for task in page], next=page[-1].id if len(found) > limit else None)


@router.get("/{task}")
def show(task: ExistingTask) -> TaskView:
    """Show one task."""
    return TaskView.of(task)


@router.post("/{task}/cancel", status_code=202)
def cancel(task: ExistingTask, service: Service) -> TaskView:
    """Stop a task within one control block; one that has ended stays as it is."""
    return TaskView.of(service.cancel(task.id))

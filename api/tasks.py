"""``/v1/tasks``: ask for something, see how it goes, answer what is asked back, allow it, stop it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.dependencies import Before, Configuration, ExistingTask, IdempotencyKey, Limit, RequestId, Service, ThreadName
from api.schemas import AnswerCreate, Approval, TaskCreate, TaskPage, TaskView
from hybrid.store.tasks import TaskKind, TaskStatus

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])


@router.post("", status_code=202)
def submit(
    *,
    body: TaskCreate,
    service: Service,
    settings: Configuration,
    request: Request,
    response: Response,
    request_id: RequestId,
    idempotency_key: IdempotencyKey = None,
) -> TaskView:
    """Queue a task; `Location` is where to follow it."""
    submitted = service.submit(body.request(settings.scene), key=idempotency_key, request_id=request_id)
    response.headers["Location"] = request.url_for("show", task=submitted.task.id).path
    return TaskView.of(submitted.task)


@router.get("")
def listing(
    service: Service,
    limit: Limit = 20,
    before: Before = None,
    status: TaskStatus | None = None,
    thread: ThreadName = None,
    kind: TaskKind | None = None,
) -> TaskPage:
    """List tasks, newest first."""
    found = service.tasks(limit=limit + 1, before=before, status=status, thread=thread, kind=kind)
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


@router.post("/{task}/answer", status_code=202)
def answer(body: AnswerCreate, task: ExistingTask, service: Service) -> TaskView:
    """Answer the question a task of status `question` asked back; the task goes on with it."""
    return TaskView.of(service.answer(task.id, body.answer))


@router.post("/{task}/approval", status_code=202)
def approve(body: Approval, task: ExistingTask, service: Service) -> TaskView:
    """Allow the plan that a task of status `approval` waits with, or end the task."""
    return TaskView.of(service.approve(task.id, body.plan, approved=body.approved))

"""What routes ask for by name: the service, pages of lists, the task of the path."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Header, Path, Query, Request

from hybrid.config import Settings
from hybrid.service import Desk, TaskService
from hybrid.store.keys import Principal
from hybrid.store.tasks import Task

MOST_ENTRIES = 100
"""Most entries of one page of a list."""


def _service(request: Request) -> Desk:
    service = cast("TaskService", request.app.state.service)
    return service.of(_principal(request).tenant)


def _whole_service(request: Request) -> TaskService:
    return request.app.state.service


def _principal(request: Request) -> Principal:
    return request.state.principal


def _settings(request: Request) -> Settings:
    return request.app.state.settings


Service = Annotated[Desk, Depends(_service)]
"""The service as the tenant of the request sees it."""
WholeService = Annotated[TaskService, Depends(_whole_service)]
"""The service with the tasks of all tenants: for what tells nothing of any of them."""
Configuration = Annotated[Settings, Depends(_settings)]
Limit = Annotated[int, Query(ge=1, le=MOST_ENTRIES, description="Most entries of this page.")]
Before = Annotated[str | None, Query(max_length=80, description="`next` of the page before: only older entries.")]
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=200, description="The same key with the same request gives the same task."),
]
LastEventId = Annotated[
    int | None,
    Header(ge=0, le=2**31, description="Number of the last event already seen; browsers send it themselves."),
]


def _request_id(request: Request) -> str:
    return str(request.scope["request_id"])


RequestId = Annotated[str, Depends(_request_id)]
ThreadName = Annotated[str | None, Query(max_length=80, description="Only what belongs to this conversation.")]


def _task(service: Service, task: Annotated[str, Path(max_length=80)]) -> Task:
    return service.task(task)


ExistingTask = Annotated[Task, Depends(_task)]

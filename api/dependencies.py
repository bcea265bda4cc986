"""What routes ask for by name: the service, pages of lists, the task of the path."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request

from hybrid.config import Settings
from hybrid.service import TaskService
from hybrid.store.tasks import Task

MOST_ENTRIES = 100
"""Most entries of one page of a list."""


def _service(request: Request) -> TaskService:
    return request.app.state.service


def _settings(request: Request) -> Settings:
    return request.app.state.settings


Service = Annotated[TaskService, Depends(_service)]
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


def _task(service: Service, task: Annotated[str, Path(max_length=80)]) -> Task:
    return service.task(task)


ExistingTask = Annotated[Task, Depends(_task)]

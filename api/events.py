"""``/v1/tasks/{task}/events``: what happens in a task, as it happens, as server-sent events.

Events are read from the store, where they are kept before anyone sees them: whoever comes late or comes back gets them
all, in order, from the number after ``Last-Event-ID``. The stream ends after the event ``end``, or with the service.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.dependencies import ExistingTask, LastEventId, Service
from hybrid.store.tasks import LAST_EVENT

POLL_SECONDS = 0.1
"""How often the store is asked for new events: well below what a person notices."""

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])


@router.get("/{task}/events", response_class=EventSourceResponse)
async def follow(
    task: ExistingTask, service: Service, last_event_id: LastEventId = None
) -> AsyncIterator[ServerSentEvent]:
    """Follow a task: `subgoals`, `plan`, `verdict`, `step` and so on, until `end`."""
    seen = last_event_id or 0
    ended = False
    while not ended:
        over = service.over
        events = await run_in_threadpool(service.events, task.id, after=seen)
        for event in events:
            seen, ended = event.sequence, event.name == LAST_EVENT
            yield ServerSentEvent(data=event.data, event=event.name, id=str(event.sequence))
        if not events and over:
            return
        if not events:
            await asyncio.sleep(POLL_SECONDS)

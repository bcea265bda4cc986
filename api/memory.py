"""``/v1/memory``: what the service remembers, and how to teach, correct and forget it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.dependencies import Before, Limit, Service
from api.schemas import Correction, Forgotten, Lesson, MemoryPage, MemoryView
from hybrid.base import MemoryKind

router = APIRouter(prefix="/v1/memory", tags=["memory"])

MemoryId = Annotated[str, Path(max_length=80)]
Like = Annotated[
    str | None, Query(min_length=1, max_length=1000, description="Most alike first; there is no further page.")
]


@router.get("")
def listing(
    service: Service, limit: Limit = 20, before: Before = None, kind: MemoryKind | None = None, like: Like = None
) -> MemoryPage:
    """List what is remembered, newest first, or the most alike first."""
    found = service.store.memory.listing(kind=kind, like=like, limit=limit + 1, before=before)
    page = [MemoryView.of(memory) for memory in found[:limit]]
    return MemoryPage(memories=page, next=page[-1].id if len(found) > limit and like is None else None)


@router.post("", status_code=201)
def teach(body: Lesson, service: Service) -> MemoryView:
    """Teach what a name means; what it meant before is replaced."""
    return MemoryView.of(service.store.memory.teach(body.name, body.meaning))


@router.delete("")
def forget_all(service: Service, kind: MemoryKind | None = None) -> Forgotten:
    """Forget everything, or everything of one kind."""
    return Forgotten(forgotten=service.store.memory.forget_all(kind))


@router.get("/{memory}")
def show(memory: MemoryId, service: Service) -> MemoryView:
    """Show one memory."""
    return MemoryView.of(service.store.memory.memory(memory))


@router.patch("/{memory}")
def correct(memory: MemoryId, body: Correction, service: Service) -> MemoryView:
    """Change what a taught name means."""
    return MemoryView.of(service.store.memory.correct(memory, body.meaning))


@router.delete("/{memory}", status_code=204)
def forget(memory: MemoryId, service: Service) -> Response:
    """Forget one memory, completely."""
    service.store.memory.forget(memory)
    return Response(status_code=204)

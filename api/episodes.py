"""``/v1/episodes``: what was done, step by step, and its video."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from pydantic import JsonValue

from api.dependencies import Before, Limit, Service
from api.schemas import EpisodePage
from hybrid.base import EpisodeStatus

router = APIRouter(prefix="/v1/episodes", tags=["episodes"])


@router.get("")
def listing(
    service: Service, limit: Limit = 20, before: Before = None, status: EpisodeStatus | None = None
) -> EpisodePage:
    """List episodes, newest first."""
    found = service.store.episodes(limit=limit + 1, before=before, status=status)
    page = cast("list[dict[str, JsonValue]]", found[:limit])
    return EpisodePage(episodes=page, next=cast("str", page[-1]["episode"]) if len(found) > limit else None)


@router.get("/{episode}")
def show(episode: str, service: Service) -> dict[str, JsonValue]:
    """Show every subgoal, candidate, energy, verdict and action of an episode."""
    return cast("dict[str, JsonValue]", service.store.episode(episode))


@router.get("/{episode}/video", response_class=FileResponse)
def video(episode: str, service: Service) -> FileResponse:
    """Send the video of an episode, if one was recorded."""
    path = service.store.video(episode)
    if path is None:
        raise HTTPException(404, f"No video of episode {episode} was recorded.")
    return FileResponse(path)

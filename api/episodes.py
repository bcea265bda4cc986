"""``/v1/episodes``: what was done, step by step, what was seen, and its video."""

from __future__ import annotations

from pathlib import Path as File
from typing import Annotated, Any, cast

from fastapi import APIRouter, Path, Query, Response
from fastapi.exceptions import HTTPException
from fastapi.responses import FileResponse
from pydantic import JsonValue
from starlette.types import Message, Receive, Scope, Send

from api.dependencies import Before, Limit, Service
from api.schemas import EpisodePage, FrameList, StepPage
from hybrid.base import EpisodeStatus
from hybrid.errors import EpisodeNotFoundError
from hybrid.store.exchange import export_episode
from hybrid.store.upkeep import forget_episode

router = APIRouter(prefix="/v1/episodes", tags=["episodes"])

EpisodeId = Annotated[str, Path(max_length=80)]
AfterStep = Annotated[int, Query(ge=-1, le=2**31 - 1, description="Only steps after this one.")]
Step = Annotated[int, Path(ge=0, le=2**31 - 1)]
View = Annotated[int, Path(ge=0, le=15)]
Described = dict[int | str, dict[str, Any]]
"""Answers of a route as FastAPI takes them."""
PICTURE: Described = {
    200: {"content": {"image/png": {}}, "description": "The picture."},
    206: {"description": "A part of it."},
}
VIDEO: Described = {
    200: {"content": {"video/mp4": {}, "image/gif": {}}, "description": "The video."},
    206: PICTURE[206],
}
ARCHIVE: Described = {200: {"content": {"application/zip": {}}, "description": "The episode with its images."}}


class ArtifactResponse(FileResponse):
    """An artifact, whole or in parts; its name tells whether it is still the same, and a wrong range is a problem.

    Args:
        path: where it lies; named by the hash of its bytes.
    """

    def __init__(self, path: File) -> None:
        super().__init__(path, headers={"ETag": f'"{path.stem}"'})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what is asked for.

        Raises:
            HTTPException: a range is asked for that is none, or that it does not have.
        """

        async def send_or_refuse(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                size = File(self.path).stat().st_size
                remedy = f"Range: ask for bytes=FIRST-LAST within its {size} bytes."
                raise HTTPException(message["status"], remedy, {"Content-Range": f"bytes */{size}"})
            await send(message)

        await super().__call__(scope, receive, send_or_refuse)


@router.get("")
def listing(
    service: Service, limit: Limit = 20, before: Before = None, status: EpisodeStatus | None = None
) -> EpisodePage:
    """List episodes, newest first."""
    found = service.store.episodes(limit=limit + 1, before=before, status=status)
    page = cast("list[dict[str, JsonValue]]", found[:limit])
    return EpisodePage(episodes=page, next=cast("str", page[-1]["episode"]) if len(found) > limit else None)


@router.get("/{episode}")
def show(episode: EpisodeId, service: Service) -> dict[str, JsonValue]:
    """Show every subgoal, candidate, energy, verdict and action of an episode."""
    return cast("dict[str, JsonValue]", service.store.episode(episode))


@router.delete("/{episode}", status_code=204)
def forget(episode: EpisodeId, service: Service) -> Response:
    """Forget an episode: its records, its memories, and the images that no other record names."""
    forget_episode(service.store, episode)
    return Response(status_code=204)


@router.get("/{episode}/steps")
def steps(episode: EpisodeId, service: Service, after: AfterStep = -1, limit: Limit = 50) -> StepPage:
    """List the control steps that were executed, in order."""
    found = service.store.steps(episode, after=after, limit=limit + 1)
    page = cast("list[dict[str, JsonValue]]", found[:limit])
    return StepPage(steps=page, next=cast("int", page[-1]["step"]) if len(found) > limit else None)


@router.get("/{episode}/frames")
def frames(episode: EpisodeId, service: Service) -> FrameList:
    """List the moments at which the cameras were looked through."""
    record = service.store.episode(episode)
    seen = cast("list[dict[str, JsonValue]]", record["observations"])
    return FrameList(steps=[cast("int", observation["step"]) for observation in seen], views=2)


@router.get("/{episode}/frames/{step}/{view}.png", response_class=FileResponse, responses=PICTURE)
def frame(episode: EpisodeId, step: Step, view: View, service: Service) -> FileResponse:
    """Send what one camera saw at one step; ranges of bytes may be asked for."""
    return ArtifactResponse(service.store.frame(episode, step, view))


@router.get("/{episode}/video", response_class=FileResponse, responses=VIDEO)
def video(episode: EpisodeId, service: Service) -> FileResponse:
    """Send the video of an episode, if one was recorded; ranges of bytes may be asked for."""
    path = service.store.video(episode)
    if path is None:
        problem = f"no video of {episode[:80]} was recorded"
        raise EpisodeNotFoundError("video", problem, "Record one: hybrid episodes replay ID --video FILE.")
    return ArtifactResponse(path)


@router.get("/{episode}/export", response_class=Response, responses=ARCHIVE)
def export(episode: EpisodeId, service: Service) -> Response:
    """Send an episode with its images as one archive, which `hybrid episodes import` takes in elsewhere."""
    name = f'attachment; filename="{episode}.zip"'
    archive = export_episode(service.store, episode)
    return Response(archive, media_type="application/zip", headers={"Content-Disposition": name})

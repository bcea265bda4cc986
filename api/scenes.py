"""``/v1/scenes``: the tables that come with the service."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException

from api.schemas import SceneList, packaged_scene, scene_view
from simulator.scene import scene_names

router = APIRouter(prefix="/v1/scenes", tags=["scenes"])


@router.get("")
def listing() -> SceneList:
    """List the scenes by name."""
    return SceneList(scenes=list(scene_names()))


@router.get("/{name}")
def show(name: str) -> dict[str, object]:
    """Show a scene in the form that a task takes it."""
    if name not in scene_names():
        raise HTTPException(404, f"There is no scene {name[:80]!r}; known are {', '.join(scene_names())}.")
    return scene_view(packaged_scene(name))

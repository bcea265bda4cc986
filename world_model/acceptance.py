"""What an observation and actions must be before anything is made of them; what is not is refused under its name."""

from __future__ import annotations

import numpy as np

from simulator.base import ByteArray, Camera, FloatArray, Observation
from world_model.errors import PerceptionError

SENSED, COMMANDED = 5, 4
"""Components of proprioception, ``P``, and of an action, ``A``."""
LARGEST = float(np.finfo(np.float32).max)
"""What lies beyond is infinite in single precision."""
SPOTS, UNLIKE = 12, 100
"""Pixels that are not of the table's colour, and by how many of 255 levels they differ: more than noise makes."""
RISES = 10
"""Millimetres from which on something is seen to rise from the table."""
PICTURE, REAL = (np.uint8,), (np.float32, np.floating, np.integer)
"""Types of what a picture, and of what a vector is made of."""
GIVE_RGB = "Give a picture of 8-bit RGB for each camera."
GIVE_ELEVATION = "Give a picture of 8-bit heights above the table, whole millimetres, for each camera."
GIVE_SENSED = "Give the tool tip's x, y and z in metres, the suction command and the vacuum seal."
GIVE_ACTIONS = "Give (dx, dy, dz in metres, suction in [0, 1]) for each control step."
CHECK_CAMERA = "Check the camera: its lens, its light and its cable."


def accept(observation: Observation, cameras: tuple[Camera, ...]) -> None:
    """Refuse an observation that a model trained with ``cameras`` cannot read.

    Raises:
        PerceptionError: see ``accept_recording``; also pictures of another size or number, or a camera that is dead.
    """
    accept_recording(observation)
    wanted = (len(cameras), cameras[0].height, cameras[0].width)
    remedy = f"Use the checkpoint's cameras: {', '.join(camera.name for camera in cameras)}."
    refuse_shape("observation.rgb", observation.rgb.shape, (*wanted, 3), remedy)
    refuse_shape("observation.elevation", observation.elevation.shape, wanted, remedy)
    for view, camera in enumerate(cameras):
        if dead(observation.rgb, observation.elevation, view):
            problem = f"the {camera.name} camera shows one colour only"
            raise PerceptionError(f"observation.rgb[{view}]", problem, CHECK_CAMERA)
        if not observation.elevation[view].any() and furnished(observation.rgb[view]):
            problem = f"it is 0 everywhere, though the {camera.name} camera shows more than a bare table"
            raise PerceptionError(f"observation.elevation[{view}]", problem, "Check the depth camera.")


def accept_recording(observation: Observation) -> None:
    """Refuse an observation that could not even be kept, whatever cameras it comes from.

    Raises:
        PerceptionError: pictures that are not uint8, or proprioception that is not ``[P]`` or not finite.
    """
    refuse_type("observation.rgb", observation.rgb, PICTURE, GIVE_RGB)
    refuse_type("observation.elevation", observation.elevation, PICTURE, GIVE_ELEVATION)
    sensed = observation.proprioception
    refuse_type("observation.proprioception", sensed, REAL, GIVE_SENSED)
    refuse_shape("observation.proprioception", sensed.shape, (SENSED,), GIVE_SENSED)
    refuse_infinite("observation.proprioception", sensed, "Check the robot's sensors.")


def accept_actions(actions: FloatArray) -> None:
    """Refuse ``actions`` after which nothing can be imagined.

    Raises:
        PerceptionError: they are not ``[T, A]`` or not finite.
    """
    refuse_type("actions", actions, REAL, GIVE_ACTIONS)
    if actions.ndim != 2 or actions.shape[1] != COMMANDED:
        raise PerceptionError("actions", f"its shape is {actions.shape}, not (T, {COMMANDED})", GIVE_ACTIONS)
    refuse_infinite("actions", actions, GIVE_ACTIONS)


def refuse_type(name: str, value: object, wanted: tuple[type[np.generic], ...], remedy: str) -> None:
    """Refuse what is no array of the first of the ``wanted`` types, nor of one that can be read as such."""
    if not isinstance(value, np.ndarray):
        raise PerceptionError(name, f"it is {type(value).__name__}, not an array", remedy)
    if not any(np.issubdtype(value.dtype, kind) for kind in wanted):
        raise PerceptionError(name, f"its type is {value.dtype}, not {wanted[0].__name__}", remedy)


def refuse_shape(name: str, shape: tuple[int, ...], wanted: tuple[int, ...], remedy: str) -> None:
    """Refuse what does not have the ``wanted`` shape."""
    if shape != wanted:
        raise PerceptionError(name, f"its shape is {shape}, not {wanted}", remedy)


def refuse_infinite(name: str, values: FloatArray, remedy: str) -> None:
    """Refuse ``values`` that are no numbers, or infinite in single precision."""
    if not (np.abs(values) <= LARGEST).all():
        raise PerceptionError(name, "it is not finite", remedy)


def dead(rgb: ByteArray, elevation: ByteArray, view: int) -> bool:
    """Whether a ``view`` of ``rgb [V, H, W, 3]`` shows one colour only, and that cannot be a bare table's.

    A rendered bare table is of one colour too. Then nothing rises in the view's ``elevation [V, H, W]``, the table
    shows in every other view, and it is neither unlit nor overexposed.
    """
    colour = rgb[view, 0, 0]
    if (rgb[view] != colour).any():
        return False
    elsewhere = (rgb == colour).all(axis=-1).any(axis=(1, 2))
    bare = elevation[view].max() < RISES and bool(elsewhere.all())
    return not bare or bool(colour.max() == 0 or colour.min() == 255)


def furnished(rgb: ByteArray) -> bool:
    """Whether a picture ``[H, W, 3]`` shows more than one colour and noise."""
    return int((np.abs(rgb - np.median(rgb, axis=(0, 1))).max(-1) > UNLIKE).sum()) >= SPOTS

"""Videos for people: recorded states drawn with the arm in the picture, as GIF or MP4.

Nothing is simulated again: things stand where they were recorded, the arm is posed by inverse kinematics.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import imageio.v2 as imageio
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from simulator.arm import ArmRobot
from simulator.base import ByteArray, Scene, WorldState
from simulator.camera import PRESENTATION, render
from simulator.errors import HybridError
from simulator.tabletop import Tabletop

FORMATS = (".gif", ".mp4")
MOST_FRAMES = 120
"""Frames in a video by default: a frame costs tens of milliseconds, and nobody watches more."""
_STRIP = 26
"""Height in pixels of the caption below a frame."""


def record_video(
    path: str | Path,
    scene: Scene,
    states: Sequence[WorldState],
    captions: Sequence[str] | None = None,
    fps: int = 10,
    *,
    most_frames: int = MOST_FRAMES,
) -> None:
    """Draw ``states`` and write them to ``path`` (.gif or .mp4).

    Args:
        path: where to; an existing file is replaced only once the video is complete.
        scene: the things, as at the start.
        states: one for each control step (0.1 s).
        captions: one line for each state, or None.
        fps: pictures a second; 10 is real time when no state is skipped.
        most_frames: longer recordings skip states evenly, and keep their duration.

    Raises:
        HybridError: the format is unknown or there is nothing to show.
    """
    path = Path(path)
    if path.suffix not in FORMATS:
        raise HybridError("video", f"{path.suffix or 'no suffix'!r} is unknown", "Name a .gif or an .mp4 file.")
    if not states:
        raise HybridError("video", "there is no state to show", "Record an episode first.")
    chosen = np.unique(np.linspace(0, len(states) - 1, min(most_frames, len(states))).round().astype(int)).tolist()
    rate = fps * len(chosen) / len(states)
    lines = ["" for _ in states] if captions is None else list(captions)
    part = path.with_name(f".{path.name}.part{path.suffix}")
    if path.suffix == ".gif":
        _write_gif(part, _frames(scene, states, lines, chosen), rate)
    else:
        _write_mp4(part, _frames(scene, states, lines, chosen), rate)
    part.replace(path)


def _frames(
    scene: Scene, states: Sequence[WorldState], captions: Sequence[str], chosen: Sequence[int]
) -> Iterator[ByteArray]:
    """Yield ``[H, W, 3]`` pictures, in order."""
    table = Tabletop(scene.things, robot=ArmRobot, settle=0)
    try:
        for index in chosen:
            state = states[index]
            table.show(state)
            rgb, _ = render(table.bullet, (PRESENTATION,))
            yield _captioned(rgb[0], captions[index] if index < len(captions) else "")
    finally:
        table.close()


def _captioned(picture: ByteArray, caption: str) -> ByteArray:
    """Return the picture with a strip below it that says what is going on."""
    height, width, _ = picture.shape
    frame = Image.new("RGB", (width, height + _STRIP), (250, 250, 248))
    frame.paste(Image.fromarray(picture), (0, 0))
    ImageDraw.Draw(frame).text((8, height + 6), caption[:90], fill=(30, 30, 30), font=ImageFont.load_default())
    return np.asarray(frame, dtype=np.uint8)


def _write_gif(path: Path, frames: Iterator[ByteArray], rate: float) -> None:
    pictures = [Image.fromarray(frame).quantize(96) for frame in frames]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=round(1000 / rate), loop=0)


def _write_mp4(path: Path, frames: Iterator[ByteArray], rate: float) -> None:
    imageio.mimwrite(path, list(frames), fps=rate, codec="libx264", macro_block_size=2)

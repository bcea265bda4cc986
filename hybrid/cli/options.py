"""Options that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Instruction = Annotated[str, typer.Argument(help="What should be done, in plain words.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON on stdout, errors too.")]
SceneName = Annotated[
    str | None, typer.Option("--scene", help="A packaged scene or the path of a scene file.", show_default=False)
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same result.")]
Video = Annotated[Path | None, typer.Option("--video", help="Write what happened as .gif or .mp4.", show_default=False)]
EpisodeId = Annotated[str, typer.Argument(metavar="ID", help="As `hybrid episodes list` shows it.", show_default=False)]
Workers = Annotated[int, typer.Option("--workers", min=1, max=256, help="Processes; the result does not depend on it.")]

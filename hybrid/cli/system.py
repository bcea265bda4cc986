"""``hybrid doctor`` and ``hybrid serve``: the state of the installation, and the service."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Annotated, cast

import typer
import uvicorn

from hybrid.base import Json
from hybrid.cli.contracts import answer
from hybrid.cli.options import AsJson
from hybrid.cli.showing import show_findings
from hybrid.config import PREFIX, load_settings
from hybrid.doctor import examine

SERVICE = "api.app:build_app"
"""The service's factory, by name: this room may not import the one above it, uvicorn may."""

GRACE = 3
"""Seconds an ending service waits for those who still listen to a task, before it interrupts the task under way."""

Host = Annotated[str | None, typer.Option("--host", help="Address to listen on.", show_default=False)]
Port = Annotated[
    int | None, typer.Option("--port", help="Port to listen on; 0 lets the system choose.", show_default=False)
]


def doctor(as_json: AsJson = False) -> int:
    """Look whether everything the service needs is there and works; exit code 1 when something is not."""
    findings = examine(load_settings())
    report = cast("list[Json]", [asdict(finding) for finding in findings])
    answer(report, as_json=as_json, people=lambda console: show_findings(console, findings))
    return 0 if all(finding.ok for finding in findings) else 1


def serve(host: Host = None, port: Port = None) -> int:
    """Serve tasks over HTTP and the web page; reaches this machine only unless told otherwise."""
    settings = load_settings(host=host, port=port)
    os.environ[f"{PREFIX}HOST"] = (
        settings.host
    )  # the factory reads the environment: which hosts it answers depends on it
    uvicorn.run(SERVICE, factory=True, host=settings.host, port=settings.port, timeout_graceful_shutdown=GRACE)
    return 0

"""``hybrid doctor``, ``hybrid serve`` and ``hybrid worker``: the state of the installation, and the service."""

from __future__ import annotations

import ipaddress
import os
import time
from dataclasses import asdict
from typing import Annotated, cast

import typer
import uvicorn

from hybrid.base import Json
from hybrid.bootstrap import build_engine
from hybrid.carrying import engine_runner
from hybrid.cli.contracts import answer
from hybrid.cli.options import AsJson
from hybrid.cli.showing import show_findings
from hybrid.config import PREFIX, Settings, load_settings
from hybrid.doctor import examine
from hybrid.errors import ConfigError
from hybrid.interruption import interruptible
from hybrid.store.engine import open_database
from hybrid.store.episodes import open_store
from hybrid.store.keys import Keys
from hybrid.telemetry import log_as_json, trace_if_asked
from hybrid.worker import Worker

SERVICE = "api.app:build_app"
"""The service's factory, by name: this room may not import the one above it, uvicorn may."""

GRACE = 3
"""Seconds an ending service waits for those who still listen to a task, before it interrupts the task under way."""
LOOK_SECONDS = 0.2
"""How often a worker process looks whether it was told to stop."""

Host = Annotated[str | None, typer.Option("--host", help="Address to listen on.", show_default=False)]
Port = Annotated[
    int | None, typer.Option("--port", help="Port to listen on; 0 lets the system choose.", show_default=False)
]
EmbeddedWorker = Annotated[
    bool | None,
    typer.Option("--worker/--no-worker", help="Carry tasks out here, or leave them to hybrid worker.", show_default=""),
]


def doctor(as_json: AsJson = False) -> int:
    """Look whether everything the service needs is there and works; exit code 1 when something is not."""
    findings = examine(load_settings())
    report = cast("list[Json]", [asdict(finding) for finding in findings])
    answer(report, as_json=as_json, people=lambda console: show_findings(console, findings))
    return 0 if all(finding.ok for finding in findings) else 1


def serve(host: Host = None, port: Port = None, worker: EmbeddedWorker = None) -> int:
    """Serve tasks over HTTP and the web page; reaches this machine only unless told otherwise and keys were made."""
    settings = load_settings(host=host, port=port, embedded_worker=worker)
    refuse_open_door(settings)
    # The factory reads the environment: which hosts it answers, and whether it works, depends on these.
    os.environ[f"{PREFIX}HOST"] = settings.host
    os.environ[f"{PREFIX}EMBEDDED_WORKER"] = str(settings.embedded_worker).lower()
    log_as_json(settings.log_level)
    trace_if_asked()
    uvicorn.run(
        SERVICE, factory=True, host=settings.host, port=settings.port, timeout_graceful_shutdown=GRACE, log_config=None
    )
    return 0


def worker() -> int:
    """Carry queued tasks out in this process, beside others; stops cleanly on SIGTERM."""
    settings = load_settings()
    log_as_json(settings.log_level)
    trace_if_asked()
    store = open_store(settings.database_url, settings.artifact_dir, settings.embeddings)
    engine = build_engine(settings)
    made = Worker(
        store,
        engine_runner(engine),
        seconds=settings.task_seconds,
        lease_seconds=settings.lease_seconds,
        models=engine.parts.models,
    )
    with interruptible() as interruption:
        made.start()
        typer.echo(f"worker {made.id} is at work on {store.database.name}", err=True)
        while made.working and not interruption():
            time.sleep(LOOK_SECONDS)
        made.stop()
    store.close()
    return interruption.exit_code or 0


def refuse_open_door(settings: Settings) -> None:
    """Refuse to listen where others can reach while no key is good; raises ``ConfigError``."""
    try:
        alone = ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        alone = settings.host == "localhost"
    if alone:
        return
    database = open_database(settings.database_url)
    try:
        guarded = Keys(database).any_active()
    finally:
        database.close()
    if not guarded:
        problem = f"others can reach {settings.host}, and no key has been made"
        raise ConfigError("host", problem, "Make one with hybrid keys create, or listen on 127.0.0.1.")

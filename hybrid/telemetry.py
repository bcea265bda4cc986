"""What can be watched from outside: figures for Prometheus, log lines as JSON, and spans for OpenTelemetry.

Figures of the process (stages, energies, verdicts, surprise) are counted from the events of tasks as they happen;
figures of the store (queue, workers) are read when they are asked for. The id of the HTTP request that asked for a task
is bound to every log line of that task, in whichever process it is carried out.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final, cast

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from hybrid.base import Json
from hybrid.errors import ConfigError
from hybrid.store.engine import Database
from hybrid.store.tasks import Task, count_by_status
from hybrid.store.workers import workers

LATENCIES: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of the latency histograms, seconds: from one forward pass to the longest task."""
LENGTHS: Final = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Upper bounds of the energy histogram, metres."""
SURPRISES: Final = (0.1, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Upper bounds of the surprise histogram; 1 is the 99th percentile of held-out play."""


class Figures:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.tasks = Counter(
            "hybrid_tasks_ended", "Tasks by kind and how they ended.", ["kind", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "hybrid_task_seconds",
            "Time from being taken to the end.",
            ["kind"],
            buckets=LATENCIES,
            registry=self.registry,
        )
        self.waited = Histogram(
            "hybrid_task_waited_seconds", "Time in the queue.", buckets=LATENCIES, registry=self.registry
        )
        self.stages = Histogram(
            "hybrid_stage_seconds",
            "Time of a stage of an episode.",
            ["stage"],
            buckets=LATENCIES,
            registry=self.registry,
        )
        self.energies = Histogram(
            "hybrid_plan_energy_metres", "Imagined energy of plans.", buckets=LENGTHS, registry=self.registry
        )
        self.verdicts = Counter("hybrid_verdicts", "What the check said of plans.", ["code"], registry=self.registry)
        self.surprise = Histogram(
            "hybrid_surprise", "Prediction error of looks.", ("level",), buckets=SURPRISES, registry=self.registry
        )
        self.requests = Counter(
            "hybrid_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.latency = Histogram(
            "hybrid_http_seconds",
            "Time to the first byte of the answer.",
            ["route"],
            buckets=LATENCIES,
            registry=self.registry,
        )
        self.queue = Gauge("hybrid_tasks", "Tasks in the store by status.", ["status"], registry=self.registry)
        self.workers = Gauge("hybrid_workers_alive", "Workers that said lately that they live.", registry=self.registry)

    def heard(self, name: str, data: dict[str, Json]) -> None:
        """Count an event of a task."""
        if name == "plan" and isinstance(data.get("energy"), int | float):
            self.energies.observe(cast("float", data["energy"]))
        elif name == "verdict":
            self.verdicts.labels(str(data.get("code"))).inc()
        elif name == "observed":
            for level, measured in (("1", data.get("surprise")), ("2", data.get("leap_surprise"))):
                if isinstance(measured, int | float):
                    self.surprise.labels(level).observe(measured)

    def ended(self, task: Task, status: str, outcome: dict[str, Json], seconds: float) -> None:
        """Count a task that ended after ``seconds`` of work."""
        self.tasks.labels(task.request.kind, status).inc()
        self.seconds.labels(task.request.kind).observe(seconds)
        if task.started_at is not None:
            self.waited.observe(max(0.0, (task.started_at - task.created_at).total_seconds()))
        spent = outcome.get("milliseconds")
        for stage, milliseconds in spent.items() if isinstance(spent, dict) else ():
            self.stages.labels(stage).observe(cast("float", milliseconds) / 1000)

    def page(self, database: Database, lease_seconds: float) -> bytes:
        """Return all figures in Prometheus' text format; raises ``StoreError`` when the store cannot be read."""
        for status, count in count_by_status(database).items():
            self.queue.labels(status).set(count)
        self.workers.set(sum(worker.alive for worker in workers(database, within=lease_seconds)))
        return generate_latest(self.registry)


FIGURES: Final = Figures()
"""The figures of this process."""


def log_as_json(level: str = "INFO") -> None:
    """Let every log line of this process, those of libraries included, be one JSON object on stderr."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True


def trace_if_asked() -> None:
    """Send spans where ``OTEL_EXPORTER_OTLP_ENDPOINT`` says; does nothing while it says nothing.

    Raises:
        ConfigError: it names a place, and the extra ``otel`` is not installed.
    """
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    try:
        trace = importlib.import_module("opentelemetry.trace")
        sdk = importlib.import_module("opentelemetry.sdk.trace")
        export = importlib.import_module("opentelemetry.sdk.trace.export")
        otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError as error:
        remedy = "Install the extra: pip install 'hybrid-planner[otel]', or unset the variable."
        raise ConfigError("OTEL_EXPORTER_OTLP_ENDPOINT", f"{error.name} is not installed", remedy) from error
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


@contextmanager
def about(task: Task) -> Generator[None]:
    """Bind the task, its tenant and the request that asked for it to every log line of the body, and trace it."""
    bound = {"task": task.id, "tenant": task.tenant, "request_id": task.request_id}
    with structlog.contextvars.bound_contextvars(**bound), span("task", {"task": task.id, "kind": task.request.kind}):
        yield


@contextmanager
def span(name: str, attributes: dict[str, str]) -> Generator[None]:
    """Trace the body where the extra ``otel`` is installed and configured; otherwise do nothing else."""
    try:
        trace = importlib.import_module("opentelemetry.trace")
    except ImportError:
        yield
        return
    with trace.get_tracer("hybrid-planner").start_as_current_span(name, attributes=attributes):
        yield

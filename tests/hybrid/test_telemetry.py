"""Covers hybrid.telemetry: spans of tasks leave the process over OTLP, as whoever collects them reads them.

What else can be watched is covered in ``tests/api/test_metrics.py``.
"""

import http.server
import os
import subprocess
import sys
import threading

import pytest

from hybrid.errors import ConfigError
from hybrid.store.episodes import open_store
from hybrid.store.tasks import TaskRequest
from hybrid.telemetry import trace_if_asked
from tests.hybrid.store.samples import SCENE, SENTENCE, empty_database

CARRIED_OUT = """
import sys, time
from pathlib import Path
from hybrid.store.episodes import open_store
from hybrid.telemetry import span, trace_if_asked
from hybrid.worker import Worker
from tests.hybrid.store.samples import outcome

def run(job):
    with span("plan", {"subgoal": "0"}):
        return outcome()

trace_if_asked()
store = open_store(sys.argv[1], Path(sys.argv[2]))
worker = Worker(store, run)
worker.start()
while store.tasks.task(sys.argv[3]).status != "succeeded":
    time.sleep(0.02)
worker.stop()
store.close()
"""


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes what an OTLP exporter sends."""

    def do_POST(self):
        self.server.received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        return


@pytest.fixture
def collector():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    server.received = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def spans(received):
    """Every span that was sent, by its name."""
    messages = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    asked = [messages.ExportTraceServiceRequest.FromString(body) for path, body in received if path == "/v1/traces"]
    return {
        span.name: span
        for request in asked
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }


def test_the_span_of_a_task_reaches_the_collector_with_what_happened_inside_it(collector, tmp_path):
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    url, folder = empty_database(tmp_path), tmp_path / "artifacts"
    store = open_store(url, folder)
    task = store.tasks.submit(TaskRequest(SENTENCE, SCENE, 7), key=None, room=9).task
    store.close()
    place = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}"}
    command = [sys.executable, "-c", CARRIED_OUT, url, str(folder), task.id]
    ran = subprocess.run(command, env={**os.environ, **place}, capture_output=True, text=True, check=False, timeout=240)
    assert ran.returncode == 0, ran.stderr
    found = spans(collector.received)
    assert {name: found["task"].attributes[k].value.string_value for k, name in enumerate(("task", "kind"))} == {
        "task": task.id,
        "kind": "run",
    }
    assert found["plan"].parent_span_id == found["task"].span_id
    assert found["plan"].trace_id == found["task"].trace_id


def test_a_place_for_spans_without_the_means_to_send_them_is_refused(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ConfigError, match=r"hybrid-planner\[otel\]"):
        trace_if_asked()


def test_without_a_place_nothing_is_sent(monkeypatch):
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    trace_if_asked()

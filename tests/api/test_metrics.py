"""Covers api.metrics and hybrid.telemetry: figures move with what happens, and log lines carry ids end to end."""

import json
import logging
import re

from hybrid.telemetry import log_as_json


def figure(client, name):
    page = client.get("/metrics")
    assert page.headers["Content-Type"].startswith("text/plain")
    found = re.search(rf"^{re.escape(name)} (\S+)$", page.text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_figures_move_with_what_happens(client, ended):
    names = (
        'hybrid_tasks_ended_total{kind="run",status="succeeded"}',
        "hybrid_plan_energy_metres_count",
        'hybrid_stage_seconds_count{stage="plan"}',
        'hybrid_http_requests_total{method="POST",route="/v1/tasks",status="202"}',
    )
    before = [figure(client, name) for name in names]
    ended(client.post("/v1/tasks", json={"instruction": "go"}).json()["id"])
    assert [figure(client, name) - old for name, old in zip(names, before, strict=True)] == [1, 1, 1, 1]
    assert figure(client, 'hybrid_tasks{status="succeeded"}') == 1
    assert figure(client, "hybrid_workers_alive") == 1


def test_the_id_of_a_request_reaches_the_log_lines_of_its_task(client, ended, capfd):
    handlers, level = logging.getLogger().handlers, logging.getLogger().level
    log_as_json()
    try:
        asked = client.post("/v1/tasks", json={"instruction": "break"}, headers={"X-Request-ID": "mine-42"})
        found = ended(asked.json()["id"])
    finally:
        logging.getLogger().handlers = handlers
        logging.getLogger().setLevel(level)
    assert found["request_id"] == asked.headers["X-Request-ID"] == "mine-42"
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    [line] = [line for line in lines if line.get("task") == found["id"] and "exception" in line]
    assert (line["request_id"], line["level"]) == ("mine-42", "error")
    assert "ZeroDivisionError" in line["exception"]

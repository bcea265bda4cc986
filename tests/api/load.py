"""What the service bears: submit, status and events from a process of its own, with 1, 10 and 50 clients at once.

    python -m tests.api.load

The server runs in a process of its own, with a runner that ends at once: the door is measured and not the engine.
"""

import json
import multiprocessing
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import uvicorn

from api.face import create_app
from hybrid.config import load_settings
from hybrid.service import TaskService
from hybrid.store.episodes import open_store
from tests.hybrid.store.samples import empty_database, outcome

CLIENTS = (1, 10, 50)
ROUNDS = 200
"""Tasks asked for in all at every number of clients."""


def serve(port, room):
    """Serve until killed."""
    folder = Path(tempfile.mkdtemp())
    store = open_store(empty_database(folder), folder / "artifacts")
    service = TaskService(store, lambda _: outcome(), room=room)
    app = create_app(service, load_settings(rate_limit="off"))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


def quantiles(times):
    """Return p50 and p95 in milliseconds."""
    ordered = sorted(times)
    return {
        "p50_ms": round(1000 * statistics.median(ordered), 1),
        "p95_ms": round(1000 * ordered[int(0.95 * len(ordered))], 1),
    }


def measured(address, clients, rounds=ROUNDS):
    """Let ``clients`` threads ask for ``rounds`` tasks in all, look at each and follow it to its end."""
    times = {"submit": [], "status": [], "events": []}
    refused = []
    lock = threading.Lock()

    def client(count):
        with httpx.Client(base_url=address, timeout=60, trust_env=False, verify=False) as http:
            for _ in range(count):
                began = time.perf_counter()
                made = http.post("/v1/tasks", json={"instruction": "put the red block on the blue block"})
                took = time.perf_counter() - began
                if made.status_code in {429, 503}:
                    refused.append(made.headers["Retry-After"])
                    time.sleep(0.2)
                    continue
                task = made.json()["id"]
                began = time.perf_counter()
                http.get(f"/v1/tasks/{task}").raise_for_status()
                looked = time.perf_counter() - began
                began = time.perf_counter()
                with http.stream("GET", f"/v1/tasks/{task}/events") as events:
                    first = next(events.iter_lines())
                    followed = time.perf_counter() - began
                    assert first.startswith("event")
                with lock:
                    times["submit"].append(took)
                    times["status"].append(looked)
                    times["events"].append(followed)

    threads = [threading.Thread(target=client, args=(rounds // clients,)) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    found = {name: quantiles(values) for name, values in times.items() if values}
    return {
        "clients": clients,
        "done": len(times["submit"]),
        "refused": len(refused),
        "seconds": round(seconds, 1),
        **found,
    }


def started(room):
    """Start a server and return its process and address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(port, room), daemon=True)
    process.start()
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/readyz", trust_env=False).status_code == 200:
                return process, address
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not begin to serve")


def main():
    process, address = started(room=100_000)
    figures = [measured(address, clients) for clients in CLIENTS]
    process.kill()
    process, address = started(room=3)
    figures.append({"bound": 3, **measured(address, 10, 100)})
    process.kill()
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()

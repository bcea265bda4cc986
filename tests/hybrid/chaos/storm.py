"""A storm: tasks are asked for over HTTP while servers and workers kill themselves, and then everything is counted.

python -m tests.hybrid.chaos.storm --tasks 400 --kills 200 --engine product --database sqlite
python -m tests.hybrid.chaos.storm --tasks 400 --kills 200 --engine product --database postgresql
"""

import argparse
import collections
import json
import socket
import sys
import tempfile
import time
from pathlib import Path

import httpx

from hybrid.store.records import plain
from hybrid.store.tables import LOCAL, EpisodeRow, TaskEventRow, TaskRow
from hybrid.store.tasks import FINAL
from hybrid.store.upkeep import inspect_store
from simulator.scene import dump_scene
from tests.hybrid.chaos.engines import TINY, wiggle
from tests.hybrid.chaos.nursery import Nursery, Place, server, worker

ENGINES = ("product", "wiggle")
SENTENCE = "put the red block on the blue block"


def storm(place, *, tasks, kills, engine, workers, seed=0, patience=1800.0):
    """Submit ``tasks`` while at least ``kills`` processes kill themselves; return what was counted.

    With ``workers`` 0 the server carries tasks out itself, as one process on one SQLite file does. After ``patience``
    seconds nobody is killed any more, and what was acknowledged by then is waited for.
    """
    runner = engine_of(engine)
    embedded = runner if workers == 0 else None
    roles = {"server": ("worker" if workers == 0 else "server", lambda fuse: server(place, fuse, embedded))}
    for number in range(workers):
        roles[f"worker-{number}"] = ("worker", lambda fuse: worker(place, runner, fuse))
    nursery = Nursery(place, roles, kills, seed)
    began, acknowledged = time.monotonic(), {}
    store = place.store()
    client = httpx.Client(base_url=f"http://127.0.0.1:{place.port}", timeout=10.0, trust_env=False, verify=False)
    try:
        while time.monotonic() - began < patience + 120:
            if time.monotonic() - began > patience:
                kills, nursery.kills, tasks = min(kills, nursery.died), 0, len(acknowledged)
            nursery.tend()
            _submit(client, acknowledged, tasks, nursery.died, kills)
            if len(acknowledged) >= tasks and nursery.died < kills and _all_ended(store):
                tasks += max(4, (kills - nursery.died) // 2)
            if len(acknowledged) >= tasks and nursery.died >= kills and _all_ended(store):
                break
            time.sleep(0.02)
        return {**counted(place, store, acknowledged), "kills": nursery.died, "seconds": time.monotonic() - began}
    finally:
        client.close()
        nursery.end()
        store.close()


def engine_of(name):
    """Return the runner of an engine; the product is loaded only where it is asked for."""
    if name == "wiggle":
        return wiggle()
    from tests.hybrid.chaos.product import product  # noqa: PLC0415

    return product()


def _submit(client, acknowledged, tasks, died, kills):
    """Ask for a few more tasks, in step with the deaths; a key that got no answer is asked for again."""
    due = tasks if died >= kills else min(tasks, 4 + len(acknowledged) + 2)
    for number in range(len(acknowledged), min(due, len(acknowledged) + 2)):
        body = {"instruction": SENTENCE, "scene": dump_scene(TINY), "seed": number}
        try:
            response = client.post("/v1/tasks", json=body, headers={"Idempotency-Key": f"key-{number}"})
        except httpx.HTTPError:
            return
        if response.status_code == 202:
            acknowledged[f"key-{number}"] = response.json()["id"]
        elif response.status_code not in {429, 503}:
            raise AssertionError(f"{response.status_code}: {response.text}")
        else:
            return


def _all_ended(store):
    with store.database.read() as session:
        return session.query(TaskRow).where(TaskRow.status.not_in(FINAL)).count() == 0


def counted(place, store, acknowledged):
    """Compare what was acknowledged, what is stored, and what moved."""
    with store.database.read() as session:
        rows = {row.idempotency_key: row for row in session.query(TaskRow).where(TaskRow.tenant == LOCAL)}
        gaps = [
            row.id
            for row in rows.values()
            if [
                s
                for (s,) in session.query(TaskEventRow.sequence)
                .where(TaskEventRow.task == row.number)
                .order_by(TaskEventRow.sequence)
            ]
            != list(range(1, session.query(TaskEventRow).where(TaskEventRow.task == row.number).count() + 1))
        ]
        running = session.query(EpisodeRow).where(EpisodeRow.status == "running").count()
    effects = [line.split() for line in place.effects.read_text().splitlines()] if place.effects.exists() else []
    per_step = collections.Counter((task, step) for task, step, _ in effects)
    hands = collections.defaultdict(set)
    for task, _, pid in effects:
        hands[task].add(pid)
    short = [
        row.id
        for row in rows.values()
        if row.status == "succeeded" and _moved(store, row) != _witnessed(effects, row.id)
    ]
    sound = inspect_store(store.database, store.artifacts)
    return {
        "acknowledged": len(acknowledged),
        "lost": sum(1 for key, task in acknowledged.items() if key not in rows or rows[key].id != task),
        "unended": sum(1 for row in rows.values() if row.status not in FINAL),
        "effects": len(effects),
        "effects_twice": sum(1 for count in per_step.values() if count > 1),
        "moved_by_two": sum(1 for pids in hands.values() if len(pids) > 1),
        "records_that_differ_from_effects": len(short),
        "events_with_gaps": len(gaps),
        "episodes_left_running": running,
        "statuses": dict(collections.Counter(row.status for row in rows.values())),
        "requeued": sum(1 for row in rows.values() if row.tries > 1),
        "labelled_kills": len(place.deaths.read_text().splitlines()) if place.deaths.exists() else 0,
        "labels": len(set(place.deaths.read_text().splitlines())) if place.deaths.exists() else 0,
        "sound": plain(sound) if not sound.ok else "ok",
    }


def _moved(store, row):
    return len(store.actions(row.episode)) if row.episode else 0


def _witnessed(effects, task):
    return sum(1 for name, _, _ in effects if name == task)


def whole(found):
    """Tell whether nothing was lost and nothing happened twice."""
    wrong = ("lost", "unended", "effects_twice", "moved_by_two", "records_that_differ_from_effects", "events_with_gaps")
    return all(found[name] == 0 for name in wrong) and found["sound"] == "ok"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=400)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--engine", choices=ENGINES, default="product")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/hybrid.db"
        if asked.database == "postgresql":
            from tests.hybrid.store.postgres import empty_postgres  # noqa: PLC0415

            url = empty_postgres()
        place = Place(url, Path(folder), free_port())
        workers = 2 if asked.database == "postgresql" else 0
        found = storm(
            place,
            tasks=asked.tasks,
            kills=asked.kills,
            engine=asked.engine,
            workers=workers,
            seed=asked.seed,
            patience=60 * asked.minutes,
        )
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0 if whole(found) else 1


if __name__ == "__main__":
    sys.exit(main())

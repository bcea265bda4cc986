"""``python -m hybrid.evaluation.memory_worth``: what long-term memory is worth, on and off on the same tasks.

Three questions, each paired: are taught names understood; is a task that was done before planned with less search; is
what the check rejected before proposed again. Tasks are drawn from held-out seeds; every pair is a tenant who
begins without any memory.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hybrid.base import Json
from hybrid.bootstrap import build_engine
from hybrid.config import load_settings
from hybrid.engine import PlanningEngine, never
from hybrid.evaluation.statistics import mcnemar, quantile, wilson
from hybrid.rehearsal import Rehearsal
from hybrid.store.episodes import SqlStore, open_store
from simulator.base import MOVABLE, Scene
from simulator.tasks import make_task

FIRST_SEED = 910_000
"""Of the first task; held-out seeds begin far below."""
NAMES = (
    "my mug",
    "grandma's cup",
    "the talisman",
    "Bob",
    "my favourite",
    "the prize",
    "the usual one",
    "little friend",
)
"""Names no scene uses."""
PLACES = ("in the top left corner", "in the bottom right corner", "to the middle of the table")


@dataclass(frozen=True)
class Pair:
    """One question asked with memory and without: whether it came out well, and what it cost."""

    on: bool
    off: bool
    cost_on: float = 0.0
    cost_off: float = 0.0


def names(engine: PlanningEngine, store: SqlStore, n: int, first: int = FIRST_SEED) -> list[Pair]:
    """Teach a name for one thing of a scene and ask for that thing by it; well means: the facts of its plain name."""
    pairs: list[Pair] = []
    seed = first
    while len(pairs) < n:
        scene = make_task("place", seed).scene
        rng = np.random.default_rng(seed)
        seed += 1
        alone = [t for t in scene.things if t.kind in MOVABLE and _unique(scene, t.colour, t.kind)]
        if not alone:
            continue
        thing, name = alone[int(rng.integers(len(alone)))], NAMES[int(rng.integers(len(NAMES)))]
        place = PLACES[int(rng.integers(len(PLACES)))]
        told = engine.decompose(f"put the {thing.colour} {thing.kind} {place}", scene, seed)
        wanted = [goal.facts for goal in told.subgoals]
        if told.status != "planned":
            continue
        knows = _bound(engine, store, seed)
        knows.store.memory.teach(name, f"the {thing.colour} {thing.kind}")
        asked = f"put {name} {place}"
        answers = [made.decompose(asked, scene, seed) for made in (knows.engine, engine)]
        on, off = ([goal.facts for goal in answer.subgoals] == wanted for answer in answers)
        pairs.append(Pair(on, off))
    return pairs


def repeats(
    engine: PlanningEngine, store: SqlStore, n: int, suite: str, first: int = FIRST_SEED
) -> tuple[list[Pair], list[Pair]]:
    """Carry tasks out once, then plan them again; return the pairs of the search, and those of repeated failures.

    The search: well means planned at once, and the cost is the candidates imagined. Failures: well means that nothing
    was proposed first that had been rejected before; only tasks with such a rejection count.
    """
    searches: list[Pair] = []
    failures: list[Pair] = []
    for seed in range(first, first + n):
        task = make_task(suite, seed)
        knows = _bound(engine, store, seed)
        knows.engine.run(task.instruction, task.scene, seed)
        rejected = knows.store.rejected(task.instruction, task.scene)
        on, off = (
            made.rehearse(task.instruction, task.scene, seed, never)
            for made in (knows.engine, PlanningEngine(replace(knows.engine.parts, memory=None)))
        )
        searches.append(Pair(_at_once(on), _at_once(off), _candidates(on), _candidates(off)))
        if rejected:
            firsts = [made.plans[0].plan.manipulations[0] if made.plans else None for made in (on, off)]
            failures.append(Pair(*(first not in rejected for first in firsts)))
    return searches, failures


@dataclass(frozen=True)
class _Knowing:
    engine: PlanningEngine
    store: SqlStore


def _bound(engine: PlanningEngine, store: SqlStore, seed: int) -> _Knowing:
    """Return the engine in the name of a tenant of its own, who begins without any memory."""
    own = store.of(f"pair-{seed}")
    return _Knowing(PlanningEngine(replace(engine.parts, memory=own.memory)).bound(own), own)


def _unique(scene: Scene, colour: str, kind: str) -> bool:
    return sum(1 for thing in scene.things if (thing.colour, thing.kind) == (colour, kind)) == 1


def _at_once(made: Rehearsal) -> bool:
    return made.status == "planned" and all(entry.verdict.accepted for entry in made.plans)


def _candidates(made: Rehearsal) -> float:
    return float(sum(level.candidates for entry in made.plans for level in entry.plan.trace))


def summary(pairs: Sequence[Pair]) -> dict[str, Json]:
    """Return counts with Wilson intervals, McNemar's test, and the median cost, with memory and without."""
    n = len(pairs)
    found: dict[str, Json] = {"n": n}
    for name, wins, costs in (
        ("on", [pair.on for pair in pairs], [pair.cost_on for pair in pairs]),
        ("off", [pair.off for pair in pairs], [pair.cost_off for pair in pairs]),
    ):
        if n:
            interval = wilson(sum(wins), n)
            spread: list[Json] = [round(interval.low, 3), round(interval.high, 3)]
            found[name] = {"well": sum(wins), "wilson95": spread, "median_candidates": quantile(costs, 0.5)}
    if n:
        found["mcnemar_p"] = mcnemar([pair.on for pair in pairs], [pair.off for pair in pairs]).p
    return found


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description="What long-term memory is worth, on and off on the same tasks.")
    parser.add_argument("--n", type=int, default=200, help="pairs of each question")
    parser.add_argument("--suite", default="place", help="of the repeated tasks")
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="seed of the first task")
    parser.add_argument("--ask", choices=("names", "repeats", "both"), default="both", help="which questions")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        unused = {"database_url": f"sqlite:///{folder}/unused.db", "artifact_dir": Path(folder)}
        engine = build_engine(load_settings(**unused, memory=False))
        store = open_store(f"sqlite:///{folder}/asked.db", Path(folder) / "artifacts")
        report: dict[str, Json] = {"n": asked.n, "suite": asked.suite, "first": asked.first}
        if asked.ask != "repeats":
            report["taught_names"] = summary(names(engine, store, asked.n, asked.first))
        if asked.ask != "names":
            searches, failures = repeats(engine, store, asked.n, asked.suite, asked.first)
            report |= {"repeated_tasks": summary(searches), "repeated_failures": summary(failures)}
        store.close()
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

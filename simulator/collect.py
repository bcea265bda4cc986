"""Self-generated play: the tool-only robot plays in sampled scenes; what cameras and robot sensed goes to shards.

A shard is a folder of ``.npy`` arrays, rows in time order (``Q`` states at the boundaries of three-step blocks, ``F``
<= ``Q`` of them with images, ``E`` episodes, up to ``N`` = 14 things):

* ``rgb [F, V, H, W, 3]``, ``elevation [F, V, H, W]`` uint8 as in ``Observation``; ``image [Q]`` row in these, or -1
* ``episode [Q]``, ``manipulation [Q]`` counters; ``proprioception [Q, P]``; ``position [Q, N, 3]``, ``yaw [Q, N]``,
  ``upright [Q, N]``, ``held [Q]`` (row of the held thing or -1): labels, from the simulator
* ``actions [Q, 3, A]`` executed after the state, ``intended [Q, 3, A]`` what the script meant there, without
  exploration noise; ``taught [Q]`` whether the script drove, so that what it meant can be learnt from;
  ``continues [Q]`` whether row q + 1 is the state after them
* ``intent [Q, 8]``: push flag, row of the thing, target x, y, z, clearance, grasp offset x, y made on purpose
* ``finished [Q]``: the last state of a manipulation that was played to its end, not abandoned
* ``kind [E, N]``, ``colour [E, N]`` class rows (-1 where there is no thing), ``size [E, N, 3]`` metres

States between manipulations (the tool retracted, nothing held) always have images; those within one have with
probability ``FILMED``, because rendering costs more than physics.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import numpy as np

from simulator.base import COLOURS, KINDS, FloatArray, Physics, Scene, WorldState
from simulator.camera import DEFAULT_CAMERAS
from simulator.errors import SceneError
from simulator.play import choose_intent
from simulator.sampler import sample_scene
from simulator.script import Intent, Phase, scripted_action
from simulator.world import PhysicalWorld

MAX_THINGS = 14
BLOCK = 3
FILMED = 0.3
"""Share of manipulations whose every block is rendered."""
INTERRUPTED = 0.015
"""Probability a block that a manipulation is abandoned (whatever is held is dropped)."""
LONGEST = 48
"""Control steps after which a manipulation is given up."""
LONG = 0.25
"""Probability that a cube or cylinder is long or tall: such things topple."""
CLUMSY = 0.2
"""Share of grasps made off centre on purpose: hard negatives at the edge of the grab (EVIDENCE 4)."""
PUPILS = 0.6
"""Share of blocks that a pupil plays."""
MANIPULATIONS = 5
"""Manipulations an episode."""
FORMAT_VERSION = 2


@dataclass
class Recorder:
    """Rows of one shard while it is being played."""

    scenes: list[Scene] = field(default_factory=list)
    rows: dict[str, list[np.ndarray]] = field(default_factory=dict)
    manipulation: int = -1
    fresh_image: int = -1
    """Row of an image of the present moment, or -1 once something has moved."""

    def append(self, **columns: object) -> None:
        """Add one value to each named column."""
        for name, value in columns.items():
            self.rows.setdefault(name, []).append(np.asarray(value))

    def state(self, world: PhysicalWorld, *, filmed: bool) -> None:
        """Record a block boundary with its labels, and its images when ``filmed``."""
        state = world.state()
        image = self.fresh_image
        if filmed and image < 0:
            observation = world.observe()
            image = len(self.rows.get("rgb", []))
            self.append(rgb=observation.rgb, elevation=observation.elevation)
            self.fresh_image = image
        ids = [thing.id for thing in state.things]
        self.append(
            image=image,
            episode=len(self.scenes) - 1,
            manipulation=self.manipulation,
            proprioception=world.proprioception(),
            position=padded([t.position for t in state.things], 3),
            yaw=padded([[t.yaw] for t in state.things], 1)[:, 0],
            upright=padded([[u] for u in state.upright], 1)[:, 0],
            held=ids.index(state.held) if state.held in ids else -1,
        )


def padded(values: list[tuple[float, ...]] | list[list[float]], width: int) -> FloatArray:
    """Return ``values`` as ``[N, width]`` with zeros in the missing rows."""
    array = np.zeros((MAX_THINGS, width), dtype=np.float32)
    if values:
        array[: len(values)] = np.asarray(values, dtype=np.float32)
    return array


class Pupil(Protocol):
    """Who learns the script's ways, and plays some blocks itself so that the script shows how to go on from there."""

    def block(
        self, state: WorldState, proprioception: FloatArray, intent: Intent, rng: np.random.Generator
    ) -> FloatArray:
        """Return the block ``[K, A]`` it would play in the true ``state`` for ``intent``."""
        ...


def play_episode(recorder: Recorder, rng: np.random.Generator, pupil: Pupil | None) -> None:
    """Sample a scene and play ``MANIPULATIONS`` manipulations in it, ``PUPILS`` blocks of them by the ``pupil``."""
    scene = fitting_scene(rng)
    recorder.scenes.append(scene)
    recorder.fresh_image = -1
    world = PhysicalWorld(scene, physics=some_physics(rng))
    try:
        world.restart(int(rng.integers(2**31)))
        noise = float(rng.choice([0.0, 0.002, 0.004, 0.006]))
        for _ in range(MANIPULATIONS):
            if not play_manipulation(recorder, world, rng, noise, pupil):
                break
    finally:
        world.close()


def some_physics(rng: np.random.Generator) -> Physics:
    """Return the physical constants of one episode: half of the time the usual ones, else friction and mass vary."""
    if rng.random() < 0.5:
        return Physics()
    return Physics(friction=float(rng.uniform(0.3, 1.0)), mass_scale=float(2.0 ** rng.uniform(-1, 1)))


def fitting_scene(rng: np.random.Generator) -> Scene:
    """Return a random scene, drawing again when the sampler found no room for its things."""
    while True:
        try:
            return sample_scene(rng, long=LONG)
        except SceneError:
            continue


def play_manipulation(
    recorder: Recorder, world: PhysicalWorld, rng: np.random.Generator, noise: float, pupil: Pupil | None
) -> bool:
    """Play one manipulation block by block; return False when nothing can be moved."""
    intent = choose_intent(rng, world.state())
    if intent is None:
        return False
    recorder.manipulation += 1
    clumsy = rng.random() < CLUMSY
    phase = Phase(offset=tuple(rng.normal(0, 0.012, 2)) if clumsy else tuple(rng.normal(0, 0.002, 2)))
    filmed = bool(rng.random() < FILMED)
    steps, first, abandoned = 0, True, False
    while not (phase.done or abandoned) and steps < LONGEST:
        recorder.state(world, filmed=filmed or first)
        first = False
        wobble = rng.normal(0, noise, (BLOCK, 3)).astype(np.float32)
        if pupil is not None and rng.random() < PUPILS:
            own = pupil.block(world.state(), world.proprioception(), intent, rng)
            phase = play_block(recorder, world, intent, phase, wobble, own)
        else:
            phase = play_block(recorder, world, intent, phase, wobble)
        steps += BLOCK
        abandoned = bool(rng.random() < INTERRUPTED)
    close_manipulation(recorder, world, intent, phase)
    return True


def play_block(
    recorder: Recorder,
    world: PhysicalWorld,
    intent: Intent,
    phase: Phase,
    noise: FloatArray,
    own: FloatArray | None = None,
) -> Phase:
    """Play one block of ``intent`` with exploration ``noise`` ``[K, 3]`` metres on the displacements.

    The script drives, unless somebody's ``own`` block ``[K, A]`` is given.
    """
    recorder.fresh_image = -1
    actions = np.zeros((BLOCK, 4), dtype=np.float32)
    intended = np.zeros((BLOCK, 4), dtype=np.float32)
    for k in range(BLOCK):
        intended[k], phase = scripted_action(world.state(), intent, phase)
        actions[k] = intended[k] if own is None else own[k]
        actions[k, :3] += noise[k]
        world.step(actions[k])
    recorder.append(actions=actions, intended=intended, taught=own is None, continues=True, finished=False)
    recorder.append(intent=intent_row(recorder, intent, phase))
    return phase


def close_manipulation(recorder: Recorder, world: PhysicalWorld, intent: Intent, phase: Phase) -> None:
    """Let go, let things come to rest, and record the state at the end with its images."""
    if world.state().held is not None:
        recorder.fresh_image = -1
        world.step(np.array([0, 0, 0, 0], dtype=np.float32))
        for _ in range(2):
            world.step(np.array([0, 0, 0.03, 0], dtype=np.float32))
        recorder.rows["continues"][-1] = np.asarray(False)
    recorder.state(world, filmed=True)
    zero = np.zeros((BLOCK, 4), dtype=np.float32)
    recorder.append(actions=zero, intended=zero, taught=False, continues=False, finished=phase.done)
    recorder.append(intent=intent_row(recorder, intent, phase))


def intent_row(recorder: Recorder, intent: Intent, phase: Phase) -> FloatArray:
    """Return ``[8]``: push flag, row of the thing, target, clearance, grasp offset."""
    row = [thing.id for thing in recorder.scenes[-1].things].index(intent.thing)
    return np.array([float(intent.push), row, *intent.target, intent.clearance, *phase.offset], dtype=np.float32)


def collect_shard(out: Path, episodes: int, seed: int, pupil: Pupil | None = None) -> Path:
    """Play ``episodes`` episodes and write them to the folder ``out``; the same seed writes the same bytes."""
    rng, recorder = np.random.default_rng(seed), Recorder()
    for _ in range(episodes):
        play_episode(recorder, rng, pupil)
    out.mkdir(parents=True, exist_ok=True)
    for name, values in recorder.rows.items():
        np.save(out / f"{name}.npy", np.stack(values))
    write_scenes(out, recorder.scenes)
    card = {
        "version": FORMAT_VERSION,
        "episodes": episodes,
        "seed": seed,
        "cameras": [vars(c) for c in DEFAULT_CAMERAS],
    }
    (out / "card.json").write_text(json.dumps(card, indent=1))
    return out


def write_scenes(out: Path, scenes: list[Scene]) -> None:
    """Write what each thing is: class rows of kind and colour, sizes."""
    kind = np.full((len(scenes), MAX_THINGS), -1, dtype=np.int64)
    colour = kind.copy()
    size = np.zeros((len(scenes), MAX_THINGS, 3), dtype=np.float32)
    names = list(COLOURS)
    for row, scene in enumerate(scenes):
        for column, thing in enumerate(scene.things):
            kind[row, column] = KINDS.index(thing.kind)
            colour[row, column] = names.index(thing.colour)
            size[row, column] = thing.size
    for name, array in (("kind", kind), ("colour", colour), ("size", size)):
        np.save(out / f"{name}.npy", array)


def collect(
    out: Path,
    *,
    episodes: int,
    workers: int,
    seed: int,
    pupil: Pupil | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Play ``episodes`` in shards of 50 with ``workers`` processes; shards already complete are kept.

    Args:
        out: folder of the shards.
        episodes: how many in all.
        workers: processes; the result does not depend on it.
        seed: base seed; shard k plays with ``1000 * seed + k``.
        pupil: who plays some of the blocks; travels to the processes, so it must be picklable.
        progress: told (episodes done, episodes in all).
    """
    each = 50
    counts = [min(each, episodes - start) for start in range(0, episodes, each)]
    jobs = {out / f"shard_{seed}_{k:04d}": (count, 1000 * seed + k) for k, count in enumerate(counts)}
    missing = {path: job for path, job in jobs.items() if not (path / "card.json").exists()}
    done = episodes - sum(count for count, _ in missing.values())
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(collect_shard, path, *job, pupil): job[0] for path, job in missing.items()}
        for future in as_completed(futures):
            future.result()
            done += futures[future]
            if progress is not None:
                progress(done, episodes)
    return list(jobs)

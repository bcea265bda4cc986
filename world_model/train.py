"""Training from recorded play to a checkpoint with its report: `train(preset, data, out)`.

Phase 1 (``train_encoder``) learns the latent space, phase 2 (``train_predictors``) rolls the predictors out in it;
then the model is measured on held-out episodes against its controls (``report``) and saved with a card. Every phase
resumes where it was left.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from world_model.batches import Film, Rows, frames, image_rows, label_film
from world_model.card import Card
from world_model.checkpoint import save_checkpoint
from world_model.data import Play, read_play
from world_model.errors import DataError
from world_model.fitting import Fit, Progress, Step, fit
from world_model.fovea import decoys, glance_loss
from world_model.model import ModelConfig, WorldModel
from world_model.report import measure, oddity_units, surface_colours, surprise_units
from world_model.train_encoder import encoder_loss, training_pairs
from world_model.train_predictors import (
    POSE_BLUR,
    Cache,
    consecutive,
    encode_all,
    level1_loss,
    level2_loss,
    proposal_loss,
)
from world_model.views import Geometry

RUN = "run"
"""Folder, within that of the checkpoint, of everything a run goes on from."""
FOVEA_IMAGES = 16
"""Images in a batch of the fovea."""
CLUMSY = 0.005
"""Grasps this far off on purpose teach the predictors but not the proposals, metres."""


@dataclass(frozen=True)
class Preset:
    """How much is collected and trained.

    Attributes:
        name: of the preset.
        episodes, practice: of play, and of practice.
        encoder, refine, control, fovea, level1, level2, proposals, practised: iterations of each phase; ``refine``
            warms the encoder up once more, ``control`` is the frozen random encoder, ``practised`` are the proposals
            after practice.
        pairs: of each kind in an encoder batch.
        width, trunk: of tokens and encoder.
    """

    name: str
    episodes: int
    practice: int
    encoder: int
    refine: int
    control: int
    fovea: int
    level1: int
    level2: int
    proposals: int
    practised: int
    pairs: int = 6
    width: int = 48
    trunk: int = 48


PRESETS = {
    "cpu": Preset(
        "cpu",
        episodes=1500,
        practice=300,
        encoder=1000,
        refine=2000,
        control=500,
        fovea=1400,
        level1=5000,
        level2=8000,
        proposals=2500,
        practised=4000,
    ),
    "smoke": Preset(
        "smoke",
        episodes=50,
        practice=5,
        encoder=20,
        refine=5,
        control=10,
        fovea=5,
        level1=10,
        level2=10,
        proposals=20,
        practised=20,
    ),
}
"""``cpu`` is the shipped default; ``smoke`` only shows that training runs."""


def preset_named(name: str) -> Preset:
    """Return a preset; raises ``DataError`` for a name that is none."""
    if name not in PRESETS:
        raise DataError("preset", f"{name!r} is not a preset", f"Choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


@dataclass(frozen=True)
class Job:
    """Which shards of play a training run reads, where it writes, and its seed."""

    preset: Preset
    data: tuple[Path, ...]
    out: Path
    seed: int


Practise = Callable[[WorldModel], tuple[Path, ...]]
"""Lets a model whose proposals have learnt from play alone play itself; returns the shards of what was recorded."""


@contextmanager
def one_thread() -> Generator[None]:
    """Let tensors be computed by one thread, and by as many as before afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@one_thread()
def train(
    preset: Preset, data: tuple[Path, ...], out: Path, *, seed: int, practise: Practise, progress: Progress
) -> Card:
    """Train ``preset`` on the shards ``data``; write the checkpoint to ``out`` and return its card.

    Intermediate state lies in ``out/run`` and is resumed from when it is of the same run. The proposals learn
    twice: from play, then also from what the script does in states they led to themselves when they were let to
    ``practise`` (Ross et al., "A Reduction of Imitation Learning and Structured Prediction to No-Regret Online
    Learning", 2011).

    What does not depend on each other is trained in two processes of one thread each: an iteration of the encoder
    takes 0.78 s on one core and still 0.58 s on two, and beside other programs two threads mostly wait for each other.

    Raises:
        DataError: the play cannot be used, or a run of another preset, seed or play lies in ``out``.
    """
    job = Job(preset, data, out, seed)
    play = read_play(data)
    begin(job, play)
    film = label_film(play, Geometry(play.cameras))
    torch.save(film.owners, out / RUN / "owners.pt")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        beside = pool.submit(fit_beside, job)
        curves = {phase: fit_encoder(job, film, phase, progress) for phase in ("encoder", "refine")}
        curves.update(beside.result())
    job = Job(preset, data + practise(pupil(job, play)), out, seed)
    play = read_play(job.data)
    film = label_film(play, film.geometry, film.owners)
    cache = encode_all(latest(job, play, "refine"), film)
    torch.save(vars(cache), out / RUN / "cache.pt")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        phases = [pool.submit(fit_predictor, job, names) for names in (("level1",), ("level2", "practised"))]
        for phase in phases:
            curves.update(phase.result())
    model = assemble(job, play)
    model.get_buffer("typical_error").copy_(surprise_units(model, play, cache))
    model.get_buffer("palette").copy_(surface_colours(film))
    model.get_buffer("usual_oddities").copy_(oddity_units(model, film))
    metrics = measure(model, latest(job, play, "random"), film, cache)
    described: dict[str, object] = {
        "digest": play.digest,
        "states": len(play["image"]),
        "images": len(play["rgb"]),
        "seed": seed,
    }
    card = Card(f"{preset.name}-{seed}", model.config, described, metrics, curves)
    save_checkpoint(out, model, card)
    return card


def begin(job: Job, play: Play) -> None:
    """Make the folder of the run; raises ``DataError`` when it holds another one, which would be resumed."""
    folder = job.out / RUN
    run = json.dumps({"preset": asdict(job.preset), "seed": job.seed, "play": play.digest}, indent=1) + "\n"
    known = folder / "run.json"
    begun = folder.is_dir() and any(folder.iterdir())
    if begun and not (known.is_file() and known.read_text() == run):
        problem = f"{job.out} holds another run: of another preset, seed or play"
        raise DataError("out", problem, f"Name another folder, or remove {folder}.")
    folder.mkdir(parents=True, exist_ok=True)
    known.write_text(run)


def fit_beside(job: Job) -> dict[str, list[dict[str, float]]]:
    """Train what needs no trained encoder, in a process of its own: the control, the fovea, the first proposals."""
    torch.set_num_threads(1)
    play = read_play(job.data)
    film = Film(play, Geometry(play.cameras), torch.load(job.out / RUN / "owners.pt", weights_only=True))
    curves = {"random": fit_encoder(job, film, "random", quietly), "fovea": fit_fovea(job, film, quietly)}
    return curves | fit_predictor(job, ("proposals",))


def quietly(phase: str, done: int, total: int, parts: dict[str, float]) -> None:
    """Tell nobody; implements ``Progress``."""


def new_model(job: Job, play: Play) -> WorldModel:
    """Return a freshly initialised model for the cameras of the play."""
    torch.manual_seed(job.seed)
    return WorldModel(ModelConfig(play.cameras, width=job.preset.width, trunk=job.preset.trunk))


def latest(job: Job, play: Play, phase: str) -> WorldModel:
    """Return the model as the phase left it."""
    model = new_model(job, play)
    model.load_state_dict(torch.load(job.out / RUN / f"{phase}.pt", weights_only=True)["module"])
    return model.eval()


def fit_encoder(job: Job, film: Film, phase: str, progress: Progress) -> list[dict[str, float]]:
    """Phase 1.

    ``encoder`` starts afresh, ``refine`` goes on from there with a second cycle of the learning rate, ``random`` is
    the control whose convolutions stay as they were initialised.
    """
    model, preset = new_model(job, film.play), job.preset
    if phase == "refine":
        model = latest(job, film.play, "encoder").train()
    model.encoder.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    pairs = training_pairs(film.play, held_out=False)
    if phase == "random":
        for part in (model.encoder.stem, model.encoder.down, model.encoder.trunk):
            part.requires_grad_(False)

    def step(iteration: int, generator: torch.Generator) -> tuple[torch.Tensor, dict[str, float]]:
        far = draw(pairs.manipulations, preset.pairs, generator)
        near = draw(pairs.blocks, preset.pairs, generator)
        return encoder_loss(model, film, (far, near), generator, mirror=iteration % 2 == 1)

    iterations = {"encoder": preset.encoder, "refine": preset.refine, "random": preset.control}[phase]
    plan = Fit(phase, iterations, rate=2e-3 if phase == "refine" else 3e-3, every=50)
    trained = [
        p for name, p in model.named_parameters() if p.requires_grad and not name.startswith(("proposals", "fovea"))
    ]
    seed = job.seed + (7919 if phase == "refine" else 0)
    return fit(plan, model, trained, step, folder=job.out / RUN, seed=seed, progress=progress)


def fit_fovea(job: Job, film: Film, progress: Progress) -> list[dict[str, float]]:
    """Train the closer look on centres blurred as perception's are, in two cycles of the learning rate."""
    fovea = new_model(job, film.play).fovea
    shown = image_rows(film.play)
    rows = shown[~film.play.held_out()[shown]]

    def step(iteration: int, generator: torch.Generator) -> tuple[torch.Tensor, dict[str, float]]:
        batch = frames(film, draw(rows, FOVEA_IMAGES, generator), mirror=iteration % 2 == 1, jitter=generator)
        labels = batch.labels
        centres = labels.position + POSE_BLUR * torch.randn(labels.position.shape, generator=generator)
        glance = fovea(batch.channels, centres)
        centres, nothing = decoys(labels, generator)
        loss = glance_loss(glance, labels, (fovea(batch.channels, centres).presence, nothing))
        return loss, {"glance": float(loss.detach())}

    curve: list[dict[str, float]] = []
    for cycle, (name, rate) in enumerate((("fovea", 2e-3), ("fovea_refine", 1e-3))):
        plan, seed = Fit(name, job.preset.fovea, rate=rate, every=50), job.seed + 7919 * cycle
        curve += fit(plan, fovea, fovea.parameters(), step, folder=job.out / RUN, seed=seed, progress=progress)
    return curve


def draw(rows: Rows, count: int, generator: torch.Generator) -> Rows:
    """Return ``count`` rows, drawn with replacement."""
    return rows[torch.randint(len(rows), (count,), generator=generator).numpy()]


def fit_predictor(job: Job, names: tuple[str, ...]) -> dict[str, list[dict[str, float]]]:
    """Phase 2 for the named parts, in a process of its own with one thread."""
    torch.set_num_threads(1)
    play = read_play(job.data, images=False)
    early = "proposals" in names
    model = new_model(job, play) if early else latest(job, play, "refine")
    kept = job.out / RUN / "cache.pt"
    cache = Cache.empty() if early else Cache(**torch.load(kept, weights_only=True))
    if "practised" in names:
        model.proposals.load_state_dict(part_of(job, "proposals"))
    curves: dict[str, list[dict[str, float]]] = {}
    for name in names:
        iterations = getattr(job.preset, name)
        part = model.proposals if name == "practised" else getattr(model, name)
        plan = Fit(name, iterations, rate=1.5e-3, every=250)
        curves[name] = fit(
            plan, part, part.parameters(), predictor_step(model, play, cache, name), folder=job.out / RUN,
            seed=job.seed, progress=quietly,
        )  # fmt: skip
    return curves


def predictor_step(model: WorldModel, play: Play, cache: Cache, name: str) -> Step:
    """Return the loss of one iteration of ``level1``, ``level2`` or ``proposals``."""
    training = ~play.held_out()
    if name in ("proposals", "practised"):
        precise = np.linalg.norm(np.asarray(play["intent"])[:, 6:8], axis=1) < CLUMSY
        rows = np.flatnonzero(training & precise & np.asarray(play["taught"], dtype=bool))
        return lambda i, g: proposal_loss(model, play, draw(rows, 512, g), g, mirror=i % 2 == 1)
    if name == "level2":
        chains = [consecutive(play, length) for length in (1, 2, 3)]
        chains = [chain[training[chain[:, 0]]] for chain in chains]
        return lambda i, g: level2_loss(model, play, cache, draw(chains[i % 3], 64, g))
    lengths = (1, 3, 6)
    starts = [play.blocks(length, filmed=True) for length in lengths]
    starts = [rows[training[rows]] for rows in starts]
    return lambda i, g: level1_loss(model, play, cache, draw(starts[i % 3], 48, g), lengths[i % 3])


def assemble(job: Job, play: Play) -> WorldModel:
    """Return the model with the encoder of phase 1 and the predictors of phase 2."""
    model = latest(job, play, "refine")
    saved = {"fovea": "fovea_refine", "level1": "level1", "level2": "level2", "proposals": "practised"}
    for part, name in saved.items():
        getattr(model, part).load_state_dict(part_of(job, name))
    return model.eval()


def part_of(job: Job, name: str) -> dict[str, torch.Tensor]:
    """Return the parameters as the phase called ``name`` left them."""
    return torch.load(job.out / RUN / f"{name}.pt", weights_only=True)["module"]


def pupil(job: Job, play: Play) -> WorldModel:
    """Return the model with proposals that have learnt from play alone."""
    model = latest(job, play, "refine")
    model.proposals.load_state_dict(part_of(job, "proposals"))
    return model.eval()

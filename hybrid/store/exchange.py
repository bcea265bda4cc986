"""Episodes as archives: everything of one, with its images, in one file that another store takes in whole.

An archive is a zip of ``episode.json`` (the record as ``hybrid episodes show --json`` prints it) and
``artifacts/NAME``. It is read as untrusted: its size is bounded, names are checked, every artifact is compared with its
digest, and nothing is unpacked to a path that the archive chooses.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from datetime import datetime
from typing import cast

import numpy as np

from hybrid.base import Json
from hybrid.errors import EpisodeStateError, StoreCorruptError, StoreSchemaError
from hybrid.store.episodes import SqlStore
from hybrid.store.ledger import earlier_actions
from hybrid.store.memory import remember_episode
from hybrid.store.records import scene_of, situation
from hybrid.store.tables import (
    RECORD_VERSION,
    AttemptRow,
    DecompositionRow,
    EpisodeRow,
    ObservationRow,
    StepRow,
    SubgoalRow,
)

Record = dict[str, Json]
MOST_BYTES = 2**28
"""Largest archive once unpacked, bytes."""
_NAME = re.compile(r"artifacts/([0-9a-f]{64})\.(npz|gif|mp4)")
_RECORD = "episode.json"


def export_episode(store: SqlStore, episode: str) -> bytes:
    """Return an archive of an ended episode.

    Raises:
        EpisodeNotFoundError: there is none of that id.
        StoreError: it is still running, or an image is missing or damaged.
    """
    store.refuse_running(episode)
    record = store.episode(episode)
    settings = cast("Record", record["settings"])
    before = earlier_actions(store.database, settings)
    if len(before):
        record["settings"] = {**settings, "earlier": before.tolist()}
    names = [str(seen["images"]) for seen in _list(record["observations"])]
    video = store.video(episode)
    names += [] if video is None else [video.name]
    record["video_name"] = None if video is None else video.name
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_RECORD, json.dumps(record))
        for name in dict.fromkeys(names):
            archive.writestr(f"artifacts/{name}", store.artifacts.get(name))
    return buffer.getvalue()


def import_episode(store: SqlStore, archive: bytes) -> str:
    """Take the episode of an archive in, under its own id, and return that id.

    Raises:
        StoreCorruptError: the archive is none, is too large, or holds something else than it says.
        StoreSchemaError: its record is of another version.
        EpisodeStateError: an episode of that id is there already.
    """
    record, artifacts = _read(archive)
    version = record.get("version")
    if version != RECORD_VERSION:
        problem = f"the archive's record is of version {version}, this program reads {RECORD_VERSION}"
        raise StoreSchemaError("archive", problem, "Export it again with this version of hybrid-planner.")
    named = {str(seen["images"]) for seen in _list(record["observations"])}
    absent = sorted(named - artifacts.keys())
    if absent:
        raise StoreCorruptError("archive", f"{absent[0]} is named and not in it", "Export the episode again.")
    try:
        row, parts = _rows(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"its record cannot be read ({type(error).__name__})"
        raise StoreCorruptError("archive", problem, "Export the episode again.") from error
    for name, data in artifacts.items():
        store.artifacts.put(data, name.partition(".")[2])
    row.tenant = store.tenant
    with store.database.write() as session:
        if session.query(EpisodeRow).where(EpisodeRow.id == row.id).first() is not None:
            raise EpisodeStateError("episode", f"{row.id} is there already", "Forget it first, or keep what is there.")
        session.add(row)
        session.flush()
        for part in parts:
            part.episode = row.number
        session.add_all(parts)
        if row.status == "reached":
            remember_episode(session, row, store.memory.embedder)
    return row.id


def _read(archive: bytes) -> tuple[Record, dict[str, bytes]]:
    remedy = "Name an archive made by hybrid episodes export."
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            if sum(entry.file_size for entry in opened.infolist()) > MOST_BYTES:
                raise StoreCorruptError("archive", f"is larger than {MOST_BYTES} bytes", remedy)
            record = json.loads(opened.read(_RECORD))
            contents = {name: opened.read(name) for name in opened.namelist() if name != _RECORD}
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, EOFError) as error:
        raise StoreCorruptError("archive", f"is no archive of an episode ({type(error).__name__})", remedy) from error
    artifacts: dict[str, bytes] = {}
    for name, data in contents.items():
        match = _NAME.fullmatch(name)
        if match is None or hashlib.sha256(data).hexdigest() != match[1]:
            raise StoreCorruptError("archive", f"{name[:80]!r} is not what its name says", remedy)
        artifacts[f"{match[1]}.{match[2]}"] = data
    if not isinstance(record, dict):
        raise StoreCorruptError("archive", "its record is no object", remedy)
    return cast("Record", record), artifacts


Part = DecompositionRow | SubgoalRow | AttemptRow | StepRow | ObservationRow


def _rows(record: Record) -> tuple[EpisodeRow, list[Part]]:
    scene = scene_of(record["scene"])
    started = _moment(record["started_at"])
    decompositions, status = _list(record["decompositions"]), str(record["status"])
    row = EpisodeRow(
        id=str(record["episode"])[:40],
        version=RECORD_VERSION,
        instruction=str(record["instruction"]),
        scene=record["scene"],
        situation=situation(str(record["instruction"]), scene),
        seed=cast("int", record["seed"]),
        models=record["models"],
        settings=record["settings"],
        status="interrupted" if status == "running" else status,
        reason=record["reason"],
        rounds=len(decompositions),
        outcome=record["outcome"],
        final=record["final"],
        video=record.get("video_name"),
        owner="",
        started_at=started,
        heartbeat_at=started,
        finished_at=None if record["finished_at"] is None else _moment(record["finished_at"]),
    )
    parts: list[Part] = [_row(DecompositionRow, entry) for entry in decompositions]
    parts += [_row(SubgoalRow, entry) for entry in _list(record["subgoals"])]
    for entry in _list(record["attempts"]):
        verdict = cast("Record | None", entry["verdict"])
        accepted = None if verdict is None else cast("bool", verdict["accepted"])
        parts.append(AttemptRow(**{**_values(entry), "accepted": accepted}))
    parts += [_row(StepRow, entry) for entry in _list(record["steps"])]
    parts += [_row(ObservationRow, entry) for entry in _list(record["observations"])]
    return row, parts


def _row(kind: type[Part], entry: Record) -> Part:
    return kind(**_values(entry))


def _values(entry: Record) -> dict[str, object]:
    arrays = {name: np.asarray(entry[name], dtype=np.float32) for name in _ARRAYS if name in entry}
    moments = {"at": _moment(entry["at"])} if "at" in entry else {}
    return {**entry, **arrays, **moments}


_ARRAYS = ("action", "actions", "proprioception")


def _list(value: Json) -> list[Record]:
    return cast("list[Record]", value)


def _moment(value: Json) -> datetime:
    return datetime.fromisoformat(str(value).replace("Z", "+00:00"))

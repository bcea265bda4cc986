"""Covers hybrid.store.upkeep and exchange: garbage, retention, soundness, and episodes taken elsewhere whole."""

import io
import json
import os
import time
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from hybrid.errors import EpisodeNotFoundError, EpisodeStateError, StoreCorruptError, StoreSchemaError
from hybrid.store.episodes import open_store
from hybrid.store.exchange import export_episode, import_episode
from hybrid.store.tables import EpisodeRow
from hybrid.store.upkeep import forget_episode, inspect_store, retain, sweep
from tests.hybrid.store.samples import begin, empty_database, observation, whole_episode


@pytest.fixture
def elsewhere(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    opened = open_store(empty_database(folder), folder / "artifacts")
    yield opened
    opened.close()


def aged(store):
    past = time.time() - 7200
    for path in store.artifacts.files():
        os.utime(path, (past, past))


def changed(archive, **contents):
    with zipfile.ZipFile(io.BytesIO(archive)) as before:
        entries = {name: before.read(name) for name in before.namelist()}
    entries.update(contents)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as after:
        for name, data in entries.items():
            after.writestr(name, data)
    return buffer.getvalue()


def test_images_are_collected_once_nothing_names_them_and_not_before(store):
    first, second = whole_episode(store), whole_episode(store)
    assert len(store.artifacts.files()) == 1, "both episodes saw the same"
    aged(store)
    forget_episode(store, first)
    assert sweep(store.database, store.artifacts).files == 0
    forget_episode(store, second)
    assert sweep(store.database, store.artifacts).files == 1
    assert store.artifacts.files() == []


def test_a_young_file_is_left_alone_because_its_record_may_come(store):
    episode = begin(store)
    store.artifacts.put(b"about to be named", "npz")
    assert sweep(store.database, store.artifacts).files == 0
    store.record_observation(episode, 0, observation())
    aged(store)
    assert sweep(store.database, store.artifacts).files == 1
    assert len(store.observations(episode)) == 1


def test_a_torn_beginning_of_a_killed_process_is_collected(store):
    whole_episode(store)
    torn = store.artifacts.files()[0].parent / ".new-torn"
    torn.write_bytes(b"half")
    aged(store)
    assert sweep(store.database, store.artifacts).files == 1
    assert not torn.exists()


def test_old_episodes_are_forgotten_and_young_ones_and_those_of_others_kept(store):
    old, young, theirs = whole_episode(store), whole_episode(store), whole_episode(store.of("other"))
    past = datetime.now(UTC) - timedelta(days=40)
    with store.database.write() as session:
        session.execute(update(EpisodeRow).where(EpisodeRow.id.in_((old, theirs))).values(finished_at=past))
    assert retain(store, days=30) == 1
    assert [entry["episode"] for entry in store.episodes()] == [young]
    assert store.of("other").episode(theirs)["status"] == "reached"


def test_a_sound_store_is_told_from_one_with_missing_or_torn_images(store):
    episode = whole_episode(store)
    found = inspect_store(store.database, store.artifacts)
    assert (found.ok, found.episodes, found.artifacts) == (True, 1, 1)
    [path] = store.artifacts.files()
    path.write_bytes(path.read_bytes()[:-5])
    torn = inspect_store(store.database, store.artifacts)
    assert (torn.ok, torn.damaged) == (False, (path.name,))
    with pytest.raises(StoreCorruptError):
        store.observations(episode)
    path.unlink()
    assert inspect_store(store.database, store.artifacts).missing == (path.name,)


def test_an_episode_taken_elsewhere_is_the_same(store, elsewhere):
    episode = whole_episode(store)
    assert import_episode(elsewhere, export_episode(store, episode)) == episode
    assert elsewhere.episode(episode) == store.episode(episode)
    assert elsewhere.actions(episode).tobytes() == store.actions(episode).tobytes()
    assert elsewhere.similar("red block")[0]["episode"] == episode
    with pytest.raises(EpisodeStateError, match="there already"):
        import_episode(elsewhere, export_episode(store, episode))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda archive: b"no archive", StoreCorruptError),
        (lambda archive: archive[:-40], StoreCorruptError),
        (lambda archive: changed(archive, **{"../../evil": b"x"}), StoreCorruptError),
        (lambda archive: changed(archive, **{f"artifacts/{'0' * 64}.npz": b"x"}), StoreCorruptError),
        (lambda archive: changed(archive, **{"episode.json": b"[]"}), StoreCorruptError),
        (lambda archive: changed(archive, **{"episode.json": b'{"version": 99}'}), StoreSchemaError),
        (lambda archive: changed(archive, **{"episode.json": json.dumps({"version": 1, "observations": []}).encode()}),
         StoreCorruptError),
    ],
)  # fmt: skip
def test_an_archive_that_is_not_what_it_says_is_refused(store, elsewhere, change, error):
    archive = change(export_episode(store, whole_episode(store)))
    with pytest.raises(error):
        import_episode(elsewhere, archive)
    assert elsewhere.episodes() == []


def test_another_tenants_episode_can_be_neither_forgotten_nor_exported(store):
    episode = whole_episode(store)
    for call in (forget_episode, export_episode):
        with pytest.raises(EpisodeNotFoundError):
            call(store.of("other"), episode)

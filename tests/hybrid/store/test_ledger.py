"""Covers hybrid.store.ledger and graph_tables: taken over from earlier programs, artifacts kept, what came before."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, text, update

from hybrid.errors import EpisodeNotFoundError, StoreCorruptError, StoreError
from hybrid.store.engine import HEAD, migrations, open_database
from hybrid.store.graph_tables import Base, KeptRow
from hybrid.store.ledger import Effect, Ledger, earlier_actions
from hybrid.store.upkeep import forget_episode, inspect_store, retain, sweep
from simulator.scene import load_scene
from tests.hybrid.store.samples import whole_episode
from tests.hybrid.store.test_upkeep import aged

MADE_BY_THEMSELVES = ("graph_tables", "graph_effects", "graph_notes", "graph_threads", "graph_items")


def act(ledger, table, step, actions, key="one"):
    ledger.intend(table, Effect(step, key, actions, None), episode="episode", thread=None)
    ledger.complete(table, step, np.zeros((len(actions), 5), np.float32))


def actions(count, seed=3):
    return np.random.default_rng(seed).uniform(-0.03, 0.03, (count, 4)).astype(np.float32)


def at_revision(url, revision):
    engine = create_engine(url)
    with engine.begin() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    return engine


def test_what_earlier_programs_made_by_themselves_is_taken_over_with_all_it_holds(url):
    open_database(url).close()
    engine = at_revision(url, "0002")
    assert not {name for name in inspect(engine).get_table_names() if name.startswith("graph_")}
    with engine.begin() as connection:
        Base.metadata.create_all(connection, tables=[Base.metadata.tables[name] for name in MADE_BY_THEMSELVES])
        connection.execute(text("CREATE TABLE graph_version (version INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO graph_version VALUES (1)"))
        digest = {"digest": "d" * 64, "data": b"notes", "at": datetime.now(UTC)}
        connection.execute(Base.metadata.tables["graph_notes"].insert().values(**digest))
    engine.dispose()
    database = open_database(url)
    assert (database.revision(), Ledger(database).read("d" * 64)) == (HEAD, b"notes")
    with database.read() as session:
        names = set(inspect(session.connection()).get_table_names())
    assert names >= {*MADE_BY_THEMSELVES, "graph_artifacts"}
    assert "graph_version" not in names
    database.close()


def test_the_ledger_goes_down_and_up_again(url):
    database = open_database(url)
    Ledger(database).set_up("table", load_scene("demo"), 7)
    database.close()
    at_revision(url, "0002").dispose()
    database = open_database(url)
    assert Ledger(database).table("table") is None
    Ledger(database).set_up("table", load_scene("demo"), 7)
    act(Ledger(database), "table", 0, actions(3))
    assert Ledger(database).steps("table") == 3
    database.close()


def test_a_preview_is_kept_as_long_as_its_episode(store):
    ledger, episode = Ledger(store.database), whole_episode(store)
    name = store.artifacts.put(b"a preview", "gif")
    ledger.keep(name, tenant=store.tenant, episode=episode)
    ledger.keep(name, tenant=store.tenant, episode=episode)
    aged(store)
    assert ledger.kept(name, tenant=store.tenant)
    assert not ledger.kept(name, tenant="another")
    assert sweep(store.database, store.artifacts).files == 0
    assert inspect_store(store.database, store.artifacts).ok
    forget_episode(store, episode)
    assert not ledger.kept(name, tenant=store.tenant)
    assert sweep(store.database, store.artifacts).files == 2
    assert store.artifacts.files() == []


def test_what_a_tool_saw_is_kept_until_what_is_as_old_is_cleaned_away(store):
    ledger = Ledger(store.database)
    ledger.keep(store.artifacts.put(b"seen", "npz"), tenant=store.tenant)
    aged(store)
    retain(store, days=30)
    assert sweep(store.database, store.artifacts).files == 0
    with store.database.write() as session:
        session.execute(update(KeptRow).values(at=datetime.now(UTC) - timedelta(days=31)))
    retain(store.of("another"), days=30)
    assert sweep(store.database, store.artifacts).files == 0, "another tenant cleans only its own"
    retain(store, days=30)
    assert sweep(store.database, store.artifacts).files == 1


def test_what_was_done_before_an_episode_is_found_on_its_table_and_through_its_branches(store):
    ledger = Ledger(store.database)
    ledger.set_up("table", load_scene("demo"), 7)
    first, second, other = actions(5), actions(4, 4), actions(6, 5)
    act(ledger, "table", 0, first)
    act(ledger, "table", 5, second)
    mine = ledger.branch("table", 5, "two")
    act(ledger, mine, 5, other, key="two")
    before = {"table": mine, "table_step": 11}
    assert np.array_equal(earlier_actions(store.database, before), np.concatenate([first, other]))
    assert earlier_actions(store.database, {}).shape == (0, 4)
    assert earlier_actions(store.database, {"table": "table", "table_step": 0}).shape == (0, 4)
    brought = {**before, "earlier": first.tolist()}
    assert np.array_equal(earlier_actions(store.database, brought), first), "what was brought along comes first"
    with pytest.raises(StoreError, match="9 of 12 control steps"):
        earlier_actions(store.database, {"table": "table", "table_step": 12})
    with pytest.raises(StoreCorruptError, match=r"settings\.earlier"):
        earlier_actions(store.database, {"earlier": [["up"]]})


def test_nothing_is_kept_for_an_episode_that_is_not_there(store):
    with pytest.raises(EpisodeNotFoundError, match="nobody"):
        Ledger(store.database).keep("name.gif", tenant=store.tenant, episode="nobody")

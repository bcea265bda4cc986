"""The graph over PostgreSQL: its checkpoints, its ledger and its memory in one server, killed and resumed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from langgraph.checkpoint.postgres import PostgresSaver
from sqlalchemy import make_url

from hybrid.agents.basestore import HybridStore
from hybrid.agents.desk import Desk
from hybrid.agents.graph import assembled
from hybrid.replay import replay
from hybrid.store.ledger import Ledger
from tests.hybrid.agents.killing import Point, killed_at
from tests.hybrid.store.postgres import drop, empty_postgres

REQUEST = {"instruction": "put the red block on the blue block", "scene": "demo", "seed": 7}
ON = {"configurable": {"thread_id": "one"}}


@pytest.fixture
def server():
    address = empty_postgres()
    yield make_url(address)
    drop(address)


def carry_out(compose, url: str, saver_url: str, resume: bool) -> tuple[dict, Desk, dict]:
    desk = Desk(compose(url))
    with PostgresSaver.from_conn_string(saver_url) as saver:
        saver.setup()
        graph = assembled(desk, checkpointer=saver, store=HybridStore(desk.store))
        done = graph.invoke(None if resume else REQUEST, ON)
        return done, desk, graph.get_state(ON).values["progress"]


@pytest.mark.parametrize("point", [Point(Ledger, "intend", 2, after=True)], ids=str)
def test_a_run_killed_while_it_acts_goes_on_from_postgresql(point: Point, compose, server, tmp_path: Path) -> None:
    url = server.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    saver_url = server.set(drivername="postgresql").render_as_string(hide_password=False)
    killed_at(point, partial(carry_out, compose, url, saver_url, resume=False))
    done, desk, progress = carry_out(compose, url, saver_url, resume=True)
    assert done["status"] == "reached"
    acted = desk.store.actions(done["episode"])
    assert np.array_equal(acted, desk.ledger.actions(progress["table"], progress["step"]))
    assert replay(desk.store, done["episode"]).same
    memory = HybridStore(desk.store)
    memory.put(("users", "ada"), "mug", {"colour": "blue"})
    assert [item.value for item in memory.search(("users",), query="blue")] == [{"colour": "blue"}]
    assert memory.list_namespaces() == [("users", "ada")]
    desk.store.close()

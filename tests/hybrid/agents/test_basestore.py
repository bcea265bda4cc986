"""Our SQL memory as a LangGraph store: the same as LangGraph's own in memory under any operations, and more.

No public conformance suite for ``BaseStore`` can be installed; LangGraph's own store is the oracle instead.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.runtime import Runtime
from langgraph.store.base import GetOp, InvalidNamespaceError, ListNamespacesOp, MatchCondition, PutOp, SearchOp
from langgraph.store.memory import InMemoryStore

from hybrid.agents.basestore import EPISODES, HybridStore
from hybrid.errors import StoreError
from hybrid.store.episodes import SqlStore, open_store
from tests.hybrid.store.samples import FINAL, SCENE, empty_database, outcome

LABELS = st.sampled_from(["users", "ada", "ben", "prefs", "a_b", "100%"])
NAMESPACES = st.lists(LABELS, min_size=1, max_size=3).map(tuple)
KEYS = st.sampled_from(["one", "two", "three"])
VALUES = st.fixed_dictionaries(
    {"n": st.integers(0, 3)}, optional={"tag": st.sampled_from(["x", "y", None]), "deep": st.just({"a": [1, {"b": 2}]})}
)
FILTERS = st.sampled_from(
    [
        None,
        {},
        {"n": 1},
        {"n": {"$gte": 2}},
        {"n": {"$ne": 0}},
        {"tag": "x"},
        {"tag": None},
        {"deep": {"a": [1, {"b": 2}]}},
    ]
)
CONDITIONS = st.builds(
    MatchCondition,
    match_type=st.sampled_from(["prefix", "suffix"]),
    path=st.lists(st.one_of(LABELS, st.just("*")), min_size=1, max_size=2).map(tuple),
)
OPERATIONS = st.one_of(
    st.builds(PutOp, NAMESPACES, KEYS, st.one_of(VALUES, st.none()), st.none(), st.none()),
    st.builds(GetOp, NAMESPACES, KEYS, st.booleans()),
    st.builds(SearchOp, namespace_prefix=st.lists(LABELS, max_size=2).map(tuple), filter=FILTERS, limit=st.just(100)),
    st.builds(
        ListNamespacesOp,
        match_conditions=st.one_of(st.none(), st.lists(CONDITIONS, max_size=2).map(tuple)),
        max_depth=st.one_of(st.none(), st.integers(1, 3)),
        limit=st.just(100),
        offset=st.just(0),
    ),
)


@pytest.fixture
def episodes(tmp_path) -> SqlStore:
    opened = open_store(empty_database(tmp_path), tmp_path / "artifacts")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> HybridStore:
    """A store for many examples; each empties it first."""
    folder = tmp_path_factory.mktemp("shared")
    opened = open_store(empty_database(folder), folder / "artifacts")
    yield HybridStore(opened)
    opened.close()


@pytest.fixture
def store(episodes: SqlStore) -> HybridStore:
    return HybridStore(episodes)


def emptied(store: HybridStore) -> HybridStore:
    for item in store.search((), limit=1000):
        store.delete(item.namespace, item.key)
    return store


def comparable(result: object) -> object:
    if isinstance(result, list):
        return sorted((comparable(entry) for entry in result), key=repr)
    return None if result is None else (result.namespace, result.key, repr(result.value))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(batches=st.lists(st.lists(OPERATIONS, max_size=6), max_size=8))
def test_any_operations_have_the_results_that_langgraphs_own_store_gives(shared: HybridStore, batches: list) -> None:
    store, oracle = emptied(shared), InMemoryStore()
    for operations in batches:
        whole = [
            comparable(oracle.search(tuple(op.namespace_prefix), filter=op.filter, limit=1000))
            if isinstance(op, SearchOp)
            else []
            for op in operations
        ]
        mine, theirs = store.batch(operations), oracle.batch(operations)
        for operation, one, other, found in zip(operations, mine, theirs, whole, strict=True):
            if isinstance(operation, ListNamespacesOp):
                continue  # the oracle goes on listing emptied namespaces; compared below
            if isinstance(operation, SearchOp) and operation.offset:  # which come first is each store's own affair
                page = comparable(one)
                assert len(page) == len(other), operation
                assert len(set(page)) == len(page), operation
                assert set(page) <= set(found), operation
                continue
            assert comparable(one) == comparable(other), operation
        held = {item.namespace for item in oracle.search((), limit=1000)}
        assert set(store.list_namespaces(limit=1000)) == held


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    names=st.sets(NAMESPACES, max_size=8),
    operation=st.builds(
        ListNamespacesOp,
        match_conditions=st.lists(CONDITIONS, max_size=2).map(tuple),
        max_depth=st.one_of(st.none(), st.integers(1, 3)),
        limit=st.integers(1, 4),
        offset=st.integers(0, 3),
    ),
)
def test_namespaces_are_listed_as_langgraphs_own_store_lists_them(
    shared: HybridStore, names: set, operation: ListNamespacesOp
) -> None:
    store, oracle = emptied(shared), InMemoryStore()
    puts = [PutOp(name, "key", {"n": 1}) for name in sorted(names)]
    store.batch(puts)
    oracle.batch(puts)
    assert store.batch([operation]) == oracle.batch([operation])


def test_an_item_keeps_when_it_was_made_and_says_when_it_was_changed(store: HybridStore) -> None:
    store.put(("users",), "ada", {"mug": "blue"})
    first = store.get(("users",), "ada")
    store.put(("users",), "ada", {"mug": "red"})
    again = store.get(("users",), "ada")
    assert again.value == {"mug": "red"}
    assert again.created_at == first.created_at
    assert again.updated_at > first.updated_at
    store.delete(("users",), "ada")
    assert store.get(("users",), "ada") is None


def test_items_are_found_by_the_likeness_of_their_words(store: HybridStore) -> None:
    store.put(("facts",), "mug", {"text": "the mug is the blue cylinder"})
    store.put(("facts",), "tray", {"text": "toys belong in the brown tray"})
    store.put(("facts",), "secret", {"text": "blue cylinder"}, index=False)
    store.put(("facts",), "part", {"text": "nothing", "note": "a blue cylindre stands here"}, index=["note"])
    found = store.search(("facts",), query="blue cylinder", limit=10)
    assert [item.key for item in found][-1] == "secret"
    assert found[-1].score is None
    assert {found[0].key, found[1].key} == {"mug", "part"}
    assert found[0].score > found[1].score > found[2].score


def test_an_item_ends_with_its_time_and_a_reading_prolongs_it(episodes: SqlStore, monkeypatch) -> None:
    store = HybridStore(episodes, ttl={"default_ttl": 10, "refresh_on_read": True})
    now = datetime.now(UTC)
    monkeypatch.setattr("hybrid.agents.basestore._now", lambda: now)
    store.put(("facts",), "short", {"n": 1})
    store.put(("facts",), "long", {"n": 1}, ttl=None)
    monkeypatch.setattr("hybrid.agents.basestore._now", lambda: now + timedelta(minutes=8))
    assert store.get(("facts",), "short") is not None
    monkeypatch.setattr("hybrid.agents.basestore._now", lambda: now + timedelta(minutes=16))
    assert store.get(("facts",), "short", refresh_ttl=False) is not None
    monkeypatch.setattr("hybrid.agents.basestore._now", lambda: now + timedelta(minutes=19))
    assert store.get(("facts",), "short") is None
    assert [item.key for item in store.search(("facts",))] == ["long"]
    assert store.sweep_ttl() == 1


def test_it_is_the_store_of_a_graph_in_sync_and_async(store: HybridStore) -> None:
    def remember(state: MessagesState, runtime: Runtime) -> dict:
        runtime.store.put(("said",), "last", {"text": state["messages"][-1].content})
        return {}

    async def recall(state: MessagesState, runtime: Runtime) -> dict:
        item = await runtime.store.aget(("said",), "last")
        return {"messages": [("ai", f"You said: {item.value['text']}")]}

    graph = StateGraph(MessagesState)
    graph.add_node("remember", remember)
    graph.add_node("recall", recall)
    graph.add_edge(START, "remember")
    graph.add_edge("remember", "recall")
    done = asyncio.run(graph.compile(store=store).ainvoke({"messages": [("user", "my mug is blue")]}))
    assert done["messages"][-1].content == "You said: my mug is blue"


def test_past_episodes_are_looked_up_there_and_cannot_be_changed(store: HybridStore, episodes: SqlStore) -> None:
    name = episodes.open_episode(instruction="put red on blue", scene=SCENE, seed=1, models={}, settings={})
    episodes.close_episode(name, outcome(), FINAL)
    (found,) = store.search(EPISODES, query="red on the blue one")
    assert (found.key, found.value["instruction"]) == (name, "put red on blue")
    assert found.score > 0
    assert store.get(EPISODES, name).value["status"] == "reached"
    assert store.get(EPISODES, "none-such") is None
    with pytest.raises(StoreError, match="cannot be changed here"):
        store.put(EPISODES, name, {"instruction": "something else"})


def test_what_is_kept_is_there_after_a_restart(tmp_path) -> None:
    url = empty_database(tmp_path)
    first = open_store(url, tmp_path)
    HybridStore(first).put(("users",), "ada", {"mug": "blue"})
    first.close()
    second = open_store(url, tmp_path)
    assert HybridStore(second).get(("users",), "ada").value == {"mug": "blue"}
    second.close()


def test_faulty_namespaces_and_filters_are_refused(store: HybridStore) -> None:
    with pytest.raises(InvalidNamespaceError):
        store.put(("with.dot",), "key", {})
    with pytest.raises(InvalidNamespaceError):
        store.put((), "key", {})
    store.put(("facts",), "one", {"n": 1})
    with pytest.raises(ValueError, match="Unsupported operator"):
        store.search(("facts",), filter={"n": {"$near": 1}})

"""Covers chat models through LangChain, against a real OpenAI-compatible server process over a tiny random model."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from hybrid.errors import LanguageError
from hybrid.language.chat import ChatCompleter
from hybrid.language.embedded import load_embedded
from hybrid.language.phrasings import load_phrasings
from hybrid.language.prompted import PromptedLanguageModel
from simulator.scene import load_scene
from tests.hybrid.language.brought import save_random_model

DEMO = load_scene("demo")
PEOPLE = Path(__file__).parent / "people.json"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = save_random_model(tmp_path_factory.mktemp("model"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).parent / "chat_server.py"
    process = subprocess.Popen([sys.executable, str(script), str(folder), str(port)])
    try:
        for _ in range(300):
            try:
                httpx.get(f"http://127.0.0.1:{port}/health", timeout=2)
                break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


def brought(address: str, model: str, **options) -> PromptedLanguageModel:
    return PromptedLanguageModel(ChatCompleter(model, url=address, seconds=20), **options)


def test_an_answer_that_cannot_be_used_is_asked_for_again_with_the_reason(address):
    answer = brought(address, "stumbling").decompose("put the red cube in the bowl", DEMO)
    assert [fact.as_list() for s in answer.subgoals for fact in s.facts] == [["in", "red_cube_1", "white_bowl_1"]]
    assert answer.backend == "chat-stumbling"


def test_without_repairs_the_same_answer_is_refused_with_a_reason(address):
    answer = brought(address, "stumbling", repairs=0).decompose("put the red cube in the bowl", DEMO)
    assert answer.status == "refused"
    assert "no usable answer" in (answer.message or "")


@pytest.mark.parametrize("model", ["free", "held"])
def test_whatever_a_random_model_says_the_answer_is_valid_or_a_clean_refusal(address, model):
    language = brought(address, model, repairs=1)
    ids = {thing.id for thing in DEMO.things}
    for phrasing in load_phrasings(PEOPLE)[:: 60 if model == "held" else 20]:
        answer = language.decompose(phrasing.text, DEMO)
        assert answer.status in ("planned", "question", "refused", "answered")
        assert answer.subgoals or answer.message
        named = {a for s in answer.subgoals for fact in s.facts for a in fact.arguments if isinstance(a, str)}
        assert {name for name in named if name[-1].isdigit()} <= ids


def test_a_model_that_cannot_be_reached_leaves_the_answer_to_the_embedded_one(address):
    answer = brought(address, "broken", fallback=load_embedded()).decompose("put the red cube in the bowl", DEMO)
    assert answer.status == "planned"
    assert answer.backend.startswith("embedded-")
    assert answer.backend.endswith("for chat-broken")


def test_a_model_that_takes_too_long_is_given_up(address):
    slow = ChatCompleter("slow", url=address, seconds=0.5)
    began = time.monotonic()
    answer = PromptedLanguageModel(slow).decompose("put the red cube in the bowl", DEMO)
    assert answer.status == "refused"
    assert time.monotonic() - began < 2.5


@pytest.mark.parametrize("form", ["steps", "numbers"])
def test_the_action_plan_itself_is_valid_or_missing_with_a_problem(address, form):
    plan = brought(address, "free", repairs=1).action_plan("put the red cube in the bowl", DEMO, form)
    assert plan.calls == 2
    assert not plan.steps
    assert plan.problem
    held = brought(address, "held", repairs=1).action_plan("put the red cube in the bowl", DEMO, form)
    assert held.steps or held.problem or held.calls == 1


def test_a_key_shows_up_neither_in_names_nor_in_errors(address):
    secret = "sk-very-secret"
    completer = ChatCompleter("broken", url=address, key=SecretStr(secret), seconds=5)
    answer = PromptedLanguageModel(completer).decompose("put red on blue", DEMO)
    assert secret not in f"{completer.name} {answer}"


def test_an_unknown_provider_is_refused_with_a_remedy():
    with pytest.raises(LanguageError, match="cannot be used"):
        ChatCompleter("no-such-provider:model")

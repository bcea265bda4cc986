"""Covers transcripts: recorded exchanges replay offline, and what was not recorded is not made up."""

from __future__ import annotations

import pytest

from hybrid.errors import LanguageError
from hybrid.language.prompted import PromptedLanguageModel
from hybrid.language.transcripts import RecordingCompleter, ReplayingCompleter
from simulator.scene import load_scene
from tests.hybrid.language.test_prompted import Script

DEMO = load_scene("demo")


def test_a_recorded_run_replays_with_its_repairs_and_without_a_model(tmp_path):
    path = tmp_path / "transcript.jsonl"
    recorded = PromptedLanguageModel(RecordingCompleter(Script("hm", "in the red cube the bowl"), path))
    first = recorded.decompose("put the red cube in the bowl", DEMO)
    again = PromptedLanguageModel(ReplayingCompleter(path)).decompose("put the red cube in the bowl", DEMO)
    assert again.subgoals == first.subgoals
    assert first.subgoals
    assert again.backend == "replay-script"
    assert len(path.read_text().splitlines()) == 2


def test_a_prompt_that_was_not_recorded_is_refused(tmp_path):
    path = tmp_path / "transcript.jsonl"
    path.write_text("")
    answer = PromptedLanguageModel(ReplayingCompleter(path)).decompose("put the red cube in the bowl", DEMO)
    assert answer.status == "refused"
    assert "not recorded" in (answer.message or "")


@pytest.mark.parametrize("content", ["[]", "{}", '{"version": 9, "model": "m", "digest": "d", "said": "s"}', "text"])
def test_a_file_that_is_no_transcript_is_refused(tmp_path, content):
    path = tmp_path / "transcript.jsonl"
    path.write_text(content)
    with pytest.raises(LanguageError, match="transcript"):
        ReplayingCompleter(path)

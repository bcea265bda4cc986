"""The three examples run offline, with the embedded models and no key."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, ToolMessage

from hybrid.agents.examples.offline import TidyingModel
from hybrid.agents.examples.stacking import stack
from hybrid.agents.examples.supervisor import WISHES, work
from hybrid.agents.examples.tidy import tidy


def test_an_agent_tidies_the_table(engine) -> None:
    said = tidy(engine)
    assert said[-1] == "The table is tidy."
    assert "is in brown_tray_1" in said[-2]
    assert "is in white_bowl_1" in said[-2]


def test_the_hand_written_policy_asks_again_once_for_what_failed_and_then_says_so() -> None:
    model = TidyingModel(containers=("tray",))
    things = [
        {"id": "cube", "name": "the red cube", "movable": True, "on": None},
        {"id": "tray", "name": "the tray", "movable": False, "on": None},
    ]
    talk = [HumanMessage("tidy")]
    talk.append(model.answer(talk))
    looked = ToolMessage("", name="look", tool_call_id="1", artifact={"things": things})
    talk.append(looked)
    talk.append(model.answer(talk))
    assert talk[-1].tool_calls[0]["args"] == {"instruction": "put the red cube in the tray"}
    failed = ToolMessage("Not reached", name="plan_and_execute", tool_call_id="2")
    talk += [failed, looked]
    talk += [model.answer(talk), failed, looked]
    assert talk[-3].tool_calls == [{**talk[3].tool_calls[0], "id": talk[-3].tool_calls[0]["id"]}]
    assert model.answer(talk).content == "The table is tidy but for the red cube."


def test_a_supervisor_hands_wishes_to_the_planner_and_logs_what_became_of_them(engine) -> None:
    log = work(engine=engine)
    assert log[0] == f"{WISHES[0]}: reached"
    assert log[1].startswith(f"{WISHES[1]}: refused (There is no purple block")


def test_a_stacking_job_waits_for_a_person_and_goes_on_after_a_restart(compose, tmp_path: Path) -> None:
    class SwitchedOffError(Exception):
        """Somebody switched the machine off."""

    shown: list[dict] = []

    def switched_off(payload: dict) -> str:
        shown.append(payload)
        if len(shown) == 2:
            raise SwitchedOffError
        return "approve"

    with pytest.raises(SwitchedOffError):
        stack(switched_off, tmp_path / "threads.db", engine=compose())
    again: list[dict] = []
    done = stack(lambda payload: again.append(payload) or "approve", tmp_path / "threads.db", engine=compose())
    assert done["status"] == "reached"
    assert again[0] == shown[1], "the same question again"
    assert [payload["subgoal"] for payload in (shown[0], again[0])] == [
        "put the red cube on the blue cube",
        "put the green cube on the red cube",
    ]

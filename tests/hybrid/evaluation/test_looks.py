"""First looks: what counts as wrong, and the table over the starts of a suite."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hybrid.evaluation import looks
from hybrid.evaluation.looks import ELSEWHERE, Glance, Look, errors, lies, rows
from simulator.base import Thing

BOWL = Thing("bowl", "bowl", "red", (0.11, 0.11, 0.04), (0.0, 0.0, 0.02))
CUBE = Thing("cube", "cube", "red", (0.04, 0.04, 0.04), (0.1, 0.1, 0.02))


def test_things_lie_alone_in_a_stack_or_in_a_container() -> None:
    upon, inside = replace(CUBE, id="upon", position=(0.1, 0.1, 0.06)), replace(CUBE, position=(0.0, 0.01, 0.024))
    assert [lies((CUBE, upon, BOWL), row) for row in range(3)] == ["stacked", "stacked", "alone"]
    assert lies((inside, BOWL), 0) == "in a container"


def test_errors_are_measured_of_what_is_believed_near_where_it_is() -> None:
    seen = replace(CUBE, position=(0.103, 0.096, 0.025), size=(0.042, 0.042, 0.05))
    assert errors(CUBE, seen) == pytest.approx((0.005, 0.005, 0.002, 0.01))
    assert errors(CUBE, replace(CUBE, position=(0.1 + 1.1 * ELSEWHERE, 0.1, 0.02))) is None
    assert errors(CUBE, None) is None


def test_a_look_is_wrong_when_something_is_missed_imagined_or_refused() -> None:
    seen = Glance("cube", "alone", (0.0, 0.0, 0.0, 0.0))
    assert not Look((seen,)).wrong
    assert all(look.wrong for look in (Look((replace(seen, errors=None),)), Look((seen,), 1), Look((), refused=True)))
    table = rows([Look((seen, replace(seen, errors=(0.001,) * 4), replace(seen, errors=None)))])
    assert table == [("cube", "alone", "3", "1", *["0.5 / 0.9"] * 4)]


def test_the_command_looks_at_every_suite_it_is_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["looks", "--suites", "stack,push", "--episodes", "2", "--seed", "600", "--tuning"])
    looks.main()
    out = capsys.readouterr().out
    assert "4 looks, " in out
    assert "cube" in out


def test_held_out_seeds_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["looks", "--seed", "600"])
    with pytest.raises(SystemExit) as ended:
        looks.main()
    assert ended.value.code == 2

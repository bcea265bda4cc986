"""Test seeds are refused in training, and training seeds in tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from hybrid.cli.main import main
from hybrid.errors import ConfigError
from hybrid.evaluation.heldout import TEST_SEEDS, refuse_testing, refuse_training


@pytest.mark.parametrize("seed", [250, 500, 501, TEST_SEEDS, 10**9])
@pytest.mark.parametrize("command", ["collect", "train"])
def test_training_is_not_given_test_seeds(
    command: str, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [command, "--preset", "smoke", "--out", str(tmp_path / "out"), "--seed", str(seed)]
    assert main(asked) == 2
    said = capsys.readouterr().err
    assert "seed" in said
    assert "held out for tests" in said
    assert not (tmp_path / "out").exists(), "nothing is played before it is refused"


@pytest.mark.parametrize("seed", [0, 1, 249])
def test_smaller_seeds_are_for_training(seed: int) -> None:
    refuse_training(seed)


def test_training_seeds_are_for_tuning_only() -> None:
    refuse_testing(TEST_SEEDS, tuning=False)
    refuse_testing(0, tuning=True)
    for seed, tuning in ((TEST_SEEDS - 1, False), (-1, True)):
        with pytest.raises(ConfigError) as caught:
            refuse_testing(seed, tuning=tuning)
        assert caught.value.field == "seed"

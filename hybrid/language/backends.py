"""Which language backend a name means: ``embedded``, ``local:FOLDER``, ``chat:MODEL`` or ``replay``.

Composes; everything it takes is an argument, so that the composition root and the report choose in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from hybrid.errors import ConfigError
from hybrid.language.chat import ChatCompleter
from hybrid.language.embedded import EmbeddedLanguageModel, load_embedded
from hybrid.language.local import LocalCompleter
from hybrid.language.prompted import Completer, PromptedLanguageModel
from hybrid.language.transcripts import RecordingCompleter, ReplayingCompleter


@dataclass(frozen=True)
class Brought:
    """How a language model that somebody brought is asked.

    Attributes:
        url: address of an OpenAI-compatible server, empty for a hosted provider.
        key: API key, None leaves it to the provider's own variable.
        repairs: how often an unusable answer is asked for again.
        seconds: longest time one answer may take.
        fallback: who answers when it cannot.
        transcript: file in which its answers are recorded, or from which ``replay`` reads them.
    """

    url: str = ""
    key: SecretStr | None = None
    repairs: int = 2
    seconds: float = 30.0
    fallback: Literal["embedded", "refuse"] = "embedded"
    transcript: Path | None = None


def language_backend(
    name: str, weights: Path | None = None, brought: Brought | None = None
) -> EmbeddedLanguageModel | PromptedLanguageModel:
    """Compose the backend called ``name``.

    Args:
        name: ``embedded``, ``local:FOLDER``, ``chat:MODEL`` or ``replay``.
        weights: of the embedded model, None for those shipped.
        brought: how another model is asked; by default when left out.

    Raises:
        CheckpointError: the embedded model's weights are missing or do not fit.
        ConfigError: there is no such backend.
        LanguageError: the model brought along cannot be used.
    """
    if name == "embedded":
        return load_embedded(weights)
    how = Brought() if brought is None else brought
    completer = _completer(name, how)
    fallback = load_embedded(weights) if how.fallback == "embedded" else None
    return PromptedLanguageModel(completer, repairs=how.repairs, fallback=fallback)


def _completer(name: str, how: Brought) -> Completer:
    kind, _, model = name.partition(":")
    if name == "replay" and how.transcript is not None:
        return ReplayingCompleter(how.transcript)
    if kind == "local" and model:
        completer: Completer = LocalCompleter(Path(model), seconds=how.seconds)
    elif kind == "chat" and model:
        completer = ChatCompleter(model, url=how.url, key=how.key, seconds=how.seconds)
    else:
        remedy = "Use `embedded`, `local:FOLDER`, `chat:MODEL`, or `replay` with a transcript."
        raise ConfigError("language", f"{name!r} is no backend", remedy)
    return completer if how.transcript is None else RecordingCompleter(completer, how.transcript)

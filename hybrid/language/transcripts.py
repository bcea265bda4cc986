"""Recorded transcripts: what a model was asked and what it said, kept so that a run can be repeated offline.

One JSON line an exchange, found again by the digest of the prompt. Texts of people are in it: it is written only where
somebody asks for it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Final, cast

from hybrid.base import Json
from hybrid.errors import LanguageError
from hybrid.language.prompted import Completer
from hybrid.language.prompts import Prompt

TRANSCRIPT_VERSION: Final = 1


def digest(prompt: Prompt) -> str:
    """Return the sha256 of a prompt's version and messages."""
    whole = json.dumps([prompt.version, [asdict(message) for message in prompt.messages]], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


class RecordingCompleter:
    """A ``Completer`` that keeps every exchange of another one in a file."""

    def __init__(self, inner: Completer, path: Path) -> None:
        self._inner = inner
        self._path = path

    @property
    def name(self) -> str:
        """The name of the one recorded."""
        return self._inner.name

    def complete(self, prompt: Prompt) -> str:
        """Ask the other one and keep the exchange; raises ``LanguageError`` as it does."""
        said = self._inner.complete(prompt)
        line: dict[str, Json] = {
            "version": TRANSCRIPT_VERSION,
            "model": self._inner.name,
            "prompt": prompt.version,
            "digest": digest(prompt),
            "asked": prompt.messages[-1].text,
            "said": said,
        }
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise LanguageError("transcript", f"{self._path} cannot be written ({error})", "Name another.") from error
        return said


class ReplayingCompleter:
    """A ``Completer`` that says what was recorded, in order for prompts asked more than once; no model, no network.

    Raises:
        LanguageError: the file is missing or of another version.
    """

    def __init__(self, path: Path) -> None:
        self._said: dict[str, list[str]] = {}
        self._model = "nothing"
        try:
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            for row in cast("list[dict[str, Json]]", rows):
                if row["version"] != TRANSCRIPT_VERSION:
                    raise ValueError(f"version {row['version']} is unknown")
                self._model = str(row["model"])
                self._said.setdefault(str(row["digest"]), []).append(str(row["said"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            remedy = "Name a transcript that was recorded by this version."
            raise LanguageError("transcript", f"{path} cannot be read ({error})", remedy) from error

    @property
    def name(self) -> str:
        """``replay-`` and the name of the one recorded."""
        return f"replay-{self._model}"

    def complete(self, prompt: Prompt) -> str:
        """Return what was said to ``prompt``; raises ``LanguageError`` when that was never recorded."""
        answers = self._said.get(digest(prompt))
        if not answers:
            raise LanguageError("transcript", "this prompt was not recorded", "Record it first, or ask a model.")
        return answers.pop(0) if len(answers) > 1 else answers[0]

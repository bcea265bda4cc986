"""A local transformers causal model by path: constrained decoding, so that even a random model answers in the language.

llguidance masks every token that the grammar of the answer does not allow. Loading and decoding stay on this machine.
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import torch
from llguidance import LLMatcher, LLTokenizer
from llguidance.hf import from_tokenizer
from llguidance.numpy import allocate_token_bitmask, apply_token_bitmask_inplace, fill_next_token_bitmask
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from hybrid.errors import LanguageError
from hybrid.language.prompts import AnswerForm, Prompt

MOST_TOKENS: Final = 400
"""Longest answer, tokens of the model."""


class LocalCompleter:
    """A ``Completer`` over a causal model in a folder.

    Args:
        path: folder with weights, configuration and a fast tokenizer, as transformers saves them.
        seconds: longest time one answer may take.

    Raises:
        LanguageError: there is no such model.
    """

    def __init__(self, path: Path, *, seconds: float = 30.0) -> None:
        self._path = path
        self._seconds = seconds
        self._model, self._tokenizer = _loaded(path)
        vocabulary = int(cast("Tensor", self._model.get_input_embeddings().weight).shape[0])
        self._width = vocabulary
        self._guide: LLTokenizer = from_tokenizer(self._tokenizer, n_vocab=vocabulary)
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """``local-`` and the folder's name."""
        return f"local-{self._path.name}"

    def complete(self, prompt: Prompt) -> str:
        """Decode greedily within the answer's grammar; raises ``LanguageError`` when it takes too long."""
        with self._lock, torch.inference_mode():
            return self._decoded(self._ids(prompt), LLMatcher(self._guide, _grammar(prompt.answer)))

    def _ids(self, prompt: Prompt) -> Tensor:
        if self._tokenizer.chat_template:
            chat = [{"role": message.role, "content": message.text} for message in prompt.messages]
            text = str(self._tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True))
        else:
            text = "\n\n".join(message.text for message in prompt.messages)
        ids = cast("list[int]", self._tokenizer(text)["input_ids"])
        room = int(getattr(self._model.config, "max_position_embeddings", 0) or len(ids) + MOST_TOKENS) - MOST_TOKENS
        if room <= 0:
            raise LanguageError("language", f"{self.name} reads too few tokens", "Bring a model of at least 2,048.")
        return torch.tensor([ids[-room:]])

    def _decoded(self, ids: Tensor, matcher: LLMatcher) -> str:
        ended, cache, said = time.monotonic() + self._seconds, None, list[int]()
        mask = allocate_token_bitmask(1, self._width)
        while len(said) < MOST_TOKENS and not matcher.is_stopped():
            if time.monotonic() > ended:
                raise LanguageError("language", f"{self.name} took longer than {self._seconds:g} s", "Allow more time.")
            output = cast("Any", self._model)(input_ids=ids, past_key_values=cache, use_cache=True)
            scores = output.logits[0, -1].float().numpy()[None].astype(np.float32)
            fill_next_token_bitmask(matcher, mask)
            apply_token_bitmask_inplace(scores, mask)
            token = int(scores[0].argmax())
            if not matcher.consume_token(token):
                raise LanguageError("language", f"{self.name} left the grammar", "Bring another model.")
            said.append(token)
            cache, ids = output.past_key_values, torch.tensor([[token]])
        ends = {cast("int | None", self._tokenizer.eos_token_id)}
        return str(self._tokenizer.decode([token for token in said if token not in ends]))


def _grammar(answer: AnswerForm) -> str:
    if answer.lark:
        return LLMatcher.grammar_from_lark(answer.lark)
    return LLMatcher.grammar_from_json_schema(json.dumps(answer.json_schema), defaults={"whitespace_flexible": False})


def _loaded(path: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    remedy = "Name a folder with a transformers causal model and its fast tokenizer."
    if not (path / "config.json").is_file():
        raise LanguageError("language", f"there is no model in {path}", remedy)
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(
            path, local_files_only=True, use_safetensors=True, trust_remote_code=False
        )
    except (OSError, ValueError, KeyError) as error:
        raise LanguageError("language", f"the model in {path} cannot be loaded ({error})", remedy) from error
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise LanguageError("language", f"the tokenizer in {path} is not a fast one", remedy)
    return cast("PreTrainedModel", model.eval()), tokenizer

"""An OpenAI-compatible server over a tiny random model, as a process of its own: ``python chat_server.py FOLDER PORT``.

The model's name in a request says how it behaves: ``free`` says whatever it likes, ``held`` keeps to the JSON schema it
is given, ``stumbling`` answers properly only when asked again, ``broken`` fails and ``slow`` takes its time.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import torch
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from llguidance import LLMatcher
from llguidance.hf import from_tokenizer
from llguidance.numpy import allocate_token_bitmask, apply_token_bitmask_inplace, fill_next_token_bitmask
from transformers import AutoTokenizer, GPT2LMHeadModel

PROPER = (
    '{"steps": [{"act": "pair", "relation": "in", "a": [{"colour": "red", "kind": "cube"}], "b": {"kind": "bowl"}}]}'
)


class RandomModel:
    """The tiny model with its tokenizer."""

    def __init__(self, folder: Path) -> None:
        self._model = GPT2LMHeadModel.from_pretrained(folder).eval()
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._guide = from_tokenizer(self._tokenizer, n_vocab=257)
        self._random = torch.Generator().manual_seed(0)

    def free(self, length: int = 60) -> str:
        """Say some random bytes."""
        return self._tokenizer.decode(torch.randint(0, 256, (length,), generator=self._random).tolist())

    def held(self, schema: dict[str, Any]) -> str:
        """Say something of ``schema``, each token drawn at random from those allowed."""
        schema = {**schema, "x-guidance": {"coerce_one_of": True, "whitespace_flexible": False}}
        matcher = LLMatcher(self._guide, LLMatcher.grammar_from_json_schema(schema))
        mask, said, ids, cache = allocate_token_bitmask(1, 257), [], torch.tensor([[65]]), None
        while len(said) < 600 and not matcher.is_stopped():
            with torch.inference_mode():
                output = self._model(input_ids=ids, past_key_values=cache, use_cache=True)
            scores = output.logits[0, -1].float().numpy()[None].copy()
            fill_next_token_bitmask(matcher, mask)
            apply_token_bitmask_inplace(scores, mask)
            odds = torch.softmax(torch.tensor(scores[0]), 0)
            token = int(torch.multinomial(odds, 1, generator=self._random))
            matcher.consume_token(token)
            said.append(token)
            cache, ids = output.past_key_values, torch.tensor([[token]])
        return self._tokenizer.decode([token for token in said if token != 256])


def build(folder: Path) -> FastAPI:
    """The server's application."""
    app, model = FastAPI(), RandomModel(folder)

    @app.get("/health")
    def health() -> dict[str, bool]:
        return {"ok": True}

    @app.post("/v1/chat/completions")
    async def complete(request: Request) -> dict[str, Any]:
        body = await request.json()
        asked = body["messages"]
        match body["model"]:
            case "broken":
                raise HTTPException(500, "out of order")
            case "slow":
                time.sleep(3)
                said = PROPER
            case "held":
                said = model.held(body["response_format"]["json_schema"]["schema"])
            case "stumbling":
                said = PROPER if any(message["role"] == "assistant" for message in asked) else "Sure! I will."
            case _:
                said = model.free()
        message = {"role": "assistant", "content": said}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {
            "id": "one", "object": "chat.completion", "created": 0, "model": body["model"], "choices": [choice],
            "usage": usage,
        }  # fmt: skip

    return app


if __name__ == "__main__":
    uvicorn.run(build(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")

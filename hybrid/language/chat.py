"""Any chat model through LangChain: OpenAI-compatible servers by their address, hosted ones by their provider's name.

The answer's JSON schema is sent along; servers that ignore it are caught by the validation above this page. Keys come
from the settings or the provider's own environment variable and appear nowhere else.
"""

from __future__ import annotations

from typing import Any, Final, cast

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import SecretStr

from hybrid.errors import LanguageError
from hybrid.language.prompts import Message, Prompt

MOST_TOKENS: Final = 800
"""Longest answer, tokens of the model."""
_NO_KEY: Final = "not-needed"
"""What servers that ask for no key are given."""


class ChatCompleter:
    """A ``Completer`` over a chat model.

    Args:
        model: its name, with a provider before a colon where there is no ``url``: ``openai:gpt-5``.
        url: address of an OpenAI-compatible server (vLLM, Ollama, llama.cpp), empty for a hosted provider.
        key: API key; empty leaves it to the provider's environment variable.
        seconds: longest time one answer may take.

    Raises:
        LanguageError: the provider is unknown or its package is not installed.
    """

    def __init__(self, model: str, *, url: str = "", key: SecretStr | None = None, seconds: float = 30.0) -> None:
        self._model = model
        options: dict[str, Any] = {"timeout": seconds, "max_retries": 0, "temperature": 0.0, "max_tokens": MOST_TOKENS}
        if key is not None:
            options["api_key"] = key
        if url:
            options |= {"base_url": url, "model_provider": "openai", "api_key": key or SecretStr(_NO_KEY)}
        try:
            self._chat = cast(BaseChatModel, init_chat_model(model, **options))
        except (ImportError, ValueError) as error:
            remedy = "Name PROVIDER:MODEL and install its LangChain package, or give the address of a server."
            raise LanguageError("language", f"{model} cannot be used ({error})", remedy) from error

    @property
    def name(self) -> str:
        """``chat-`` and the model's name."""
        return f"chat-{self._model}"

    def complete(self, prompt: Prompt) -> str:
        """Ask once, no retries; raises ``LanguageError`` for whatever keeps the answer from coming."""
        form = {"name": prompt.answer.name, "schema": prompt.answer.json_schema, "strict": False}
        asked = self._chat.bind(response_format={"type": "json_schema", "json_schema": form})
        try:
            reply = asked.invoke([_message(message) for message in prompt.messages])
        except Exception as error:
            # Every provider has an exception tree of its own; whatever it is, the answer did not come.
            problem = f"{self.name} cannot be reached ({type(error).__name__})"
            raise LanguageError("language", problem, "Check its address, key and time-out.") from error
        return str(reply.text)


def _message(message: Message) -> BaseMessage:
    kinds: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    return kinds[message.role](content=message.text)

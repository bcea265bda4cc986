"""A chat model that needs no network and no key: a policy written by hand that speaks through tool calls.

It stands where a language model would, so that the agent around it can be run and tested anywhere; any chat model with
tool calling takes its place (``langchain.chat_models.init_chat_model``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

TRIES = 2
"""How often one thing is asked for before it is left where it is."""
Place = dict[str, Any]
"""A thing as the tool ``look`` reports it."""


class TidyingModel(BaseChatModel):
    """Looks, puts one loose thing after the other into a container that is free, and says when it is done."""

    containers: tuple[str, ...]
    """Ids of the trays and bowls that things go into, one in each."""

    @property
    def _llm_type(self) -> str:
        return "tidying-by-hand"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],  # noqa: ARG002
        *,
        tool_choice: str | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401, ARG002  (the base class takes anything)
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model itself: it knows the tools it calls."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401, ARG002  (the base class takes anything)
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.answer(messages))])

    def answer(self, messages: Sequence[BaseMessage]) -> AIMessage:
        """Return the next tool call, or the last word, from what the tools have said so far."""
        last = messages[-1]
        if not isinstance(last, ToolMessage) or last.name != "look":
            return called("look", {}, len(messages))
        things = cast("list[Place]", last.artifact["things"])
        names = {thing["id"]: thing["name"] for thing in things}
        asked = [str(call["args"].get("instruction", "")) for message in messages for call in calls_of(message)]
        filled = {thing["on"] for thing in things}
        free = [container for container in self.containers if container not in filled]
        loose = [thing for thing in things if thing["movable"] and thing["on"] not in self.containers]
        wishes = [f"put {thing['name']} in {names[there]}" for thing, there in zip(loose, free, strict=False)]
        fresh = [wish for wish in wishes if asked.count(wish) < TRIES]
        if fresh:
            return called("plan_and_execute", {"instruction": fresh[0]}, len(messages))
        left = ", ".join(str(thing["name"]) for thing in loose)
        return AIMessage(f"The table is tidy but for {left}." if left else "The table is tidy.")


def called(tool: str, arguments: dict[str, Any], number: int) -> AIMessage:
    """Return a message that calls ``tool``."""
    return AIMessage("", tool_calls=[{"name": tool, "args": arguments, "id": f"call-{number}"}])


def calls_of(message: BaseMessage) -> Sequence[Any]:
    """Return the tool calls of a message."""
    return message.tool_calls if isinstance(message, AIMessage) else ()

"""An agent that tidies a table: ``python -m hybrid.agents.examples.tidy``.

The agent is LangChain's own; the table, the planning and the moving are our tools.
"""

from __future__ import annotations

from typing import Any

import typer
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel

from hybrid.agents.desk import EngineMaker
from hybrid.agents.examples.offline import TidyingModel
from hybrid.agents.tools import planning_tools
from hybrid.engine import PlanningEngine

TABLE: dict[str, Any] = {
    "version": 1,
    "name": "untidy",
    "things": [
        {"kind": "cube", "colour": "red", "position": [-0.05, 0.12]},
        {"kind": "cylinder", "colour": "green", "position": [0.12, 0.05]},
        {"kind": "tray", "colour": "brown", "position": [0.05, -0.12]},
        {"kind": "bowl", "colour": "white", "position": [-0.15, -0.12]},
    ],
}


def tidy(engine: PlanningEngine | EngineMaker | None = None, model: BaseChatModel | None = None) -> list[str]:
    """Let an agent tidy ``TABLE`` and return what was said, the agent's last word last.

    Args:
        engine: what plans and acts; None composes the one that the ``HYBRID_*`` variables describe.
        model: any chat model with tool calling; None is the one written by hand.
    """
    agent = create_agent(
        model or TidyingModel(containers=("brown_tray_1", "white_bowl_1")), planning_tools(engine, scene=TABLE)
    )
    said = agent.invoke({"messages": [{"role": "user", "content": "Please tidy the table."}]})
    return [str(message.content) for message in said["messages"] if message.content]


def main() -> None:
    """Tidy, and show what was said."""
    for line in tidy():
        typer.echo(line)


if __name__ == "__main__":
    main()

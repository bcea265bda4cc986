"""The program ``hybrid``: its commands put together, and every error turned into words and an exit code.

Exit codes: 0 the goal was reached; 1 honestly not reached, refused, or a question is asked back; 2 bad input; 130 and
143 after SIGINT and SIGTERM.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence

import typer
from rich.console import Console

from hybrid.cli import comparing, episodes, keys, learning, memory, requests, system
from hybrid.cli.contracts import error_json
from hybrid.errors import ConfigError, HybridError

BAD_INPUT = 2

app = typer.Typer(
    name="hybrid",
    help="Say in plain words what should happen on the table; it is planned, checked, carried out and remembered.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(requests.run)
app.command()(requests.decompose)
app.command()(system.serve)
app.command()(learning.collect)
app.command()(learning.train)
app.command("evaluate")(comparing.evaluate_arms)
app.command("ablate")(comparing.ablate_parts)
app.command("report")(comparing.report_study)
app.command("compare")(comparing.compare_runs)
app.add_typer(episodes.app, name="episodes")
app.add_typer(memory.app, name="memory")
app.add_typer(keys.app, name="keys")
app.command()(system.worker)
app.command()(system.doctor)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: of the command line, without the program's name; the process's own when None.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(app(args=given, prog_name="hybrid", standalone_mode=False) or 0)
    except HybridError as error:
        return _refuse(error, as_json="--json" in given)
    except typer.TyperException as error:
        return _refuse(_usage(error), as_json="--json" in given)
    except (KeyboardInterrupt, typer.Abort):
        Console(stderr=True).print("interrupted")
        return 128 + signal.SIGINT


def _usage(error: typer.TyperException) -> HybridError:
    parameter = getattr(error, "param", None)
    field = getattr(parameter, "name", None) or getattr(error, "option_name", None) or "command line"
    return ConfigError(str(field), error.format_message().rstrip("."), "See hybrid --help.")


def _refuse(error: HybridError, *, as_json: bool) -> int:
    if as_json:
        typer.echo(json.dumps(error_json(error)))
    else:
        typer.echo(f"{error.field}: {error.problem}\n{error.remedy}", err=True)
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())

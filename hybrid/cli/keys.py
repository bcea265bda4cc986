"""``hybrid keys``: who may use the service over the network, and what for."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hybrid.cli.contracts import Record, answer
from hybrid.cli.options import AsJson
from hybrid.config import load_settings
from hybrid.store.engine import open_database
from hybrid.store.keys import SCOPES, Key, Keys, NewKey
from hybrid.store.reports import moment
from hybrid.store.tables import LOCAL

app = typer.Typer(help="Keys to the service: create, list, rotate, revoke.", no_args_is_help=True)

Tenant = Annotated[str, typer.Option("--tenant", help="Whose tasks, episodes and memories it opens.")]
AnyTenant = Annotated[str | None, typer.Option("--tenant", help="Only this tenant's.", show_default=False)]
Label = Annotated[str, typer.Option("--label", help="What you call it.")]
Scopes = Annotated[str, typer.Option("--scopes", help=f"Comma-separated, of {', '.join(SCOPES)}.")]
Days = Annotated[float | None, typer.Option("--days", help="How long it is good for.", show_default=False)]
Grace = Annotated[float, typer.Option("--grace-hours", min=0, max=8760, help="How long the old one stays good.")]
KeyId = Annotated[str, typer.Argument(metavar="ID", help="As `hybrid keys list` shows it.", show_default=False)]


@contextmanager
def _keys() -> Generator[Keys]:
    database = open_database(load_settings().database_url)
    try:
        yield Keys(database)
    finally:
        database.close()


@app.command("create")
def create(
    tenant: Tenant = LOCAL, label: Label = "", scopes: Scopes = "read,write", days: Days = None, as_json: AsJson = False
) -> int:
    """Make a key and show it, this once."""
    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
    with _keys() as keys:
        made = keys.create(tenant, label=label, scopes=wanted, days=days)
    return _shown(made, as_json=as_json)


@app.command("list")
def list_keys(tenant: AnyTenant = None, as_json: AsJson = False) -> int:
    """List keys, newest first, without their secrets."""
    with _keys() as keys:
        found = keys.listing(tenant=tenant)

    def people(console: Console) -> None:
        columns = ("id", "tenant", "label", "scopes", "state", "last used")
        table = Table(*columns)
        for key in found:
            row = (key.id, key.tenant, key.label, " ".join(key.scopes), _state(key), moment(key.used_at) or "never")
            table.add_row(*(escape(cell) for cell in row))
        console.print(table if found else "no keys: the service answers this machine only, and asks for none")

    answer([key_json(key) for key in found], as_json=as_json, people=people)
    return 0


@app.command("rotate")
def rotate(key: KeyId, grace_hours: Grace = 0.0, as_json: AsJson = False) -> int:
    """Replace a key by a new one of the same tenant and scopes."""
    with _keys() as keys:
        made = keys.rotate(key, grace_hours=grace_hours)
    return _shown(made, as_json=as_json)


@app.command("revoke")
def revoke(key: KeyId, as_json: AsJson = False) -> int:
    """Let a key be good for nothing from now on."""
    with _keys() as keys:
        found = keys.revoke(key)
    answer(key_json(found), as_json=as_json, people=lambda console: console.print(f"{found.id} is revoked"))
    return 0


def key_json(key: Key) -> Record:
    """Return a key as JSON, without its secret."""
    record: Record = {name: value for name, value in asdict(key).items() if not name.endswith("_at")}
    moments = {name: moment(getattr(key, name)) for name in ("created_at", "expires_at", "revoked_at", "used_at")}
    return {**record, "scopes": list(key.scopes), **moments}


def _shown(made: NewKey, *, as_json: bool) -> int:
    def people(console: Console) -> None:
        console.print(made.secret, soft_wrap=True)
        console.print(f"for tenant {made.key.tenant}; it is not shown again. Send it as: Authorization: Bearer KEY")

    answer({**key_json(made.key), "key": made.secret}, as_json=as_json, people=people)
    return 0


def _state(key: Key) -> str:
    return "good" if key.active else "revoked" if key.revoked_at is not None else "expired"

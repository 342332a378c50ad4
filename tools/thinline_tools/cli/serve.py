"""`thinline serve`: the server in the foreground, and how the one that runs is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from thinline_tools.cli.shared import JsonOption, Place, ask, command, group, settings_of, show

__all__ = ["commands"]

commands = group()


def _tell(told: dict[str, Any]) -> None:
    """Name by name, and a line for each gateway."""
    show({name: value for name, value in told.items() if name != "gateways"}, as_json=False)
    for one in told.get("gateways", []):
        state = one["state"].lower().replace("_", " ")
        typer.echo(f"{'gateway':<12}{one['name']}: {state}{one['why'] and ', '}{one['why']}")


@command(commands)
def serve(
    place: Place,
    listen: Annotated[str | None, typer.Option(help="HOST:PORT for handsets; port 0 takes a free one.")] = None,
    tls_certificate: Annotated[Path | None, typer.Option(help="PEM file; needed off loopback.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM file of its key.")] = None,
    *,
    status: Annotated[bool, typer.Option("--status", help="Say how the server that runs there is.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run the server until SIGTERM or Ctrl-C.

    Every setting can stand in a TOML file (--config or THINLINE_CONFIG) or in the environment (THINLINE_LISTEN, ...);
    a flag goes before the environment, that before the file. Without --data the store is in
    $XDG_DATA_HOME/thinline and the state folder is $XDG_STATE_HOME/thinline. Logs go to standard error.
    """
    if status:
        told = ask(place, "status")
        show(told, as_json=as_json, plain=lambda: _tell(told))
        return
    settings = settings_of(place, listen=listen, tls_certificate=tls_certificate, tls_key=tls_key)
    from thinline_server.app import run
    from thinline_server.logs import configure_logs

    configure_logs(settings)
    asyncio.run(run(settings))

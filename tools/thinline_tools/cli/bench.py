"""`thinline bench` and `version`: figures of this machine, and what is installed on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thinline_tools.cli.shared import command, group

__all__ = ["commands"]

commands = group()


@command(commands)
def bench(
    only: Annotated[str, typer.Option(help="Figures by id, with commas: P1,N3.")] = "",
    to: Annotated[Path | None, typer.Option("--json", help="File for the figures.", dir_okay=False)] = None,
) -> None:
    """Measure; the figures say on what machine."""
    from thinline_tools.bench import main as measure

    raise typer.Exit(measure(only=[one for one in only.split(",") if one], json=to))


@command(commands, "version")
def show_version() -> None:
    """Tell the version."""
    from thinline_server.app import version_of_this

    typer.echo(f"thinline {version_of_this()}")

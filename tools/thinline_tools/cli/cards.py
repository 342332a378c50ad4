"""`thinline import` and `thinline export`: contacts as vCards, by way of a running server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thinline_tools.cli.shared import (
    EXIT_FAILED,
    EXIT_USAGE,
    JsonOption,
    Place,
    account_names,
    command,
    fail,
    group,
    settings_of,
    show,
)

__all__ = ["commands"]

commands = group()


@command(commands, "import")
def import_files(
    place: Place,
    name: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="Whose contacts they become.", autocompletion=account_names)
    ],
    files: Annotated[list[Path], typer.Argument(metavar="FILE.vcf...", dir_okay=False, exists=True)],
    *,
    as_json: JsonOption = False,
) -> None:
    """Take vCards (2.1, 3, 4) into an account; each is kept as it is, and twice the same is one contact.

    What is not taken is told by file, card and line, and the exit code is 1 then.
    """
    from thinline_tools.carddesk import take_in, tell

    result = take_in(settings_of(place).state, name, files)
    said = f"{result.new} new, {result.there} were there, {result.dead} stay deleted, {result.refused} refused"
    show(result.told(), as_json=as_json, plain=lambda: tell(result.troubles, said))
    if any(trouble.lost for trouble in result.troubles):
        raise typer.Exit(EXIT_FAILED)


@command(commands, "export")
def export_file(
    place: Place,
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose contacts.", autocompletion=account_names)],
    to: Annotated[Path | None, typer.Option("--to", help="File; standard output if not given.", dir_okay=False)] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Write an account's contacts as vCards: what was imported as it was, but for lines that changed since."""
    from thinline_tools.carddesk import tell, write_out

    if as_json and to is None:
        fail("--json needs --to: standard output carries the cards", EXIT_USAGE)
    result = write_out(settings_of(place).state, name, to)
    said = f"{result.written} contacts written to {to}" if to else ""
    show(result.told(), as_json=as_json, plain=lambda: tell(result.troubles, said))
    if result.troubles:
        raise typer.Exit(EXIT_FAILED)

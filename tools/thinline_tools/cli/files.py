"""`thinline import` and `thinline export`: contacts as vCards, mails as mbox and eml, by way of a running server."""

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

_FOLDERS = "inbox, drafts, sent, archive, junk, trash, or one of its owner's"


@command(commands, "import")
def import_files(
    place: Place,
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose they become.", autocompletion=account_names)],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", dir_okay=False, exists=True)],
    *,
    folder: Annotated[str, typer.Option(help=f"Where mails go: {_FOLDERS}.")] = "inbox",
    as_json: JsonOption = False,
) -> None:
    """Take vCards (2.1, 3, 4), mailboxes (mbox) and mails (eml) into an account.

    Each is kept as it is, and twice the same is one item. What is not taken is told by file, number and line, and the
    exit code is 1 then.
    """
    from thinline_server.logs import configure_logs
    from thinline_tools.filedesk import take_in, tell

    settings = settings_of(place)
    configure_logs(settings)
    result = take_in(settings, name, files, _folder(folder))
    said = f"{result.new} new, {result.there} were there, {result.dead} stay deleted, {result.refused} refused"
    show(result.told(), as_json=as_json, plain=lambda: tell(result.troubles, said))
    if any(trouble.lost for trouble in result.troubles):
        raise typer.Exit(EXIT_FAILED)


@command(commands, "export")
def export_file(
    place: Place,
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose.", autocompletion=account_names)],
    to: Annotated[
        Path | None, typer.Option("--to", help="File, for eml a folder; standard output if not given.")
    ] = None,
    kind: Annotated[
        str,
        typer.Option("--as", metavar="vcf|mbox|eml", help="Contacts, or mails; as the name of --to ends, else vcf."),
    ] = "",
    folder: Annotated[str, typer.Option(help=f"Only mails of: {_FOLDERS}.")] = "",
    *,
    as_json: JsonOption = False,
) -> None:
    """Write an account's contacts as vCards, or its mails as a mailbox or as files: what came as it came.

    Of a card those lines are anew that changed since; of a mail that was written here it is what was sent.
    """
    from thinline_tools.filedesk import KINDS, kind_of, tell, write_out
    from thinline_tools.letters import Owner

    if as_json and to is None:
        fail("--json needs --to: standard output carries what is exported", EXIT_USAGE)
    kind = kind or kind_of(to)
    if kind not in KINDS:
        fail(f"--as: there is no {kind!r}; there are {', '.join(KINDS)}", EXIT_USAGE)
    if kind == "eml" and to is None:
        fail("--as eml needs --to: a folder, for each mail is a file", EXIT_USAGE)
    if folder and kind == "vcf":
        fail("--folder is of mails: give --as mbox or --as eml", EXIT_USAGE)
    settings = settings_of(place)
    owner = Owner(name, settings.mail, _folder(folder) if folder else None)
    result = write_out(settings, owner, to, kind)
    what = "contacts" if kind == "vcf" else "mails"
    said = f"{result.written} {what} written to {to}" if to else ""
    show(result.told(), as_json=as_json, plain=lambda: tell(result.troubles, said))
    if result.troubles:
        raise typer.Exit(EXIT_FAILED)


def _folder(told: str) -> str:
    """A folder as mails name it (spec MAIL)."""
    if not told.isprintable() or not 0 < len(told) <= 64:
        fail("--folder: a folder has a name of 1 to 64 characters", EXIT_USAGE)
    return "" if told == "inbox" else told

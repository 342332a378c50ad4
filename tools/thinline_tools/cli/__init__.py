"""The one command. Each module beside this one is a group of commands and one line of the registry.

Errors are sentences on standard error that say what to do next, answers are on standard output, and `--json` gives
them to machines. What a command needs is imported when it runs, so that `thinline --help` is there at once.
"""

from __future__ import annotations

import typer

from thinline_tools.cli import account, bench, files, handset, serve, wire
from thinline_tools.cli.shared import CODES

__all__ = ["GROUPS", "app", "main"]

GROUPS = (serve, account, files, handset, wire, bench)  # in the order of the help

app = typer.Typer(
    name="thinline",
    help="A thin-client handset, emulated, and the always-connected server behind it.",
    epilog=CODES,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _group in GROUPS:
    app.add_typer(_group.commands)


def main() -> None:
    """The program."""
    app()

"""Where an operator hands in cards and is handed them: a server by its state folder, files by their paths, a count."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from thinline_server.control import calling
from thinline_tools.cards import Exported, Imported, Trouble, export_cards, import_cards
from thinline_tools.whole import whole_file

__all__ = ["counting", "take_in", "tell", "write_out"]


def take_in(folder: Path, name: str, files: Sequence[Path]) -> Imported:
    """Take files of cards into an account of the server of a state folder.

    Raises:
        LocalError: no server runs there, or it said no.
        OSError: a file cannot be read.
    """
    with calling(folder) as server, counting(Console(stderr=True)) as count:
        return import_cards(server, name, files, count)


def write_out(folder: Path, name: str, to: Path | None) -> Exported:
    """Write an account's contacts as cards into a file, whole or not at all, or to standard output.

    Raises:
        LocalError: no server runs there, or it said no.
        OSError: it cannot be written.
    """
    with calling(folder) as server, counting(Console(stderr=True)) as count:
        if to is None:
            return export_cards(server, name, sys.stdout.buffer, count)
        with whole_file(to) as file:
            return export_cards(server, name, file, count)


def tell(troubles: Iterable[Trouble], said: str) -> None:
    """Troubles on standard error, what was done on standard output."""
    for trouble in troubles:
        print(f"thinline: {trouble.where}: {trouble.why}", file=sys.stderr)
    if said:
        print(said)


@contextmanager
def counting(console: Console) -> Iterator[Callable[[int, float], None]]:
    """A bar on standard error, where a person looks at it: cards so far, the share of the whole, the time left."""
    columns = (TextColumn("{task.fields[cards]} cards"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0, cards=0)
        yield lambda cards, share: bar.update(task, completed=share, cards=cards)

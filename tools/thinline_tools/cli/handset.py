"""`thinline handset`, `console` and `demo`: a handset in this terminal, and verbs for one that runs in another."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from thinline_tools.cli.shared import EXIT_NO_SERVER, JsonOption, command, fail, group, show
from thinline_tools.running import running_handsets

__all__ = ["Wanted", "commands"]

commands = group()


# What the shell may complete


def _profiles() -> list[str]:
    from thinline_emulator.profiles import profile_names

    return profile_names()


def _radios() -> list[str]:
    from thinline_emulator.profiles import radio_names

    return radio_names()


def _themes() -> list[str]:
    from thinline_emulator.terminal.themes import THEMES

    return list(THEMES)


def _running() -> list[str]:
    return running_handsets(os.environ)


def _next_words(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    from thinline_emulator.terminal.completion import next_words

    return next_words(" ".join([*(context.params.get("verb") or ()), incomplete]))


class Wanted(NamedTuple):
    """Which handset, and how it is shown."""

    server: Annotated[str, typer.Option(help="HOST:PORT; without it a server of its own runs beside it.")] = ""
    code: Annotated[str, typer.Option(help="One-time code, from `thinline account enroll`.")] = ""
    ca: Annotated[
        Path | None, typer.Option(help="PEM file of the authority to trust; needed off loopback.", exists=True)
    ] = None
    sim: Annotated[Path | None, typer.Option(help="File of the SIM, made where it is missing.", dir_okay=False)] = None
    name: Annotated[str, typer.Option(help="Of the handset and its folder; a free one if not given.")] = ""
    profile: Annotated[str, typer.Option(help="The kind of handset.", autocompletion=_profiles)] = "classic"
    radio: Annotated[str, typer.Option(help="Network: gprs, edge, umts, lte, wifi.", autocompletion=_radios)] = ""
    theme: Annotated[str, typer.Option(help="day, night, amber or none.", autocompletion=_themes)] = "night"
    pictures: Annotated[str, typer.Option(help="auto, half (blocks), sixel, kitty or none.")] = "auto"
    ascii_only: Annotated[bool, typer.Option("--ascii", help="Draw with ASCII only.")] = False
    wire: Annotated[Path | None, typer.Option(help="File to record into; `thinline wire show` reads it.")] = None
    script: Annotated[
        Path | None, typer.Option(help="Script to play; without a terminal nobody needs to look.", exists=True)
    ] = None
    headless: Annotated[bool, typer.Option("--headless", help="Play the script unseen in a terminal too.")] = False
    record: Annotated[Path | None, typer.Option(help="Write what is done as a script, when it ends.")] = None
    cast: Annotated[Path | None, typer.Option(help="Write what is shown as an asciicast.")] = None


@command(commands)
def handset(wanted: Wanted) -> None:
    """Show a handset in this terminal; F1 helps, Ctrl-C pulls its battery.

    Its SIM, its log and the server's folders are in $XDG_STATE_HOME/thinline/handsets/NAME. With --script or --record
    and no name, SIM or server it has a new world, which is gone when it ends; docs/scripts.md says how scripts look.
    """
    from thinline_tools.handset import Wishes, main

    raise typer.Exit(main(Wishes(**wanted._asdict())))


@command(commands, context_settings={"ignore_unknown_options": True})
def console(
    name: Annotated[
        str, typer.Argument(help="Of the handset, or the path of its console socket.", autocompletion=_running)
    ] = "",
    verb: Annotated[
        list[str] | None, typer.Argument(help="A verb and its words; help lists them.", autocompletion=_next_words)
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Do something to a handset that runs on this machine: thinline console alice battery 12.

    Without a name it lists those that run.
    """
    if not name:
        _list_running(as_json)
        return
    from thinline_tools.handset import ask

    answer = ask(name, " ".join(verb or ["help"]))
    show(answer.data, as_json=as_json, plain=lambda: typer.echo(answer.text))


def _list_running(as_json: bool) -> None:
    names = running_handsets(os.environ)
    if not names and not as_json:
        fail("no handset runs here; start one with: thinline handset", EXIT_NO_SERVER)
    show(names, as_json=as_json, plain=lambda: typer.echo("\n".join(names)))


@command(commands)
def demo(*, told: Annotated[bool, typer.Option("--told", help="Tell it, even in a terminal.")] = False) -> None:
    """In a terminal a handset to use; without one a minute of two handsets, a tunnel and a battery that dies."""
    if not told and sys.stdin.isatty() and sys.stdout.isatty():
        from thinline_tools.handset import Wishes, main

        main(Wishes(keys="jump ok"))
        return
    from thinline_tools.demo import main as play

    raise typer.Exit(play())

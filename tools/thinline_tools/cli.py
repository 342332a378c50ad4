"""The one command: `thinline serve`, the operator's verbs, the demo, the bench.

Errors are sentences on standard error that say what to do next, answers are on standard output, and `--json` gives
them to machines. What a verb needs is imported when it runs, so that `thinline --help` is there at once.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn, get_type_hints

import typer

if TYPE_CHECKING:
    from thinline_server.config import Settings

__all__ = ["EXIT_FAILED", "EXIT_IO", "EXIT_NO_SERVER", "EXIT_USAGE", "app", "main"]

EXIT_FAILED, EXIT_USAGE, EXIT_NO_SERVER, EXIT_IO = 1, 2, 69, 74

_CODES = """Exit codes: 0 done; 1 it failed or was refused; 2 a wrong command line or setting; 69 no server or handset
runs there; 3 something was not as a script expects; 74 the disk failed or is full."""

app = typer.Typer(
    name="thinline",
    help="A thin-client handset, emulated, and the always-connected server behind it.",
    epilog=_CODES,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
account = typer.Typer(
    name="account", help="Subscribers and their handsets; needs a running server.", epilog=_CODES, no_args_is_help=True
)
app.add_typer(account)

wire_app = typer.Typer(name="wire", help="Recordings of what passed on a wire.", epilog=_CODES, no_args_is_help=True)
app.add_typer(wire_app)

JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


class Place(NamedTuple):
    """Which server: where its settings and its folders are."""

    config: Annotated[Path | None, typer.Option(help="TOML file with settings.", dir_okay=False)] = None
    data: Annotated[Path | None, typer.Option(help="Folder of the store.", file_okay=False)] = None
    state: Annotated[
        Path | None, typer.Option(help="Folder of the service key; beside --data if not given.", file_okay=False)
    ] = None


class Wanted(NamedTuple):
    """Which handset, and how it is shown."""

    server: Annotated[str, typer.Option(help="HOST:PORT; without it a server of its own runs beside it.")] = ""
    code: Annotated[str, typer.Option(help="One-time code, from `thinline account enroll`.")] = ""
    ca: Annotated[Path | None, typer.Option(help="PEM file of the authority to trust; needed off loopback.")] = None
    sim: Annotated[Path | None, typer.Option(help="File of the SIM, made where it is missing.", dir_okay=False)] = None
    name: Annotated[str, typer.Option(help="Of the handset and its folder; a free one if not given.")] = ""
    profile: Annotated[str, typer.Option(help="The kind of handset.")] = "classic"
    radio: Annotated[str, typer.Option(help="Network: gprs, edge, umts, lte, wifi.")] = ""
    theme: Annotated[str, typer.Option(help="day, night, amber or none.")] = "night"
    pictures: Annotated[str, typer.Option(help="auto, half (blocks), sixel, kitty or none.")] = "auto"
    ascii_only: Annotated[bool, typer.Option("--ascii", help="Draw with ASCII only.")] = False
    wire: Annotated[Path | None, typer.Option(help="File to record into; `thinline wire show` reads it.")] = None
    script: Annotated[Path | None, typer.Option(help="Script to play; without a terminal nobody needs to look.")] = None
    headless: Annotated[bool, typer.Option("--headless", help="Play the script unseen in a terminal too.")] = False
    record: Annotated[Path | None, typer.Option(help="Write what is done as a script, when it ends.")] = None
    cast: Annotated[Path | None, typer.Option(help="Write what is shown as an asciicast.")] = None


def _gathered(kind: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a verb the options that a named tuple lists; it gets them as its first argument."""
    hints = get_type_hints(kind, include_extras=True)

    def decorate(verb: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(verb)
        def with_options(**told: Any) -> None:
            gathered = kind(**{name: told.pop(name) for name in hints})
            verb(gathered, **told)

        own = list(inspect.signature(verb, eval_str=True).parameters.values())[1:]
        options = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=kind._field_defaults[name], annotation=annotation
            )
            for name, annotation in hints.items()
        ]
        parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own] + options
        with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        with_options.__annotations__ = {one.name: one.annotation for one in parameters}
        return with_options

    return decorate


_placed = _gathered(Place)


def _fail(sentence: str, code: int) -> NoReturn:
    typer.echo(f"thinline: {sentence}", err=True)
    raise typer.Exit(code)


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn what may go wrong into a sentence and an exit code."""
    from thinline.errors import LocalError
    from thinline_emulator.console import NoHandset
    from thinline_emulator.script import ScriptBad
    from thinline_server.config import SettingsError
    from thinline_server.control import NoServer
    from thinline_server.engine import StoreLost

    try:
        yield
    except NoServer as error:
        _fail(f"{error}; start one with: thinline serve", EXIT_NO_SERVER)
    except NoHandset as error:
        _fail(f"{error}; start one with: thinline handset", EXIT_NO_SERVER)
    except (SettingsError, ScriptBad) as error:
        _fail(str(error), EXIT_USAGE)
    except StoreLost as error:
        _fail(str(error), EXIT_IO)
    except LocalError as error:
        _fail(str(error), EXIT_FAILED)
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}", EXIT_IO)


def _settings(place: Place, **flags: Any) -> Settings:
    from thinline_server.config import load_settings

    return load_settings(place.config, {"data": place.data, "state": place.state, **flags})


def _ask(place: Place, verb: str, **arguments: Any) -> Any:
    from thinline_server.control import ask_server

    with _sentences():
        return ask_server(_settings(place).state, verb, **arguments)


# The server


@app.command(epilog=_CODES)
@_placed
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
        _show(_ask(place, "status"), as_json=as_json)
        return
    with _sentences():
        settings = _settings(place, listen=listen, tls_certificate=tls_certificate, tls_key=tls_key)
        from thinline_server.app import run
        from thinline_server.logs import configure_logs

        configure_logs(settings)
        asyncio.run(run(settings))


# Accounts


@account.command("add")
@_placed
def account_add(
    place: Place,
    name: Annotated[str, typer.Argument(help="Small letters, digits, and . _ - between them.")],
    number: Annotated[str, typer.Option(help="Phone number, for instance +4520304050.")] = "",
    *,
    as_json: JsonOption = False,
) -> None:
    """Make a subscriber."""
    added = _ask(place, "account.add", name=name, number=number)
    _show(added, as_json=as_json, plain=lambda: typer.echo(f"added {name}; now: thinline account enroll {name}"))


@account.command("list")
@_placed
def account_list(place: Place, *, as_json: JsonOption = False) -> None:
    """List all subscribers."""
    from thinline_tools.accounts import print_accounts

    found = _ask(place, "account.list")
    _show(found, as_json=as_json, plain=lambda: print_accounts(found))


@account.command("show")
@_placed
def account_show(place: Place, name: Annotated[str, typer.Argument()], *, as_json: JsonOption = False) -> None:
    """Show one subscriber and the handsets."""
    from thinline_tools.accounts import print_account

    found = _ask(place, "account.show", name=name)
    _show(found, as_json=as_json, plain=lambda: print_account(found))


@account.command("enroll")
@_placed
def account_enroll(place: Place, name: Annotated[str, typer.Argument()], *, as_json: JsonOption = False) -> None:
    """Make a one-time code with which one handset enrols."""
    made = _ask(place, "account.enroll", name=name)
    _show(made, as_json=as_json, plain=lambda: typer.echo(made["code"]))


@account.command("revoke")
@_placed
def account_revoke(
    place: Place,
    handset: Annotated[str, typer.Argument(help="As `account show` tells it.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Never let a handset in again; its link ends at once."""
    done = _ask(place, "account.revoke", handset=handset)
    _show(done, as_json=as_json, plain=lambda: typer.echo(f"revoked {done['handset']}"))


# Cards in and out


@app.command("import", epilog=_CODES)
@_placed
def import_files(
    place: Place,
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose contacts they become.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE.vcf...", dir_okay=False, exists=True)],
    *,
    as_json: JsonOption = False,
) -> None:
    """Take vCards (2.1, 3, 4) into an account; each is kept as it is, and twice the same is one contact.

    What is not taken is told by file, card and line, and the exit code is 1 then.
    """
    from thinline_tools.carddesk import take_in, tell

    with _sentences():
        result = take_in(_settings(place).state, name, files)
    said = f"{result.new} new, {result.there} were there, {result.dead} stay deleted, {result.refused} refused"
    _show(result.told(), as_json=as_json, plain=lambda: tell(result.troubles, said))
    if any(trouble.lost for trouble in result.troubles):
        raise typer.Exit(EXIT_FAILED)


@app.command("export", epilog=_CODES)
@_placed
def export_file(
    place: Place,
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose contacts.")],
    to: Annotated[Path | None, typer.Option("--to", help="File; standard output if not given.", dir_okay=False)] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Write an account's contacts as vCards: what was imported as it was, but for lines that changed since."""
    from thinline_tools.carddesk import tell, write_out

    if as_json and to is None:
        _fail("--json needs --to: standard output carries the cards", EXIT_USAGE)
    with _sentences():
        result = write_out(_settings(place).state, name, to)
    said = f"{result.written} contacts written to {to}" if to else ""
    _show(result.told(), as_json=as_json, plain=lambda: tell(result.troubles, said))
    if result.troubles:
        raise typer.Exit(EXIT_FAILED)


# How answers look


def _show(told: Any, *, as_json: bool, plain: Callable[[], None] | None = None) -> None:
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif plain is not None:
        plain()
    else:
        for name, value in told.items():
            typer.echo(f"{name:<12}{value}")


# Handset, demo and bench


@app.command(epilog=_CODES)
@_gathered(Wanted)
def handset(wanted: Wanted) -> None:
    """Show a handset in this terminal; F1 helps, Ctrl-C pulls its battery.

    Its SIM, its log and the server's folders are in $XDG_STATE_HOME/thinline/handsets/NAME. With --script or --record
    and no name, SIM or server it has a new world, which is gone when it ends; docs/scripts.md says how scripts look.
    """
    with _sentences():
        from thinline_tools.handset import Wishes
        from thinline_tools.handset import main as show

        raise typer.Exit(show(Wishes(**wanted._asdict())))


@app.command(epilog=_CODES, context_settings={"ignore_unknown_options": True})
def console(
    name: Annotated[str, typer.Argument(help="Of the handset, or the path of its console socket.")],
    verb: Annotated[list[str] | None, typer.Argument(help="A verb and its words; help lists them.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Do something to a handset that runs on this machine: thinline console alice battery 12."""
    with _sentences():
        from thinline_tools.handset import ask

        answer = ask(name, " ".join(verb or ["help"]))
        _show(answer.data, as_json=as_json, plain=lambda: typer.echo(answer.text))


@wire_app.command("show")
def wire_show(file: Annotated[Path, typer.Argument(dir_okay=False)], *, as_json: JsonOption = False) -> None:
    """Tell the frames of a recording, with their bytes and what the radio drew for them."""
    with _sentences():
        from thinline_emulator.wire import read_packet, tell

        told, before_mah = [], 0.0
        for line in file.read_text("ascii", "replace").splitlines():
            packet = read_packet(line)
            told += list(tell(packet, before_mah))
            before_mah = packet.mah
        lines = [f"{one.line()}\n    {one.detail}".rstrip() for one in told]
        _show([one.data() for one in told], as_json=as_json, plain=lambda: typer.echo("\n".join(lines)))


@app.command()
def demo(*, told: Annotated[bool, typer.Option("--told", help="Tell it, even in a terminal.")] = False) -> None:
    """In a terminal a handset to use; without one a minute of two handsets, a tunnel and a battery that dies."""
    if not told and sys.stdin.isatty() and sys.stdout.isatty():
        with _sentences():
            from thinline_tools.handset import Wishes
            from thinline_tools.handset import main as show

            show(Wishes(keys="jump ok"))
        return
    from thinline_tools.demo import main as play

    raise typer.Exit(play())


@app.command(epilog=_CODES)
def bench(
    only: Annotated[str, typer.Option(help="Figures by id, with commas: P1,N3.")] = "",
    to: Annotated[Path | None, typer.Option("--json", help="File for the figures.", dir_okay=False)] = None,
) -> None:
    """Measure; the figures say on what machine."""
    from thinline_tools.bench import main as measure

    raise typer.Exit(measure(only=[one for one in only.split(",") if one], json=to))


@app.command("version")
def show_version() -> None:
    """Tell the version."""
    from thinline_server.app import version_of_this

    typer.echo(f"thinline {version_of_this()}")


def main() -> None:
    """The program."""
    app()


if __name__ == "__main__":
    main()

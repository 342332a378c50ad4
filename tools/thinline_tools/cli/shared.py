"""What every command shares: where the server is, how an answer looks, and what an error says.

    commands = group("account", "Subscribers and their handsets.")

    @command(commands, "list")
    def account_list(place: Place, *, as_json: JsonOption = False) -> None: ...

A parameter whose type is a named tuple of options stands for all of them. What goes wrong is a sentence on standard
error that says what to do next, and an exit code.
"""

from __future__ import annotations

import functools
import inspect
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn, get_type_hints

import typer

if TYPE_CHECKING:
    from thinline_server.config import Settings

__all__ = [
    "CODES",
    "EXIT_FAILED",
    "EXIT_IO",
    "EXIT_NO_SERVER",
    "EXIT_USAGE",
    "JsonOption",
    "Place",
    "account_names",
    "ask",
    "command",
    "fail",
    "group",
    "settings_of",
    "show",
]

EXIT_FAILED, EXIT_USAGE, EXIT_NO_SERVER, EXIT_IO = 1, 2, 69, 74

CODES = """Exit codes: 0 done; 1 it failed or was refused; 2 a wrong command line or setting; 3 something was not as a
script expects; 69 no server or handset runs there; 74 the disk failed or is full."""

JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


class Place(NamedTuple):
    """Which server: where its settings and its folders are."""

    config: Annotated[Path | None, typer.Option(help="TOML file with settings.", dir_okay=False)] = None
    data: Annotated[Path | None, typer.Option(help="Folder of the store.", file_okay=False)] = None
    state: Annotated[
        Path | None, typer.Option(help="Folder of the service key; beside --data if not given.", file_okay=False)
    ] = None


# Commands


def group(name: str | None = None, about: str | None = None) -> typer.Typer:
    """A group of commands; without a name they are the program's own."""
    return typer.Typer(name=name, help=about, epilog=CODES, no_args_is_help=True, rich_markup_mode=None)


def command(commands: typer.Typer, name: str | None = None, **settings: Any) -> Callable[[Callable[..., None]], None]:
    """Add a function as a command: its options, its errors as sentences, the exit codes below its help."""

    def add(function: Callable[..., None]) -> None:
        commands.command(name, epilog=CODES, **settings)(_spread(function))

    return add


def _spread(function: Callable[..., None]) -> Callable[..., None]:
    """The function with the options of its named tuples as parameters, and its errors told."""
    hints = get_type_hints(function, include_extras=True)
    gathered = {name: kind for name, kind in hints.items() if _is_options(kind)}

    @functools.wraps(function)
    def spread(**told: Any) -> None:
        for name, kind in gathered.items():
            told[name] = kind(**{option: told.pop(option) for option in kind._fields})
        try:
            function(**told)
        except typer.Exit:
            raise
        except Exception as error:
            _tell(error, next((one for one in told.values() if isinstance(one, Place)), Place()))

    parameters = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in gathered:
            parameters.append(parameter.replace(kind=parameter.KEYWORD_ONLY, annotation=hints[parameter.name]))
            continue
        kind = gathered[parameter.name]
        options = get_type_hints(kind, include_extras=True).items()
        parameters += [
            inspect.Parameter(name, parameter.KEYWORD_ONLY, default=kind._field_defaults[name], annotation=annotation)
            for name, annotation in options
        ]
    spread.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    spread.__annotations__ = {one.name: one.annotation for one in parameters}
    return spread


def _is_options(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_field_defaults")


# Errors


def fail(sentence: str, code: int) -> NoReturn:
    """End with a sentence and an exit code."""
    typer.echo(f"thinline: {sentence}", err=True)
    raise typer.Exit(code)


def _tell(error: Exception, place: Place) -> NoReturn:
    """End with what the error says; one that is our own mistake goes on its way."""
    from thinline.errors import LocalError
    from thinline_emulator.console import NoHandset
    from thinline_emulator.script import ScriptBad
    from thinline_server.config import SettingsError
    from thinline_server.control import NoServer
    from thinline_server.engine import StoreLost

    match error:
        case NoServer():
            where = (f" --{name} {shlex.quote(str(path))}" for name, path in place._asdict().items() if path)
            fail(f"{error}; start one with: thinline serve{''.join(where)}", EXIT_NO_SERVER)
        case NoHandset():
            fail(f"{error}; start one with: thinline handset", EXIT_NO_SERVER)
        case SettingsError() | ScriptBad():
            fail(str(error), EXIT_USAGE)
        case StoreLost():
            fail(str(error), EXIT_IO)
        case LocalError():
            fail(str(error), EXIT_FAILED)
        case OSError():
            fail(f"{error.filename or 'the system'}: {error.strerror or error}", EXIT_IO)
        case _:
            raise error


# The server, and its answers


def account_names(context: typer.Context) -> list[str]:
    """What the shell may complete an account's name to: nothing where no server runs."""
    from thinline.errors import LocalError

    place = Place(**{name: context.params.get(name) for name in Place._fields})
    try:
        return [one["name"] for one in ask(place, "account.list")]
    except (LocalError, OSError):
        return []


def settings_of(place: Place, **flags: Any) -> Settings:
    """The settings of the server of a place.

    Raises:
        SettingsError: one is wrong.
    """
    from thinline_server.config import load_settings

    return load_settings(place.config, {"data": place.data, "state": place.state, **flags})


def ask(place: Place, verb: str, **arguments: Any) -> Any:
    """What the server of a place answers to a verb of its control socket.

    Raises:
        LocalError: none runs there, or it said no.
    """
    from thinline_server.control import ask_server

    return ask_server(settings_of(place).state, verb, **arguments)


def show(told: Any, *, as_json: bool, plain: Callable[[], None] | None = None) -> None:
    """Print an answer: as JSON, or in its own words, or name by name."""
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif plain is not None:
        plain()
    else:
        for name, value in told.items():
            typer.echo(f"{name:<12}{value}")

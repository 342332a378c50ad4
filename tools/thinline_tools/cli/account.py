"""`thinline account`: subscribers and their handsets, by way of a running server."""

from __future__ import annotations

from typing import Annotated

import typer

from thinline_tools.cli.shared import JsonOption, Place, account_names, ask, command, group, show

__all__ = ["commands"]

commands = group("account", "Subscribers and their handsets; needs a running server.")

KnownName = Annotated[str, typer.Argument(autocompletion=account_names)]


@command(commands, "add")
def account_add(
    place: Place,
    name: Annotated[str, typer.Argument(help="Small letters, digits, and . _ - between them.")],
    number: Annotated[str, typer.Option(help="Phone number, for instance +4520304050.")] = "",
    *,
    as_json: JsonOption = False,
) -> None:
    """Make a subscriber."""
    added = ask(place, "account.add", name=name, number=number)
    show(added, as_json=as_json, plain=lambda: typer.echo(f"added {name}; now: thinline account enroll {name}"))


@command(commands, "list")
def account_list(place: Place, *, as_json: JsonOption = False) -> None:
    """List all subscribers."""
    from thinline_tools.accounts import print_accounts

    found = ask(place, "account.list")
    show(found, as_json=as_json, plain=lambda: print_accounts(found))


@command(commands, "show")
def accountshow(place: Place, name: KnownName, *, as_json: JsonOption = False) -> None:
    """Show one subscriber and the handsets."""
    from thinline_tools.accounts import print_account

    found = ask(place, "account.show", name=name)
    show(found, as_json=as_json, plain=lambda: print_account(found))


@command(commands, "enroll")
def account_enroll(place: Place, name: KnownName, *, as_json: JsonOption = False) -> None:
    """Make a one-time code with which one handset enrols."""
    made = ask(place, "account.enroll", name=name)
    show(made, as_json=as_json, plain=lambda: typer.echo(made["code"]))


@command(commands, "revoke")
def account_revoke(
    place: Place,
    handset: Annotated[str, typer.Argument(help="As `account show` tells it.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Never let a handset in again; its link ends at once."""
    done = ask(place, "account.revoke", handset=handset)
    show(done, as_json=as_json, plain=lambda: typer.echo(f"revoked {done['handset']}"))

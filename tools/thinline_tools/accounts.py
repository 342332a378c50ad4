"""Accounts as an operator reads them."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console
from rich.table import Table

__all__ = ["print_account", "print_accounts"]


def print_accounts(found: list[dict[str, Any]]) -> None:
    """All of them, a line each."""
    if not found:
        typer.echo("there are no accounts; make one with: thinline account add NAME")
        return
    table = Table("name", "number", "items", "handsets", "linked", box=None, pad_edge=False)
    for one in found:
        handsets = [handset for handset in one["handsets"] if not handset["revoked"]]
        linked = sum(handset["linked"] for handset in handsets)
        cells = (one["name"], one["number"], sum(one["items"].values()), len(handsets), linked)
        table.add_row(*(str(cell) for cell in cells))
    Console(soft_wrap=True).print(table)


def print_account(one: dict[str, Any]) -> None:
    """One, with what it has and its handsets."""
    typer.echo(f"{one['name']} {one['number']}".rstrip())
    typer.echo(f"account {one['account']}, epoch {one['epoch']}, position {one['position']}")
    if one["careful"]:
        typer.echo("careful: the history went back; keep its handsets powered")
    for collection, count in one["items"].items():
        typer.echo(f"  {count} {collection}")
    for handset in one["handsets"]:
        how = "revoked" if handset["revoked"] else "linked" if handset["linked"] else "away"
        typer.echo(f"  handset {handset['handset']}: life {handset['life']}, {handset['done']} commands, {how}")

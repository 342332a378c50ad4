"""The demo: about a minute of two handsets' lives, in virtual time, told as it happens.

It is the real server logic and two real handsets over a network in this process; only the time is not. What is said
and done stands in demo.toml, and every step that says what a screen must show is checked: the demo fails where the
product does.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from thinline.errors import LocalError
from thinline.testing.netem import Faults, Netem
from thinline.v1.page_pb2 import Block, Page, Run
from thinline_emulator.script import Script, play, read_steps
from thinline_server.mime.values import Mailbox, ParsedMail
from thinline_server.outside import FindAccount, Take
from thinline_server.services.mail.incoming import Arrival, incoming
from thinline_tools.lab.town import HandsetNode, Town

__all__ = ["Act", "main", "open_town", "read_acts", "tell", "the_acts"]

_SEED = 2009
_LETTER = "It is in tune again. Come and hear it on Sunday at four, and bring your brother."


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is said, done and shown."""

    say: str
    script: Script
    show: tuple[str, ...]
    autopsy: str = ""


def read_acts(text: str) -> list[Act]:
    """The acts of a demo, from TOML."""
    acts: list[dict[str, Any]] = tomllib.loads(text)["act"]
    return [
        Act(act["say"], Script(act["say"], read_steps(act["steps"])), tuple(act["show"]), act.get("autopsy", ""))
        for act in acts
    ]


def open_town() -> tuple[Town, dict[str, HandsetNode]]:
    """Where it happens: Alice, a mail that came for her, her two handsets, and Bob with his; the same every time."""
    town = Town(_SEED, Netem(_SEED, Faults(least_s=0.01, most_s=0.01)))
    town.account("alice")
    arrival = Arrival(town.now_ms() // 1_000 - 600, ("alice@thinline.test",))
    text = Page(blocks=[Block(runs=[Run(text=_LETTER)])]).SerializeToString()
    bob = Mailbox("Bob Miller", "bob@example.org")
    mail = ParsedMail(bob, (), (), subject="The cello", first_line=_LETTER, text=text)
    town.operate(Take(town.operate(FindAccount("alice")), "mail", (incoming(_LETTER.encode(), mail, arrival),)))
    benches = {name: town.handset(name, "alice") for name in ("phone", "desk")}
    town.account("bob")
    return town, {**benches, "bob": town.handset("bob", "bob")}


def the_acts() -> list[Act]:
    """The acts of this demo."""
    return read_acts(files("thinline_tools").joinpath("demo.toml").read_text("utf-8"))


def _beside(left: str, right: str) -> str:
    return "\n".join(f"{one}  {other}" for one, other in zip(left.splitlines(), right.splitlines(), strict=True))


def tell(acts: Sequence[Act], say: Callable[[str], None]) -> float:
    """Play the acts; the seconds of the handsets' time that they took.

    Raises:
        LocalError: a handset did not do what an act says.
    """
    town, benches = open_town()
    for number, act in enumerate(acts, 1):
        say(f"\n{number}. {act.say}\n")
        for pause_s in play(act.script, benches):
            town.run_for(pause_s)
        screens = [benches[name].text for name in act.show]
        if screens:
            say(screens[0] if len(screens) == 1 else _beside(*screens))
        if act.autopsy:
            say(benches[act.autopsy].autopsies[-1].text())
    return town.now


def main() -> int:
    """Tell the demo on standard output; 1 where something did not happen as it says."""
    try:
        took_s = tell(the_acts(), print)
    except LocalError as error:
        print(f"the demo failed: {error}", file=sys.stderr)
        return 1
    print(f"\nThat was {took_s:.0f} seconds of their time.")
    return 0

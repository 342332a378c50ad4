"""`thinline account`, against a server that answers as alice's would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commandline import ALICE, Asked, run


@pytest.mark.parametrize(
    ("arguments", "verb", "told", "said"),
    [
        (("add", "alice"), "account.add", {"name": "alice", "number": ""}, "added alice"),
        (("add", "alice", "--number", "12"), "account.add", {"name": "alice", "number": "12"}, "added alice"),
        (("list",), "account.list", {}, "alice  +4520304050  3      1         1"),
        (("show", "alice"), "account.show", {"name": "alice"}, "handset 00ff: life 2, 7 commands, linked"),
        (("enroll", "alice"), "account.enroll", {"name": "alice"}, "CODE"),
        (("revoke", "00ff"), "account.revoke", {"handset": "00ff"}, "revoked 00ff"),
    ],
)
def test_a_verb_asks_the_server_of_the_state_folder(
    asked: Asked,
    arguments: tuple[str, ...],
    verb: str,
    told: dict[str, object],
    said: str,
) -> None:
    ran = run("account", *arguments, "--data", "/srv/thinline")
    assert ran.exit_code == 0, ran.output
    assert asked == [(Path("/srv/thinline-state"), verb, told)]
    assert said in ran.stdout


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("verb", [("list",), ("show", "alice"), ("add", "alice")])
def test_machines_get_json(verb: tuple[str, ...]) -> None:
    told = json.loads(run("account", *verb, "--json").stdout)
    assert told in (ALICE, [ALICE])

"""Accounts as an operator reads them."""

from __future__ import annotations

import pytest

from thinline_tools.accounts import print_account, print_accounts

ALICE = {
    "account": "6f1c",
    "name": "alice",
    "number": "+4520304050",
    "epoch": 2,
    "position": 9,
    "careful": True,
    "items": {"contacts": 3},
    "handsets": [
        {"handset": "aa", "life": 2, "done": 7, "revoked": False, "linked": True},
        {"handset": "bb", "life": 1, "done": 0, "revoked": True, "linked": False},
        {"handset": "cc", "life": 1, "done": 0, "revoked": False, "linked": False},
    ],
}


def test_a_list_has_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    print_accounts([ALICE])
    assert capsys.readouterr().out.splitlines()[1].split() == ["alice", "+4520304050", "3", "2", "1"]
    print_accounts([])
    assert "thinline account add NAME" in capsys.readouterr().out


def test_one_is_told_with_its_handsets(capsys: pytest.CaptureFixture[str]) -> None:
    print_account(ALICE)
    told = capsys.readouterr().out
    assert "careful" in told
    for line in ("3 contacts", "aa: life 2, 7 commands, linked", "bb: life 1, 0 commands, revoked", "cc: life 1"):
        assert line in told

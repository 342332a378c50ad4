"""Commands run in this process, against a server that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from commandline import ALICE, Asked


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """A server that answers every verb as alice's would; what it was asked."""
    noted: Asked = []
    answers = {"account.list": [ALICE], "account.enroll": {"code": "CODE"}, "account.revoke": {"handset": "00ff"}}

    def ask(folder: Path, verb: str, **arguments: object) -> object:
        noted.append((folder, verb, arguments))
        return answers.get(verb, ALICE)

    monkeypatch.setattr("thinline_server.control.ask_server", ask)
    return noted

"""Completion in a real bash: the program's own script, a key, and what stands on the line then."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import environment, serving
from terminals import Terminal
from thinline.bearers.unix import bind_unix

PROGRAM = """#!{python}
import sys
from thinline_tools.cli import main
sys.argv[0] = "thinline"
sys.exit(main())
"""


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[None]:
    """Handsets alice and alistair run here; one called alfred was killed."""
    sockets = []
    for name in ("alice", "alistair", "alfred"):
        folder = tmp_path / "home" / "thinline" / "handsets" / name
        folder.mkdir(parents=True)
        sockets.append(bind_unix(folder / "console.sock"))
    sockets.pop().close()
    yield
    for one in sockets:
        one.close()


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is missing")
@pytest.mark.usefixtures("listening")
def test_bash_completes_commands_handsets_verbs_and_accounts(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "thinline"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    told = environment(XDG_STATE_HOME=str(tmp_path / "home"), PS1="ready ", TERM="xterm", INPUTRC="/dev/null")
    told["PATH"] = f"{program.parent}:{told['PATH']}"
    with serving(tmp_path) as server, Terminal(["bash", "--norc", "--noprofile", "-i"], told, (160, 24)) as bash:
        server.ask("account.add", name="alice")
        bash.until("ready")
        bash.type('eval "$(_THINLINE_COMPLETE=source_bash thinline)"; complete -p thinline\r')
        bash.until("complete -o default -F _thinline_completion thinline")
        for typed, stands in (
            ("thinline cons\t", "thinline console"),
            ("ali\t\t", "alice     alistair"),  # alfred does not run
            ("ce bat\tp\t", "thinline console alice battery pull"),
            (f"\x15thinline account show --data {tmp_path}/data --state {tmp_path}/state al\t", "state alice"),
        ):
            bash.type(typed)
            bash.until(stands)

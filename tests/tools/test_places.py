"""Where handsets live, and which of them a new process takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from thinline.errors import LocalError
from thinline_emulator import simcard_file
from thinline_emulator.sim import Sim
from thinline_tools.places import NAMES, Crashed, Wanted, own_folder

SERVER, OTHER = "127.0.0.1:7300", "127.0.0.1:7400"


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "thinline" / "handsets"


def enrol(base: Path, wanted: Wanted) -> str:
    """A handset lives, and is enrolled; its name."""
    with own_folder(wanted) as folder:
        simcard_file.save(folder / "sim", Sim(bytes(32), certificate=b"signed"))
    assert folder.parent == base
    return folder.name


def taken(wanted: Wanted) -> str:
    with own_folder(wanted) as folder:
        return folder.name


def test_a_name_is_held_by_one_process(base: Path) -> None:
    with own_folder(Wanted()) as first, own_folder(Wanted()) as second:
        assert (first.name, second.name) == ("alice", "bob")
        with pytest.raises(LocalError, match="alice runs already; give another --name"), own_folder(Wanted("alice")):
            raise AssertionError
    assert taken(Wanted()) == "alice"


def test_a_handset_with_a_server_of_its_own_is_not_offered_to_another(base: Path) -> None:
    """Somebody who tried the demo has an alice that no other server knows."""
    assert enrol(base, Wanted()) == "alice"
    assert taken(Wanted()) == "alice"
    assert enrol(base, Wanted(server=SERVER, code="CODE")) == "bob"
    assert enrol(base, Wanted(server=SERVER, code="CODE")) == "carol"
    assert taken(Wanted(server=SERVER)) == "bob"
    assert taken(Wanted(server=OTHER)) == "dave"
    assert taken(Wanted()) == "alice"


def test_a_handset_that_is_at_home_there_goes_before_a_new_one(base: Path) -> None:
    assert enrol(base, Wanted("erin", SERVER, "CODE")) == "erin"
    assert taken(Wanted(server=SERVER)) == "erin"
    with own_folder(Wanted(server=SERVER)), own_folder(Wanted(server=SERVER)) as folder:
        assert folder.name == "alice"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("erin"), "erin is enrolled with 127.0.0.1:7300; give another --name"),
        (Wanted("erin", OTHER), "erin is enrolled with 127.0.0.1:7300; give another --name"),
        (Wanted("erin", SERVER, "CODE"), "erin is enrolled already: leave --code out, or give another --name"),
    ],
)
def test_what_a_name_cannot_be_is_told(base: Path, wanted: Wanted, said: str) -> None:
    enrol(base, Wanted("erin", SERVER, "CODE"))
    with pytest.raises(LocalError, match=said), own_folder(wanted):
        raise AssertionError
    assert taken(Wanted("erin", OTHER, "CODE", elsewhere=True)) == "erin"
    assert taken(Wanted("erin", SERVER)) == "erin"


def test_where_all_names_are_taken_another_is_asked_for(base: Path) -> None:
    for name in NAMES:
        enrol(base, Wanted(name, SERVER, "CODE"))
    with pytest.raises(LocalError, match="heidi are all taken; give another --name"), own_folder(Wanted()):
        raise AssertionError


def test_a_passing_handset_is_gone_but_for_its_crash() -> None:
    with own_folder(Wanted(passing=True)) as folder:
        (folder / "sim").write_text("x")
    assert not folder.exists()
    with pytest.raises(LocalError, match="no"), own_folder(Wanted(passing=True)) as folder:
        raise LocalError("no")
    assert not folder.exists()
    with pytest.raises(Crashed), own_folder(Wanted(passing=True)) as folder:
        raise Crashed("ours")
    folder.rmdir()  # it is still there

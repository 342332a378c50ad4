"""The face: the app in front draws and takes the keys."""

from __future__ import annotations

import pytest

from desks import DeskBench, Tile, bob, item_id
from thinline.errors import LocalError
from thinline.intents import Create
from thinline.merge import Content
from thinline_emulator.apps.base import Desk, Step, new_part
from thinline_emulator.apps.face import along, draw, give, press, take, tell
from thinline_emulator.asks import AskState, GetPart, Listing, Standing, Wish
from thinline_emulator.events import FileGiven
from thinline_emulator.keys import Key


def test_home_is_in_front_until_something_is_opened() -> None:
    bench = DeskBench(bob())
    assert "JUMP: apps" in draw(bench.desk).text()
    take(bench.memory, press(Key.JUMP, bench.desk))
    assert "Jump" in bench.screen
    take(bench.memory, Step(0, open="contacts"))
    assert "Contacts (1)" in bench.screen


def test_the_jump_key_leads_to_the_wheel_and_keeps_the_app_as_it_is() -> None:
    bench = DeskBench(bob())
    bench.keys("jump ok wheel-down ok")
    state = bench.memory.screens["contacts"]
    bench.keys("jump")
    assert bench.memory.focus == ["jump"]
    bench.keys("ok")
    assert bench.memory.focus == ["jump", "contacts"]
    assert bench.memory.screens["contacts"] == state


def test_opening_what_is_open_goes_back_to_it() -> None:
    bench = DeskBench()
    bench.memory.focus[:] = ["jump", "contacts", "calendar"]
    bench.memory.focus[-1] = "contacts"
    take(bench.memory, Step(0, open="jump"))
    assert bench.memory.focus == ["jump"]
    take(bench.memory, Step(0, close=True))
    take(bench.memory, Step(None, close=True))
    assert bench.memory.focus == []


def test_a_step_marks_what_was_looked_at_and_what_may_be_forgotten() -> None:
    bench = DeskBench(bob())
    take(bench.memory, Step(None, used=item_id(1), dismiss=item_id(1)))
    assert bench.memory.outbox.rejected == []


def test_a_step_makes_its_commands_with_their_parts_and_asks() -> None:
    bench = DeskBench()
    part = new_part("photo", b"a face")
    made = Create(item_id(1), 1, Content(b"", (part,)))
    other = Create(item_id(2), 1, Content(b""))
    wish, old = Listing(1), Listing(2)
    bench.memory.want(old)
    take(bench.memory, Step(None, make=(made, other), parts={part.hash: b"a face"}, ask=(wish,), unask=(old,)))
    assert [(one.item, dict(one.parts)) for one in bench.memory.outbox.entries()] == [
        (item_id(1), {part.hash: b"a face"}), (item_id(2), {})
    ]  # fmt: skip
    assert bench.desk.part(part.hash) == b"a face"
    assert bench.desk.going_up(item_id(1)) == (0, 6)
    assert bench.desk.asked(wish) == Standing(AskState.WAITING)
    assert bench.desk.asked(old) is None


def test_a_step_that_memory_has_no_room_for_changes_nothing() -> None:
    bench = DeskBench()
    big = Create(item_id(1), 1, Content(bytes(9_000)))
    with pytest.raises(LocalError, match="shorten it"):
        take(bench.memory, Step("changed", make=(Create(item_id(2), 1, Content(b"")), big)))
    assert bench.memory.screens == {}
    assert len(bench.memory.outbox) == 0


def test_a_step_undoes_what_the_newest_step_did() -> None:
    bench = DeskBench()
    assert bench.desk.undoable == ""
    take(bench.memory, Step(None, make=(Create(item_id(1), 1, Content(bob().SerializeToString())),)))
    assert bench.desk.undoable == "new: Bob Børgesen"
    take(bench.memory, Step(None, undo=True))
    assert (len(bench.memory.outbox), bench.desk.undoable) == (0, "")
    with pytest.raises(LocalError, match="nothing to undo"):
        take(bench.memory, Step(None, undo=True))


class Album(Tile):
    """An app that has pictures come along."""

    def along(self, desk: Desk) -> tuple[Wish, ...]:
        """Sixty of them, a hundred bytes each."""
        return tuple([GetPart(item_id(number), "photo", number.to_bytes(32, "big"), 100) for number in range(60)])


def with_album() -> DeskBench:
    bench = DeskBench()
    bench.apps = (Album("album", "Album", 99),)
    return bench


def test_what_comes_along_leaves_room_for_what_somebody_asks() -> None:
    bench = with_album()
    along(98, bench.desk)
    assert len(bench.memory.asks) == 0
    along(99, bench.desk)
    along(99, bench.desk)
    assert len(bench.memory.asks) == 56


def test_what_comes_along_drives_nothing_out() -> None:
    bench = with_album()
    budget = bench.memory.cache.budget_bytes
    bench.memory.cache.used_bytes = budget - budget // 16 - 250
    along(99, bench.desk)
    assert len(bench.memory.asks) == 2


class Listener(Tile):
    """An app that notes what is answered, and asks for too much once."""

    def came(self, state: None, wish: Wish, desk: Desk) -> Step | None:
        if wish == Listing(1):
            return Step("told", holds=700)
        return Step("never", ask=tuple(Listing(1, bytes([number])) for number in range(99)))


def test_an_answer_is_told_to_the_apps_wherever_they_stand() -> None:
    bench = DeskBench()
    bench.apps = (*bench.apps, Listener("listener", "Listener"))
    used = bench.memory.beside_bytes
    bench.memory.answered(Listing(1), Standing(AskState.CAME))
    assert tell(bench.desk) == []
    assert bench.memory.screens["listener"] == "told"
    assert bench.memory.focus == []
    bench.memory.unwant(Listing(1))
    assert bench.memory.beside_bytes == used + 700, "what it keeps is out of the same memory"
    bench.memory.answered(Listing(2), Standing(AskState.CAME))
    assert tell(bench.desk) == ["too much is asked at once; wait for an answer"]
    assert bench.memory.screens["listener"] == "told"
    assert tell(bench.desk) == [], "once"


def test_an_app_that_takes_no_files_says_where_they_go() -> None:
    bench = DeskBench(bob())
    with pytest.raises(LocalError, match="open a contact, or a mail"):
        give(FileGiven("cat.jpg", "image/jpeg", b"miaow"), bench.desk)


def test_what_nobody_looks_at_is_not_kept_laid_out() -> None:
    bench = DeskBench(bob())
    bench.keys("jump ok")
    assert bench.desk.items(1)
    assert set(bench.memory.shelves) == {1}
    bench.desk.items(5)
    along(5, bench.desk)
    assert set(bench.memory.shelves) == {1}, "its app is in front"
    bench.keys("jump")
    assert bench.memory.shelves == {}

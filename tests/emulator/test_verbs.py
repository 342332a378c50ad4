"""The verbs, each with its text and its data, on a handset in a town."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thinline.errors import LocalError
from thinline.items import Head, Revision
from thinline.limits import LIMITS
from thinline.v1.mail_pb2 import Mail
from thinline_emulator.verbs import VERBS, do_verb, seconds
from town import Resident, Town, contact

ITEM = b"a contact id"


@pytest.fixture
def town() -> Town:
    town = Town()
    town.account("alice", "Bob")
    town.linked("alice")
    return town


@pytest.fixture
def alice(town: Town) -> Resident:
    return town.residents["alice"]


def test_the_battery_is_shown_set_and_pulled(town: Town, alice: Resident) -> None:
    shown = do_verb("battery", alice)
    assert shown.data["percent"] == 100
    assert "h left at" in shown.text
    assert do_verb("battery 12%", alice).data["percent"] == 12
    town.feed(alice, contact(ITEM, "Carol"))
    pulled = do_verb("battery pull", alice)
    assert pulled.data["autopsy"]["unknown"] == ("new: Carol",)
    assert "unknown until the refill: new: Carol" in pulled.text
    assert alice.machine.sim.life == 2
    flat = do_verb("battery 0", alice)
    assert flat.data["on"] is False
    assert flat.data["left_s"] is None
    assert do_verb("charge on", alice).text == "0% charging"
    assert do_verb("charge off", alice).data["charging"] is False


def test_the_radio_is_shown_switched_and_changed(town: Town, alice: Resident) -> None:
    assert do_verb("radio", alice).data["radio"] == "gprs"
    assert do_verb("radio off", alice).data["state"] == "off"
    assert not alice.machine.live
    assert do_verb("radio on", alice).data["bars"] == 4
    assert do_verb("radio lte", alice).data["radio"] == "lte"
    town.settle()
    assert do_verb("tunnel 30s", alice).data == {"duration_s": 30.0}
    assert do_verb("radio", alice).data["state"] == "no coverage"


def test_the_link_is_shown_and_dropped(town: Town, alice: Resident) -> None:
    told = do_verb("link", alice).data
    assert told["live"]
    assert told["epoch"] == 1
    dropped = do_verb("link drop", alice)
    assert not dropped.data["live"]
    do_verb("battery pull", alice)
    assert do_verb("link", alice).data["epoch"] is None


def test_time_jumps_in_a_town_and_its_rate_is_told(town: Town, alice: Resident) -> None:
    told = do_verb("clock", alice)
    assert told.data["rate"] == float("inf")
    assert told.text.startswith("00:0")
    with pytest.raises(LocalError, match="jumps"):
        do_verb("clock x60", alice)
    do_verb("battery 0", alice)
    assert do_verb("clock", alice).data["time_ms"] is None


def test_memory_is_counted_by_grade(town: Town, alice: Resident) -> None:
    do_verb("radio off", alice)
    town.feed(alice, contact(ITEM, "Carol"))
    alice.memory.cache.take(Head(ITEM[::-1], 9, Revision(1, bytes(8)), 1, dead=True))
    told = do_verb("cache", alice)
    assert told.data["durable"] == told.data["tombstones"] == 1
    assert told.data["local"] == 1
    assert told.data["waiting"] == ["new: Carol"]
    assert told.text.endswith("waiting: new: Carol")
    exported = do_verb("export", alice)
    assert exported.text == "2 items, 1 only here"
    assert exported.data["account"] == "alice"


def test_resets_keep_and_lose_memory(town: Town, alice: Resident) -> None:
    assert "autopsy" not in do_verb("reset", alice).data
    assert do_verb("autopsy", alice).data == {"autopsies": []}
    assert "1 item was held" in do_verb("reset hard", alice).text
    assert "a hard reset: memory is gone." in do_verb("autopsy", alice).text


def test_enrolling_by_hand(town: Town) -> None:
    blank = town.blank("carol")
    assert do_verb(f"enrol {town.served.code('alice')}", blank).text == "enrolling"
    town.settle(blank)


def test_help_lists_all_and_tells_one(alice: Resident) -> None:
    told = do_verb("", alice)
    assert set(told.data) == set(VERBS)
    assert len(told.text.splitlines()) == len(VERBS)
    assert do_verb("help tunnel", alice).text.startswith("tunnel DURATION\n")
    with pytest.raises(LocalError, match="no verb 'dance'"):
        do_verb("help dance", alice)
    with pytest.raises(LocalError, match="help lists them"):
        do_verb("dance", alice)


@pytest.mark.parametrize(
    "line",
    [
        "battery full", "battery 1 2", "charge",
        "radio on off", "tunnel", "link cut", "clock 60", "reset softly", "enrol",
    ],
)  # fmt: skip
def test_a_verb_that_is_written_wrongly_says_how(line: str, alice: Resident) -> None:
    with pytest.raises(LocalError, match=r"^usage: "):
        do_verb(line, alice)


def test_a_handset_that_is_off_has_no_memory_to_show(alice: Resident) -> None:
    do_verb("battery 0", alice)
    for line in ("cache", "link", "export", "reset"):
        with pytest.raises(LocalError, match="charge it"):
            do_verb(line, alice)
    with pytest.raises(LocalError, match="0 to 100"):
        do_verb("battery 101", alice)
    with pytest.raises(LocalError, match="no radio"):
        do_verb("radio carrier-pigeon", alice)


def test_every_answer_is_json(alice: Resident) -> None:
    for line in ("battery", "radio", "link", "cache", "export", "autopsy", "help"):
        json.dumps(do_verb(line, alice).data)


def test_what_was_done_last_is_undone(alice: Resident) -> None:
    do_verb("key jump ok menu 'Carol' ok", alice)
    assert "Carol" in alice.names()
    told = do_verb("undo", alice)
    assert (told.text, told.data) == ("undone: new: Carol", {"undone": "new: Carol"})
    assert "Carol" not in alice.names()
    with pytest.raises(LocalError, match="nothing to undo"):
        do_verb("undo", alice)
    with pytest.raises(LocalError, match="usage: undo"):
        do_verb("undo it", alice)


def test_durations() -> None:
    assert [seconds(text) for text in ("250ms", "30s", "5m", "2h", "1d", "7")] == [0.25, 30, 300, 7_200, 86_400, 7]
    with pytest.raises(LocalError, match="a duration"):
        seconds("soon")


def test_keys_are_pressed_and_the_screen_is_told(town: Town, alice: Resident) -> None:
    told = do_verb("key jump ok menu 'Carol  C' ok", alice)
    assert "Carol  C" in told.text
    assert told.data["rows"] == do_verb("screen", alice).data["rows"]
    assert (told.data["width"], told.data["height"]) == (48, 16)
    with pytest.raises(LocalError, match="usage: key"):
        do_verb("key", alice)


def test_a_file_of_the_host_goes_into_the_mail_that_is_written(town: Town, alice: Resident, tmp_path: Path) -> None:
    plan = tmp_path / "the plan.txt"
    plan.write_bytes(b"Cake at four.")
    with pytest.raises(LocalError, match="open a contact, or a mail"):
        do_verb(f"attach {plan}", alice)
    do_verb("key jump wheel-down ok menu ok", alice)
    told = do_verb(f"attach {plan}", alice)
    assert (told.text, told.data) == ("the plan.txt, 13 bytes, goes in", {"name": "the plan.txt", "size": 13})
    assert "+ the plan.txt 13 B" in do_verb("screen", alice).text
    town.settle()
    (item,) = alice.machine.desk(alice.now).items(5)
    assert Mail.FromString(item.content.fields).attachments[0].media_type == "text/plain"
    for line, why in (
        ("attach", "usage: attach PATH"),
        (f"attach {plan}x", "No such file"),
        ("attach /", "is no file"),
    ):
        with pytest.raises(LocalError, match=why):
            do_verb(line, alice)
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(LIMITS.blob_bytes + 1)
    with pytest.raises(LocalError, match="at most 33554432 bytes"):
        do_verb(f"attach {large}", alice)

"""One contact on its page."""

from __future__ import annotations

from hashlib import sha256

import pytest

from desks import DeskBench, bob, head_of_contact, item_id
from golden import check_golden
from thinline.errors import LocalError
from thinline.intents import Change, Create
from thinline.items import Blob, Head, Revision
from thinline.link import Link, Role
from thinline.merge import BlobChange, Content, Edit
from thinline.reasons import Reason
from thinline.states import State
from thinline.v1.contacts_pb2 import Contact
from thinline_emulator.apps.contacts.card import Row, said_of
from thinline_emulator.apps.contacts.pages import List, View
from thinline_emulator.apps.face import give, take
from thinline_emulator.asks import AskState, Standing
from thinline_emulator.events import FileGiven
from thinline_emulator.outbox import Entry
from thinline_emulator.pictures import GetPicture
from thinline_emulator.raster import Raster

FACE = b"a face"
PHOTO = Blob("photo", sha256(FACE).digest(), len(FACE))
WISH = GetPicture(item_id(1), "photo", PHOTO.hash, 60, 60)


def opened(*contacts: Contact) -> DeskBench:
    bench = DeskBench(*contacts)
    bench.keys("jump ok wheel-down ok")
    return bench


def with_photo() -> DeskBench:
    bench = DeskBench()
    fields = bob().SerializeToString(deterministic=True)
    bench.memory.cache.take(Head(item_id(1), 1, Revision(1, bytes(8)), 1, fields, (PHOTO,)))
    bench.keys("jump ok wheel-down ok")
    return bench


def test_a_photo_is_asked_for_and_shown_beside_the_rest() -> None:
    bench = with_photo()
    assert bench.memory.standing(WISH) == Standing(AskState.WAITING)
    check_golden("contact-photo-waiting", bench.screen)
    pixels = bytes((x // 6 + y // 6) % 4 for y in range(60) for x in range(48))
    raster = Raster(48, 60, bytes([0, 0, 0, 90, 60, 30, 200, 150, 120, 255, 255, 255]), pixels)
    bench.memory.cache.keep_picture(PHOTO.hash, (60, 60, WISH.colours), raster)
    check_golden("contact-photo", bench.screen)


def test_a_photo_that_does_not_come_says_why() -> None:
    bench = with_photo()
    bench.memory.asks.drop(WISH)
    assert "press MENU" in bench.screen
    bench.memory.answered(WISH, Standing(AskState.REFUSED, reason=Reason.NO_SUCH_PART))
    assert "no such part" in bench.screen
    bench.keys("menu down down down")
    assert "Load the photo again" in bench.screen
    bench.keys("ok")
    assert bench.memory.standing(WISH) == Standing(AskState.WAITING)
    link = bench.memory.line.link = Link(Role.UP, 1)
    link.state = State.LIVE
    list(bench.memory.asks.ready(0.0))
    assert "..." in bench.screen


def test_a_photo_is_taken_off() -> None:
    bench = with_photo()
    bench.keys("menu down down down down ok")
    (entry,) = bench.memory.outbox.entries()
    assert isinstance(entry.intent, Change)
    assert [(one.name, one.blob) for one in entry.intent.edit.blobs] == [("photo", None)]
    assert "photo" not in bench.screen


def test_how_much_of_a_part_is_up_is_told() -> None:
    bench = opened(bob())
    change = Change(item_id(1), Edit(blobs=(BlobChange("photo", PHOTO),)))
    bench.memory.make(Entry(change, {PHOTO.hash: FACE}))
    assert "exists only here, 0 % up" in bench.screen
    bench.memory.outbox.part_up(PHOTO.hash)
    assert "exists only here" in bench.screen
    assert "% up" not in bench.screen


def test_long_texts_are_wrapped_and_scrolled() -> None:
    long = bob()
    long.notes = "\n".join(f"line {number} " + "word " * 9 for number in range(9)) + "\n" + "x" * 90
    bench = opened(long)
    assert "line 0" in bench.screen
    bench.keys("wheel-down " * 40)
    check_golden("contact-scrolled", bench.screen)
    bench.keys("wheel-up " * 40)
    assert "+4520304050" in bench.screen


def test_rows_are_broken_between_words_and_inside_those_that_are_too_long() -> None:
    bench = DeskBench(Contact(notes="one two three\n\nabcdefghijkl 日本語日本語"))
    shown = bench.desk.item(item_id(1))
    assert shown is not None
    assert said_of(shown, 8) == [
        Row("notes", "one two"), Row("", "three"), Row("", ""), Row("", "abcdefgh"), Row("", "ijkl"),
        Row("", "日本語日"), Row("", "本語"),
    ]  # fmt: skip


def test_the_page_turns_to_the_one_beside() -> None:
    bench = opened(bob(), Contact(name="Carol"), Contact(name="Dave"))
    bench.keys("right right right")
    assert bench.memory.screens["contacts"] == View(item_id(3), List(item_id(3)))
    bench.keys("left left left a")
    assert "Bob Børgesen" in bench.screen


def test_a_favourite_has_its_star_and_a_local_one_its_grade() -> None:
    bench = DeskBench()
    fields = Contact(name="Eve", favourite=True).SerializeToString()
    bench.memory.make(Entry(Create(item_id(4), 1, Content(fields)), {}))
    bench.keys("jump ok down ok")
    assert "★ Eve" in bench.screen
    assert "exists only here" in bench.screen


def test_a_copy_of_it_is_announced_on_its_page() -> None:
    bench = opened(bob())
    bench.memory.cache.take(head_of_contact(bob(), 2, 2, copy_of=item_id(1)))
    assert "there is another version (MENU)" in bench.screen


def test_a_picture_of_the_host_becomes_the_photo_in_place_of_the_one_before() -> None:
    bench = with_photo()
    take(bench.memory, give(FileGiven("face.png", "image/png", b"a new face"), bench.desk))
    shown = bench.desk.item(item_id(1))
    assert shown is not None
    assert [(blob.name, blob.size) for blob in shown.content.blobs] == [("photo", 10)]
    assert bench.memory.outbox.part(sha256(b"a new face").digest()) == b"a new face"


@pytest.mark.parametrize(
    ("keys", "given", "sentence"),
    [
        ("", FileGiven("plan.txt", "text/plain", b"tea"), "plan.txt is no picture"),
        ("", FileGiven("none.png", "image/png", b""), "none.png is no picture"),
        ("back", FileGiven("face.png", "image/png", b"a face"), "open a contact"),
    ],
)
def test_what_is_no_photo_of_anybody_is_a_sentence(keys: str, given: FileGiven, sentence: str) -> None:
    bench = with_photo()
    if keys:
        bench.keys(keys)
    with pytest.raises(LocalError, match=sentence):
        give(given, bench.desk)
    assert not list(bench.memory.outbox.entries())

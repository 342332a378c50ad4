"""The form: typed, completed, turned from line to line, as a person would."""

from __future__ import annotations

from desks import head_of_contact
from golden import check_golden
from mailbench import MailBench
from thinline.items import Blob
from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline.v1.mail_pb2 import Attachment
from thinline_emulator.apps.mail.pages import List, Menu, Write

CAT = (Attachment(name="cat.jpg", media_type="image/jpeg"), Blob("a1", bytes(32), 30_000))


def writing(**fields: object) -> MailBench:
    bench = MailBench()
    bench.show(Write(**fields))  # type: ignore[arg-type]
    return bench


def form(bench: MailBench) -> Write:
    page = bench.page
    assert isinstance(page, Write)
    return page


def test_a_name_is_completed_from_the_contacts() -> None:
    bench = writing()
    bench.keys("'bo'")
    check_golden("mail-completion", bench.screen)
    bench.keys("ok")
    assert form(bench).texts[0] == "Bob Børgesen <bob@example.org>, "
    bench.keys("'carol@example.org' enter")
    assert form(bench).line == 1


def test_right_chooses_another_of_several() -> None:
    bench = writing()
    bente = Contact(name="Bente", mails=[Labelled(value="bente@example.org")])
    bench.memory.cache.take(head_of_contact(bente, 2, 2))
    bench.keys("'b' right")
    assert form(bench).pick == 1
    bench.keys("ok")
    assert form(bench).texts[0] == "Bob Børgesen <bob@example.org>, "
    bench.keys("'b' right right ok")
    assert form(bench).texts[0].endswith(", Bente <bente@example.org>, ")


def test_a_mail_is_typed_from_line_to_line() -> None:
    bench = writing()
    bench.keys("'carol@example.org' down down down 'Tea?' enter 'At four.' enter enter 'Alice' delete")
    assert form(bench).texts == ("carol@example.org", "", "", "Tea?", "At four.\n\nAlic")
    check_golden("mail-form", bench.screen)
    bench.keys("wheel-up wheel-up wheel-up wheel-up wheel-up wheel-down left")
    assert form(bench).line == 1
    bench.keys("wheel-down " * 9)
    assert form(bench).line == 4


def test_the_end_of_what_is_typed_stays_in_sight() -> None:
    bench = writing(texts=("", "", "", "x" * 60 + "END", "\n".join(f"line {number}" for number in range(40))), line=4)
    assert "line 39_" in bench.screen
    assert "line 20" not in bench.screen
    assert "END" in bench.screen


def test_files_and_what_is_sent_on_are_told() -> None:
    bench = writing(files=(CAT,), origin=Blob("forward", bytes(32), 10_400_000))
    assert "+ cat.jpg 30 KB" in bench.screen
    bench = writing(origin=Blob("forward", bytes(32), 10_400_000))
    assert "+ the mail it sends on, 10.4 MB" in bench.screen
    bench = writing(origin=Blob("reply", bytes(32), 10_400_000))
    assert "sends on" not in bench.screen


def test_what_is_in_the_way_is_said_until_the_next_key() -> None:
    bench = writing()
    bench.keys("send")
    assert "Whom is it to?" in bench.screen
    bench.keys("b")
    assert "Whom" not in bench.screen
    bench.memory.note = "The battery is low."
    assert "The battery is low." in bench.screen


def test_the_menu_and_the_way_out() -> None:
    bench = writing(back=List("family"))
    bench.keys("menu")
    assert isinstance(bench.page, Menu)
    bench.keys("back back")
    assert bench.memory.screens["mail"] == List("family")
    assert bench.made == []

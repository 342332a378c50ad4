"""What a form becomes: a draft, an answer, a forward; and what goes up when it is sent."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from golden import check_golden
from mailbench import MailBench
from mails import BOB, CAROL, Came, came
from thinline.errors import LocalError
from thinline.intents import Change, Create, Delete, Own, write_intent
from thinline.items import Blob, content_digest
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import Address, Attachment, Mail
from thinline_emulator.apps.face import give, take
from thinline_emulator.apps.mail.letters import DRAFTS, SENT
from thinline_emulator.apps.mail.pages import List, Menu, Read, Write
from thinline_emulator.apps.mail.writing import SUBMIT, recipients
from thinline_emulator.events import FileGiven

TEXT = "At four, in the garden?\nBring the children."
TO_BOB = Write(texts=("Bob Børgesen <bob@example.org>, ", "carol@example.org", "", " Tea? ", TEXT))


def writing(form: Write, *mails: Came) -> MailBench:
    bench = MailBench(*mails)
    bench.show(form)
    return bench


def form_of(bench: MailBench) -> Write:
    page = bench.page
    assert isinstance(page, Write)
    return page


def test_a_draft_is_an_item_with_its_text_as_a_part() -> None:
    bench = writing(TO_BOB)
    bench.keys("back")
    (create,) = bench.made
    assert isinstance(create, Create)
    mail = Mail.FromString(create.content.fields)
    assert (mail.subject, mail.folder, mail.first_line) == ("Tea?", DRAFTS, "At four, in the garden?")
    assert (list(mail.to), list(mail.cc)) == ([BOB], [Address(address="carol@example.org")])
    assert mail.thread == create.item[:8], "a conversation begins"
    assert mail.date_s == 1_254_355_260
    (body,) = create.content.blobs
    assert body == Blob("body", sha256(TEXT.encode()).digest(), len(TEXT))
    assert bench.memory.outbox.part(body.hash) == TEXT.encode()


def test_nothing_written_is_nothing_kept() -> None:
    bench = writing(Write(back=List("family")))
    bench.keys("back")
    assert (bench.made, bench.page) == ([], List("family"))


def test_a_draft_is_gone_on_with_and_only_what_changed_goes_up() -> None:
    bench = writing(TO_BOB)
    bench.keys("back")
    (draft,) = bench.made
    bench.show(List(DRAFTS))
    bench.keys("ok")
    form = form_of(bench)
    assert form.texts == ("Bob Børgesen <bob@example.org>", "carol@example.org", "", "Tea?", TEXT)
    bench.keys("back")
    assert len(bench.made) == 1, "nothing was changed"
    bench.show(replace(form, texts=(*form.texts[:3], "Tea and cake?", TEXT)))
    bench.keys("back")
    change = bench.made[-1]
    assert isinstance(change, Change)
    assert (change.item, [one.number for one in change.edit.fields], change.edit.blobs) == (draft.item, [1], ())
    bench.show(replace(form, texts=(*form.texts[:4], ""), opened=bench.shown(draft.item)[0].content))
    bench.keys("back")
    assert bench.shown(draft.item)[0].content.blobs == ()


def test_a_draft_whose_text_is_not_here_is_fetched_first() -> None:
    mail = came(1, subject="Dear", folder=DRAFTS, sender=None)
    body = Blob("body", bytes(32), 5)
    head = replace(mail.head, blobs=(body,))
    bench = MailBench(replace(mail, head=head))
    bench.show(List(DRAFTS))
    bench.keys("ok")
    assert isinstance(bench.page, Read)
    assert [one.wish.name for one in bench.memory.asks._open] == ["body"]  # type: ignore[union-attr]
    bench.memory.cache.keep_part(body.hash, b"Hello")
    assert "Hello" in bench.screen
    bench.choose("Go on writing")
    assert form_of(bench).texts[4] == "Hello"


def test_sending_stores_the_draft_and_submits_it_as_it_was_seen() -> None:
    """Spec MAIL-5: one step, so all of it goes or nothing."""
    bench = writing(TO_BOB)
    bench.keys("send")
    create, submit = bench.made
    assert isinstance(create, Create)
    assert isinstance(submit, Own)
    kind, body = write_intent(submit)
    told = mail_pb2.Submit.FromString(body)
    seen = content_digest(2, create.content.fields, create.content.blobs, dead=False)[:8]
    assert (kind, told.item, told.seen) == (SUBMIT, create.item, seen)
    shown, mail = bench.shown(create.item)
    assert mail.folder == SENT
    assert [one.recipient for one in mail.deliveries] == ["bob@example.org", "carol@example.org"]
    bench.show(Read(create.item, List(SENT)))
    assert "bob@example.org: waits" in bench.screen
    assert shown.content.blobs == create.content.blobs


def test_what_waits_to_be_sent_can_be_made_a_draft_again() -> None:
    bench = writing(TO_BOB)
    bench.keys("send")
    bench.choose(f"Undo ({bench.desk.undoable})")
    (create,) = bench.made
    assert bench.shown(create.item)[1].folder == DRAFTS


def test_what_was_transmitted_can_not_be_called_back() -> None:
    bench = writing(replace(TO_BOB, texts=(*TO_BOB.texts[:4], "")))
    bench.keys("send")
    bench.memory.outbox.ready(0.0)
    with pytest.raises(LocalError, match="on its way"):
        bench.choose(f"Undo ({bench.desk.undoable})")
    assert bench.desk.undoable == ""


def test_a_changed_draft_is_submitted_as_the_server_will_have_it() -> None:
    """Recipients are sets: what was put in front stands last there, and the digest is of that."""
    bench = writing(TO_BOB)
    bench.keys("back")
    (create,) = bench.made
    bench.show(List(DRAFTS))
    bench.keys("ok")
    form = form_of(bench)
    bench.show(replace(form, texts=("dave@example.org, Bob Børgesen <bob@example.org>", *form.texts[1:])))
    bench.keys("send")
    _, change, submit = bench.made
    assert isinstance(submit, Own)
    bench.memory.outbox.withdraw(submit)
    content = bench.shown(create.item)[0].content
    assert Mail.FromString(content.fields).to[-1].address == "dave@example.org"
    told = mail_pb2.Submit.FromString(submit.body)
    assert told.seen == content_digest(2, content.fields, content.blobs, dead=False)[:8]
    assert isinstance(change, Change)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("", "Whom is it to?"),
        (" , ", "Whom is it to?"),
        ("bob", "This is no address: bob"),
        (", ".join(f"{number}@example.org" for number in range(33)), "Too many recipients"),
    ],
)
def test_what_can_not_be_sent_stays_where_it_is(to: str, said: str) -> None:
    bench = writing(replace(TO_BOB, texts=(to, "", "", "Tea?", TEXT)))
    bench.keys("send")
    assert bench.made == []
    assert form_of(bench).said == said


def test_a_recipient_is_one_however_often() -> None:
    assert len(recipients(replace(TO_BOB, texts=("bob@example.org", "Bob <bob@example.org>", "", "", "")))) == 1


# Answers and forwards


def test_an_answer_goes_to_who_wrote_and_marks_what_it_answers() -> None:
    mail = came(1, subject="Tea?", thread=b"tea time")
    bench = MailBench(mail)
    bench.keys("ok")
    bench.choose("Reply")
    form = form_of(bench)
    assert form.texts == ("Bob Børgesen <bob@example.org>", "", "", "Re: Tea?", "")
    bench.keys("'Gladly' send")
    _, create, _, marked = bench.made
    assert isinstance(create, Create)
    letter = mail.head.blobs[0]
    assert create.content.blobs[1] == Blob("reply", letter.hash, letter.size)
    assert Mail.FromString(create.content.fields).thread == b"tea time"
    assert isinstance(marked, Change)
    assert bench.shown(mail.item)[1].answered
    assert bench.page == Read(mail.item, List(item=mail.item))


def test_an_answer_to_all_goes_to_all() -> None:
    dave = Address(address="dave@example.org")
    mail = came(1, subject="RE: Tea?", reply_to=CAROL, to=[dave], cc=[CAROL, BOB])
    bench = MailBench(mail)
    bench.choose("Reply to all")
    form = form_of(bench)
    assert form.texts[:2] == ("Carol <carol@example.org>", "dave@example.org, Bob Børgesen <bob@example.org>")
    assert form.texts[3] == "RE: Tea?"


def test_an_answer_to_what_was_sent_goes_where_that_went() -> None:
    mail = came(1, subject="Tea?", sender=None, folder=SENT, to=[BOB])
    bench = MailBench(replace(mail, head=replace(mail.head, blobs=())))
    bench.show(List(SENT))
    bench.choose("Reply")
    assert form_of(bench).texts[0] == "Bob Børgesen <bob@example.org>"
    assert form_of(bench).origin is None


def test_a_forward_names_what_is_on_the_server_and_nothing_of_it_goes_up() -> None:
    """Must hold 1: of a mail of 10 MB the handset has the head."""
    mail = came(1, subject="Holidays")
    big = Blob("mail", b"\x11" * 32, 10_400_000)
    mail = replace(mail, head=replace(mail.head, blobs=(big,)))
    bench = MailBench(mail)
    bench.choose("Forward")
    bench.keys("'carol@example.org' send")
    create, _, _ = bench.made
    assert isinstance(create, Create)
    assert create.content.blobs == (Blob("forward", big.hash, big.size),)
    assert sum(entry.size_bytes for entry in bench.memory.outbox.entries()) < 1_000
    assert bench.shown(mail.item)[1].forwarded
    assert [one.missing for one in bench.memory.outbox.entries()] == [(), (), ()]


def sent_with_cat() -> Came:
    mail = came(1, subject="Cat", sender=None, folder=SENT, attachments=[CAT], to=[BOB])
    blobs = (Blob("a1", b"\x22" * 32, 30_000), Blob("body", sha256(b"Look:").digest(), 5))
    return replace(mail, head=replace(mail.head, blobs=blobs))


CAT = Attachment(name="cat.jpg", media_type="image/jpeg", part="a1")


def test_what_was_written_here_is_sent_on_by_its_words_and_files() -> None:
    mail = sent_with_cat()
    bench = MailBench(mail)
    bench.show(List(SENT))
    bench.choose("Forward")
    assert isinstance(bench.page, Read), "its words are not here yet"
    bench.memory.cache.keep_part(mail.head.blobs[1].hash, b"Look:")
    bench.choose("Forward")
    form = form_of(bench)
    assert form.texts[3:] == ("Fwd: Cat", "\n\n> Look:")
    bench.keys("'carol@example.org' send")
    create = bench.made[0]
    assert isinstance(create, Create)
    assert [blob.name for blob in create.content.blobs] == ["a1", "body"]
    assert list(Mail.FromString(create.content.fields).attachments) == [CAT]


def test_a_file_can_be_taken_off_again() -> None:
    mail = sent_with_cat()
    bench = MailBench(mail)
    bench.memory.cache.keep_part(mail.head.blobs[1].hash, b"Look:")
    bench.show(List(SENT))
    bench.choose("Forward")
    bench.choose("Take a file off")
    assert form_of(bench).files == ()


def test_a_draft_can_be_thrown_away() -> None:
    bench = writing(TO_BOB)
    bench.keys("back")
    bench.show(List(DRAFTS))
    bench.keys("ok")
    bench.choose("Discard")
    assert isinstance(bench.made[-1], Delete)
    assert "Nothing here." in bench.screen
    bench.show(TO_BOB)
    bench.choose("Discard")
    assert len(bench.made) == 2
    bench.show(TO_BOB)
    bench.choose("Keep as draft")
    assert len(bench.made) == 3
    bench.show(TO_BOB)
    bench.choose("Send")
    assert len(bench.made) == 5


PLAN = FileGiven("plan.txt", "text/plain", b"Cake at four." * 100)


def attach(bench: MailBench, given: FileGiven) -> None:
    take(bench.memory, give(given, bench.desk))


def test_a_file_of_the_host_goes_into_the_draft_at_once() -> None:
    """And its bytes up, while the rest is typed; what is typed then is the same draft."""
    bench = writing(TO_BOB)
    attach(bench, PLAN)
    (create,) = bench.made
    assert isinstance(create, Create)
    assert list(Mail.FromString(create.content.fields).attachments) == [
        Attachment(name="plan.txt", media_type="text/plain", part="a1")
    ]
    assert create.content.blobs[0] == Blob("a1", sha256(PLAN.data).digest(), len(PLAN.data))
    assert bench.memory.outbox.part(sha256(PLAN.data).digest()) == PLAN.data
    check_golden("mail-form-file", bench.screen)
    bench.keys("down down down ' And cake' menu")
    attach(bench, FileGiven("cat.jpg", "image/jpeg", b"miaow"))
    assert [file.name for file, _ in form_of(bench).files] == ["plan.txt", "cat.jpg"]
    bench.keys("send")
    create, *others, submit = bench.made
    assert {type(one) for one in others} == {Change}
    assert isinstance(submit, Own)
    item = create.item
    mail = bench.shown(item)[1]
    assert {one.item for one in bench.made} == {item}
    assert sorted((file.name, file.part) for file in mail.attachments) == [("cat.jpg", "a2"), ("plan.txt", "a1")]
    assert mail.folder == SENT


def test_a_draft_with_a_file_that_is_thrown_away_is_gone() -> None:
    bench = writing(TO_BOB)
    attach(bench, PLAN)
    bench.choose("Discard")
    assert isinstance(bench.made[-1], Delete)


@pytest.mark.parametrize(
    ("form", "given", "sentence"),
    [
        (List(), PLAN, "open a mail that is being written"),
        (TO_BOB, FileGiven("none", "text/plain", b""), "none has 0 bytes; a file in a mail has 1 to 33554432"),
        (TO_BOB, FileGiven("large", "text/plain", b"x" * 3_000_000), "memory is full"),
        (replace(TO_BOB, files=((CAT, Blob("a1", bytes(32), 9)),) * 14), PLAN, "a mail has at most 14 files"),
    ],
)
def test_a_file_that_does_not_go_into_it_is_a_sentence(form: Write | List, given: FileGiven, sentence: str) -> None:
    bench = MailBench()
    bench.show(form)
    with pytest.raises(LocalError, match=sentence):
        attach(bench, given)
    assert (bench.page, bench.made) == (form, [])


def test_a_name_of_a_file_is_one_line() -> None:
    bench = writing(TO_BOB)
    attach(bench, FileGiven("a\nb" + "x" * 300, "text/" + "y" * 300, b"1"))
    ((file, _),) = form_of(bench).files
    assert (file.name, len(file.name), len(file.media_type)) == ("a b" + "x" * 117, 120, 100)
    assert isinstance(bench.page, Write)
    bench.show(Menu(bench.page))
    attach(bench, FileGiven("c", "text/plain", b"2"))
    assert len(form_of(bench).files) == 2


def test_an_answer_to_what_was_written_here_says_which_it_was() -> None:
    """Spec MAIL-12: also once it is a draft that is gone on with."""
    mail = sent_with_cat()
    bench = MailBench(mail)
    bench.show(List(SENT))
    bench.choose("Reply")
    assert form_of(bench).answers == mail.item
    bench.keys("'Please.' back")
    create = bench.made[0]
    assert isinstance(create, Create)
    assert Mail.FromString(create.content.fields).answers == mail.item
    bench.show(List(DRAFTS))
    bench.keys("ok")
    assert form_of(bench).answers == mail.item

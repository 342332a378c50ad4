"""Writing: new mails, answers and forwards, drafts as items, and the command that sends.

A forward names the part of the mail that it sends on, and an answer that of the one it answers: nothing of them is
here, and nothing of them goes up. The server puts it together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from thinline.commands import DELETE_SEEN_BYTES
from thinline.errors import LocalError
from thinline.intents import Change, Create, Delete, Intent, Own
from thinline.items import ITEM_ID_BYTES, Blob, content_digest
from thinline.limits import LIMITS
from thinline.merge import Content, difference, merge
from thinline.types import TYPES
from thinline.v1 import mail_pb2
from thinline.v1.mail_pb2 import Attachment, Delivery, DeliveryState, Mail
from thinline_emulator.apps.base import Desk, Step, new_part
from thinline_emulator.apps.mail.letters import (
    DRAFTS,
    SENT,
    TYPE,
    blob_of,
    edited,
    mail_of,
    missing,
    own_words,
)
from thinline_emulator.apps.mail.pages import List, Read, Write
from thinline_emulator.apps.mail.people import people_text, read_people, unfit
from thinline_emulator.events import FileGiven
from thinline_emulator.overlay import Shown

__all__ = ["SUBMIT", "answer", "attach", "discard", "forward", "go_on", "is_empty", "keep", "recipients", "send"]

SUBMIT = 16
TO, CC, BCC, SUBJECT, TEXT = range(5)
_RULES = TYPES[TYPE].merges
_LETTER, _BODY, _REPLY, _FORWARD = "mail", "body", "reply", "forward"
_FIRST_LINE_CHARACTERS = 48
_MOST_RECIPIENTS = 32
_MOST_FILES = LIMITS.blobs_per_item - 2  # beside the text, and what it answers or sends on
_NAME_CHARACTERS, _TYPE_CHARACTERS = 120, 100


# How a form begins


def go_on(shown: Shown, back: List | Read, desk: Desk) -> Step:
    """With a draft; where its text is not here, its page fetches that first."""
    words = own_words(shown, desk)
    if words is None:
        return Step(Read(shown.item, back if isinstance(back, List) else back.back), ask=tuple(missing(shown, desk)))
    mail = mail_of(shown)
    people = tuple(people_text(list(some)) for some in (mail.to, mail.cc, mail.bcc))
    parts = {blob.name: blob for blob in shown.content.blobs}
    files = tuple((file, parts[file.part]) for file in mail.attachments if file.part in parts)
    origin = parts.get(_FORWARD) or parts.get(_REPLY)
    texts = (*people, mail.subject, words)
    form = Write(shown.item, shown.content, texts, TEXT, 0, files, origin, mail.thread, answers=mail.answers, back=back)
    return Step(form, used=shown.item)


def answer(shown: Shown, back: List | Read, *, everybody: bool) -> Step:
    """To who wrote it, or to all that it went to; what was written here, to those it went to."""
    mail = mail_of(shown)
    first = [mail.reply_to if mail.HasField("reply_to") else mail.sender]
    if not mail.HasField("sender"):
        first = list(mail.to)
    others = [*mail.to, *mail.cc] if everybody else []
    named = {one.address.casefold() for one in first}
    others = [one for one in others if one.address.casefold() not in named]
    texts = (people_text(first), people_text(others), "", _prefixed("Re:", mail.subject), "")
    origin = _origin(shown, _REPLY)
    form = Write(texts=texts, line=TEXT, origin=origin, thread=mail.thread, source=shown.item, back=back)
    return Step(form if origin is not None else replace(form, answers=shown.item), used=shown.item)


def forward(shown: Shown, back: List | Read, desk: Desk) -> Step:
    """Sends it on as it is; what was written here has no such whole, so its words and files are sent on."""
    mail = mail_of(shown)
    parts = {blob.name: blob for blob in shown.content.blobs}
    origin, words = _origin(shown, _FORWARD), ""
    files: tuple[tuple[Attachment, Blob], ...] = ()
    if origin is None:
        told = own_words(shown, desk)
        if told is None:
            return Step(
                Read(shown.item, back if isinstance(back, List) else back.back), ask=tuple(missing(shown, desk))
            )
        files = tuple((file, parts[file.part]) for file in mail.attachments if file.part in parts)
        words = "\n\n" + "\n".join(f"> {line}" for line in told.splitlines()) if told else ""
    texts = ("", "", "", _prefixed("Fwd:", mail.subject), words)
    form = Write(texts=texts, files=files, origin=origin, thread=mail.thread, source=shown.item, back=back)
    return Step(form, used=shown.item)


def _origin(shown: Shown, name: str) -> Blob | None:
    letter = blob_of(shown, _LETTER)
    return Blob(name, letter.hash, letter.size) if letter is not None else None


def _prefixed(word: str, subject: str) -> str:
    return subject if subject.casefold().startswith(word.casefold()) else f"{word} {subject}".rstrip()


# How it ends


def is_empty(form: Write) -> bool:
    """Whether nothing of it is worth keeping."""
    return not (form.item or form.files or form.source or any(text.strip() for text in form.texts))


def recipients(form: Write) -> list[mail_pb2.Address]:
    """All that it goes to, each once."""
    return read_people(", ".join(text for text in form.texts[:SUBJECT] if text.strip(" ,")))


def _written(form: Write, item: bytes, desk: Desk, given: Mapping[bytes, bytes]) -> tuple[Content, dict[bytes, bytes]]:
    """The draft as the form says it, with the bytes of its new parts."""
    mail = Mail.FromString(form.opened.fields)
    for line, people in ((TO, mail.to), (CC, mail.cc), (BCC, mail.bcc)):
        del people[:]
        people.extend(read_people(form.texts[line]))
    words = form.texts[TEXT]
    now_ms = desk.memory.clock.read(desk.now)
    mail.subject, mail.folder = form.texts[SUBJECT].strip(), DRAFTS
    mail.first_line = next((line.strip() for line in words.splitlines() if line.strip()), "")[:_FIRST_LINE_CHARACTERS]
    mail.date_s = now_ms // 1_000 if now_ms is not None else mail.date_s
    mail.thread, mail.answers = form.thread or item[:8], form.answers
    parts: dict[bytes, bytes] = {}
    blobs = [form.origin] if form.origin is not None else []
    del mail.attachments[:]
    for number, (file, blob) in enumerate(form.files, 1):
        name = f"a{number}"
        mail.attachments.add(name=file.name, media_type=file.media_type, part=name)
        blobs.append(Blob(name, blob.hash, blob.size))
        data = given.get(blob.hash) or desk.part(blob.hash)
        if data is not None:
            parts[blob.hash] = data
    if words:
        body = new_part(_BODY, words.encode())
        parts[body.hash] = words.encode()
        blobs.append(body)
    blobs.sort(key=lambda blob: blob.name)
    return Content(mail.SerializeToString(deterministic=True), tuple(blobs)), parts


def _kept(
    form: Write, desk: Desk, given: Mapping[bytes, bytes] = MappingProxyType({})
) -> tuple[bytes, Content, tuple[Intent, ...], dict[bytes, bytes]]:
    """The draft's id, its content once that is stored, what stores it, and the parts that go up for it."""
    item = form.item or desk.entropy(ITEM_ID_BYTES)
    content, parts = _written(form, item, desk, given)
    if not form.item:
        return item, content, (Create(item, TYPE, content),), parts
    edit = difference(form.opened, content, _RULES)
    old = {blob.hash for blob in form.opened.blobs}
    fresh = {one: data for one, data in parts.items() if one not in old}
    if not (edit.fields or edit.blobs):
        return item, form.opened, (), {}
    return item, merge(form.opened, edit, _RULES).content, (Change(item, edit),), fresh


def attach(form: Write, given: FileGiven, desk: Desk) -> Step:
    """A file goes into the mail, which is a draft from then on: its bytes are on their way while its writer goes on.

    Raises:
        LocalError: it is too large, or there are too many.
    """
    if len(form.files) >= _MOST_FILES:
        raise LocalError(f"a mail has at most {_MOST_FILES} files")
    if not 0 < len(given.data) <= LIMITS.blob_bytes:
        raise LocalError(f"{given.name} has {len(given.data)} bytes; a file in a mail has 1 to {LIMITS.blob_bytes}")
    name = "".join(one if one.isprintable() else " " for one in given.name)[:_NAME_CHARACTERS]
    file = Attachment(name=name, media_type=given.media_type[:_TYPE_CHARACTERS])
    blob = new_part("", given.data)
    form = replace(form, files=(*form.files, (file, blob)))
    item, content, make, parts = _kept(form, desk, {blob.hash: given.data})
    return Step(replace(form, item=item, opened=content), make=make, parts=parts)


def keep(form: Write, desk: Desk) -> Step:
    """As a draft."""
    if is_empty(form):
        return Step(form.back)
    _, _, make, parts = _kept(form, desk)
    return Step(form.back, make=make, parts=parts)


def discard(form: Write, desk: Desk) -> Step:
    """Nothing of it is kept; the draft that it went on with goes too."""
    shown = desk.item(form.item) if form.item else None
    if shown is None:
        return Step(form.back)
    seen = content_digest(shown.type, shown.content.fields, shown.content.blobs, dead=False)
    return Step(form.back, make=(Delete(form.item, seen[:DELETE_SEEN_BYTES]),))


def send(form: Write, desk: Desk) -> Step:
    """The draft is stored and submitted, and what it answers or sends on is marked; all of it or nothing."""
    people = recipients(form)
    bad = unfit(people)
    if not people or bad or len(people) > _MOST_RECIPIENTS:
        said = f"This is no address: {bad}" if bad else "Whom is it to?" if not people else "Too many recipients"
        return Step(replace(form, said=said, line=TO))
    item, content, make, parts = _kept(form, desk)
    seen = content_digest(TYPE, content.fields, content.blobs, dead=False)[:DELETE_SEEN_BYTES]
    body = mail_pb2.Submit(item=item, seen=seen).SerializeToString()
    submit = Own(item, SUBMIT, body, difference(content, _sent(content, people), _RULES))
    shown = desk.item(form.source) if form.source else None
    marked = None
    if shown is not None:
        is_forward = form.origin is not None and form.origin.name == _FORWARD
        marked = edited(shown, forwarded=True) if is_forward else edited(shown, answered=True)
    return Step(form.back, make=(*make, submit, *((marked,) if marked is not None else ())), parts=parts)


def _sent(content: Content, people: list[mail_pb2.Address]) -> Content:
    """How it is shown until the server tells."""
    mail = Mail.FromString(content.fields)
    mail.folder = SENT
    del mail.deliveries[:]
    queued = DeliveryState.DELIVERY_STATE_QUEUED
    mail.deliveries.extend(Delivery(recipient=one.address, state=queued) for one in people)
    return Content(mail.SerializeToString(deterministic=True), content.blobs)

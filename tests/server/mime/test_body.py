"""What is to be read and what are files, for the shapes that mail programs send and for their odd cousins."""

from __future__ import annotations

import pytest

from outline import outline, page_of
from thinline_server.mime.body import Body
from thinline_server.mime.bounds import MIME_BOUNDS
from thinline_server.mime.structure import cut_mail

B64 = "Content-Transfer-Encoding: base64"
HTML = "Content-Type: text/html; charset=utf-8"
PNG = ["Content-Type: image/png; name=face.png", B64, "Content-ID: <face@x>", "", "iVBORw0KGgo="]


def body_of(*lines: str) -> Body:
    data = "\r\n".join(lines).encode()
    body = Body(data)
    body.add(cut_mail(data))
    return body


def multi(kind: str, *parts: list[str], boundary: str = "b", parameters: str = "") -> list[str]:
    lines = [f"Content-Type: multipart/{kind}; boundary={boundary}{parameters}", ""]
    for part in parts:
        lines += [f"--{boundary}", *part]
    return [*lines, f"--{boundary}--"]


def text(*lines: str) -> list[str]:
    return ["", *lines]


def seen(body: Body) -> tuple[list[str], list[str]]:
    return outline(page_of(body.writer)), [one.name for one in body.attachments]


@pytest.mark.parametrize(
    ("lines", "page", "files"),
    [
        (text("hello"), ["hello"], []),
        (multi("alternative", text("plain"), [HTML, "", "<b>html"]), ["*html*"], []),
        (multi("alternative", [HTML, "", "<b>html"], text("plain")), ["plain"], []),
        (multi("alternative", text("plain"), ["Content-Type: text/x-amp-html", "", "amp"]), ["plain"], []),
        (multi("alternative", ["Content-Type: image/png", "", "x"]), [], ["image.png"]),
        (multi("mixed", text("one"), PNG, text("two")), ["one", "---", "two"], ["face.png"]),
        (multi("related", [HTML, "", "<img alt=me src='cid:face@x'>"], PNG), ["{[me]|cid:face@x}"], ["face.png"]),
        (
            multi("related", PNG, [HTML, "Content-ID: <r@x>", "", "hi"], parameters='; start="<r@x>"'),
            ["hi"],
            ["face.png"],
        ),
        (multi("unheard-of", text("one")), ["one"], []),
        (multi("mixed", ["Content-Disposition: attachment", "", "file"]), [], ["text.txt"]),
        (multi("mixed", ["Content-Type: text/plain; name=a.txt", "", "file"]), [], ["a.txt"]),
        (
            multi("mixed", ["Content-Type: text/plain; name=a.txt", "Content-Disposition: inline", "", "seen"]),
            ["seen"],
            [],
        ),
        (["Content-Type: multipart/mixed", "", "no boundary"], ["no boundary"], []),
        (["Content-Type: application/x-thing", "", "x"], [], ["application.thing"]),
        (["Content-Type: text/plain; format=flowed; delsp=yes", "", "日 ", "本"], ["日本"], []),
        (["Content-Type: text/plain; format=flowed", "", "one ", "two"], ["one two"], []),
        (["Content-Type: text/html", "", "<meta charset=utf-8>ü"], ["ü"], []),
    ],
)
def test_page_and_files(lines: list[str], page: list[str], files: list[str]) -> None:
    assert seen(body_of(*lines)) == (page, files)


def test_a_file_is_as_it_was_before_its_encoding() -> None:
    (face,) = body_of(*multi("related", [HTML, "", "x"], PNG)).attachments
    assert (face.data, face.media_type, face.content_id, face.inline) == (
        b"\x89PNG\r\n\x1a\n",
        "image/png",
        "face@x",
        True,
    )


def test_a_forwarded_mail_is_shown_and_is_a_file() -> None:
    inner = ["From: Carol <c@x>", "Subject: old news", *multi("mixed", text("inner"), PNG, boundary="c")]
    body = body_of(*multi("mixed", text("see below"), ["Content-Type: message/rfc822", "", *inner]))
    page = ["see below", "---", "*From: Carol <c@x>\nSubject: old news*".replace("\n", "*\n*"), "inner"]
    assert seen(body)[1] == ["face.png", "old news.eml"]
    assert [one.replace("*", "") for one in seen(body)[0]] == [one.replace("*", "") for one in page]
    assert body.attachments[1].data == "\r\n".join(inner).encode()


def test_a_signed_mail_shows_its_content_and_that_it_is_signed() -> None:
    signature = ["Content-Type: application/pgp-signature; name=s.asc", "", "-----BEGIN"]
    body = body_of(*multi("signed", text("I promise"), signature, parameters="; protocol=application/pgp-signature"))
    assert (seen(body), body.signed, body.encrypted) == ((["I promise"], []), "OpenPGP", "")
    body = body_of(*multi("signed", text("I promise"), signature))
    assert body.signed == "an unknown scheme"


@pytest.mark.parametrize(
    ("lines", "signed", "encrypted", "says"),
    [
        (["Content-Type: application/pkcs7-mime; smime-type=enveloped-data", "", "x"], "", "S/MIME", "encrypted"),
        (["Content-Type: application/pkcs7-mime; smime-type=signed-data", "", "x"], "S/MIME", "", "signature"),
        (
            multi("encrypted", text("Version: 1"), text("x"), parameters="; protocol=application/pgp-encrypted"),
            "",
            "OpenPGP",
            "encrypted",
        ),
    ],
)
def test_what_can_not_be_read_is_said_and_is_a_file(lines: list[str], signed: str, encrypted: str, says: str) -> None:
    body = body_of(*lines)
    assert (body.signed, body.encrypted, len(body.attachments)) == (signed, encrypted, 1)
    assert says in seen(body)[0][0]


def test_an_invitation_is_told_and_kept() -> None:
    event = "BEGIN:VEVENT\r\nSUMMARY:Dinner\r\nEND:VEVENT"
    calendar = ["Content-Type: text/calendar; method=REQUEST", "", event]
    body = body_of(*multi("mixed", calendar, calendar))
    assert (seen(body), body.calendar) == ((["Invitation: Dinner"], ["invitation.ics"] * 2), (event).encode())
    beside = body_of(*multi("alternative", text("Come to dinner"), calendar))
    assert seen(beside) == (["Come to dinner", "---", "Invitation: Dinner"], ["invitation.ics"])
    assert beside.calendar


def test_a_bounce_says_who_did_not_get_it() -> None:
    status = ["Content-Type: message/delivery-status", "", "Reporting-MTA: dns; x", "", "Final-Recipient: rfc822; b@x"]
    original = ["Content-Type: text/rfc822-headers", "", "Subject: lost"]
    body = body_of(*multi("report", text("It did not work"), [*status, "Action: failed"], original))
    assert seen(body) == (["It did not work", "---", "b@x: failed"], ["text.rfc822-headers"])
    assert [one.recipient for one in body.bounces] == ["b@x"]


def test_texts_beyond_the_bound_are_files() -> None:
    """Invariant T5."""
    body = body_of(*multi("mixed", *[text("x")] * (MIME_BOUNDS.texts + 3)))
    assert len(body.attachments) == 3

"""Headers as mail programs write them, and as those do who want a reader to fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.mime.bounds import MIME_BOUNDS
from thinline_server.mime.fields import Fields, decode_words, read_fields
from thinline_server.mime.values import Mailbox


def fields(*lines: str) -> Fields:
    return read_fields("\r\n".join(lines).encode())


def test_folded_values_and_lines_that_are_no_fields() -> None:
    read = fields(" lost", "Subject: a", "\tb", "  c", "no field", "bad name: x", "X-Two : 2", "X:")
    assert read.values == (("subject", b"a\tb  c"), ("x-two", b"2"), ("x", b""))
    assert (read.text("subject"), read.text("absent"), bool(read), bool(fields("x"))) == ("a b c", "", True, False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe_an_Bob?=", "Grüße an Bob"),
        ("=?UTF-8?B?R3LDvMOfZQ==?= and =?iso-8859-1?Q?f=FCr?= Bob", "Grüße and für Bob"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=\r\n =?iso-8859-1?q?c?=", "abc"),
        ("=?utf-8?b?ww==?= =?utf-8?b?vA==?=", "ü"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?gb2312?B?1tDOxA==?=", "中文"),
        ("=?utf-8*en?q?hi?=", "hi"),
        ("=?nonsense?q?hi?= =?utf-8?x?no?=", "hi =?utf-8?x?no?="),
        ("=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        ("=?zip?q?hi?=", "hi"),
        ("Grüße", "Grüße"),
        ("=?utf-8?q?evil=E2=80=AEgpj.exe=0D=0ABcc:_x?=", "evilgpj.exe Bcc: x"),
    ],
)
def test_encoded_words(value: str, text: str) -> None:
    """RFC 2047; a character may be cut over two words, which the standard allows nobody to do and many do."""
    assert fields(f"Subject: {value}").text("subject") == text


def test_bytes_that_are_no_utf8_are_what_older_programs_meant() -> None:
    assert read_fields(b"Subject: Gr\xfc\xdfe").text("subject") == "Grüße"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("alice@example.org", [("", "alice@example.org")]),
        ("Alice <alice@example.org>, bob@example.org", [("Alice", "alice@example.org"), ("", "bob@example.org")]),
        ('"Doe, John" <j@d.org>', [("Doe, John", "j@d.org")]),
        ("=?utf-8?q?J=C3=BCrgen?= <j@d.org> (at home)", [("Jürgen", "j@d.org")]),
        ("=?utf-8?q?O'Brien,_S._(at_home)?= <s@b.org>", [("O'Brien, S. (at home)", "s@b.org")]),
        ("=?utf-8?q?a?=\r\n =?utf-8?q?b?= <s@b.org>", [("ab", "s@b.org")]),
        ('"=?utf-8?q?a?=" <s@b.org>', [("a", "s@b.org")]),
        ("\ue0009\ue000 <s@b.org>", [("9", "s@b.org")]),
        ("friends: a@b.c, d@e.f;, g@h.i", [("", "a@b.c"), ("", "d@e.f"), ("", "g@h.i")]),
        ("undisclosed-recipients:;", []),
        ("Jürgen <jürgen@exämple.org>", [("Jürgen", "jürgen@exämple.org")]),
        ("a@[", []),
        ("a@[192.0.2.1]", [("", "a@[192.0.2.1]")]),
        ("(((((((((((((((((((((((( a@b.c", [("", "a@b.c")]),
        ("<<<a@b.c>>>", [("", "a@b.c")]),
        ('"unclosed <a@b.c>', []),
        ("", []),
    ],
)
def test_addresses(value: str, kept: list[tuple[str, str]]) -> None:
    found = fields(f"To: {value}").mailboxes("to")
    assert [(one.name, one.address) for one in found.kept] == kept


def test_more_addresses_than_are_kept_are_counted() -> None:
    many = fields("To: " + ", ".join(f"P{number} <p{number}@example.org>" for number in range(20_000)))
    found = many.mailboxes("to")
    assert (len(found.kept), len(found.kept) + found.more) == (MIME_BOUNDS.addresses, 20_000)
    assert found.kept[-1] == Mailbox("P255", "p255@example.org")
    two = fields("To: a@b.c", "To: d@e.f").mailboxes("to")
    assert (len(two.kept), two.more) == (2, 0)


@pytest.mark.parametrize(
    ("value", "media_type", "boundary", "charset"),
    [
        ("text/plain; charset=utf-8", "text/plain", b"", "utf-8"),
        ('Multipart/Mixed; boundary="a b=c"; charset="x"', "multipart/mixed", b"a b=c", "x"),
        ("multipart/mixed; boundary*=utf-8''a%20b", "multipart/mixed", b"a b", ""),
        ("multipart/mixed; boundary*0=ab; boundary*1=cd", "multipart/mixed", b"abcd", ""),
        ("text", "", b"", ""),
        ("text/plain/more", "", b"", ""),
        (";;;", "", b"", ""),
        ("text/plain; charset", "text/plain", b"", ""),
    ],
)
def test_the_content_type(value: str, media_type: str, boundary: bytes, charset: str) -> None:
    read = fields(f"Content-Type: {value}")
    assert (read.media_type, read.boundary, read.parameter("charset")) == (media_type, boundary, charset)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Content-Disposition: attachment; filename=a.txt", "a.txt"),
        ("Content-Disposition: attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf", "Grüße.pdf"),
        ("Content-Disposition: attachment; filename*0*=utf-8''Gr%C3%BC; filename*1=sse.pdf", "Grüsse.pdf"),
        ('Content-Disposition: attachment; filename="=?utf-8?q?Gr=C3=BC=C3=9Fe.pdf?="', "Grüße.pdf"),
        ("Content-Type: image/png; name=b.png", "b.png"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', "_.._etc_passwd"),
        ('Content-Disposition: attachment; filename="C:\\\\temp\\\\x.doc"', "C:_temp_x.doc"),
        ("Content-Disposition: attachment; filename*=nonsense''%FF.txt", "ÿ.txt"),
        ("Content-Disposition: attachment", ""),
        ("Subject: x", ""),
    ],
)
def test_a_file_s_name_has_no_path(line: str, name: str) -> None:
    assert fields(line).filename == name


def test_ids_dates_and_tokens() -> None:
    read = fields(
        "References: <a@b> garbage <c@d>",
        "Date: Mon, 23 Nov 2026 10:00:00 +0100 (CET)",
        "Content-Transfer-Encoding: BASE64 (really)",
    )
    assert (read.ids("references"), read.ids("message-id")) == (("a@b", "c@d"), ())
    assert (read.date_ms("date"), read.encoding) == (1_795_424_400_000, "base64")
    assert [
        fields(f"Date: {bad}").date_ms("date") for bad in ("", "soon", "Mon, 99 Nov 9999999 10:00", "1 Jan 1800")
    ] == [0] * 4


HOSTILE = st.sampled_from(
    ['"', "(", ")", "<", ">", "@", "[", "]", ",", ";", ":", "\\", "=?", "?=", "=", "*0", "%", "a", " ", "\r\n "]
)


@given(st.lists(HOSTILE, max_size=60).map("".join), st.text(max_size=20))
def test_no_field_makes_a_reader_fail(hostile: str, text: str) -> None:
    """Invariant T8: the standard library raises on some of these."""
    for value in (hostile, text, hostile + text):
        read = read_fields(
            f"X: {value}\r\nContent-Type: {value}\r\nContent-Disposition: {value}".encode("utf-8", "replace")
        )
        read.text("x")
        read.mailboxes("x")
        read.ids("x")
        read.date_ms("x")
        assert len(read.filename) <= MIME_BOUNDS.name_characters
        assert decode_words("no words") == "no words"


def test_long_fields_are_read_as_far_as_the_bound() -> None:
    """Invariant T5."""
    read = fields("Subject: " + "=?utf-8?q?x?= " * 20_000, *["X: y"] * 5_000)
    assert len(read.text("subject")) < MIME_BOUNDS.text_bytes
    assert len(read.values) == MIME_BOUNDS.header_fields

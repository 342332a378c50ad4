"""Content lines as address books write them. T8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.services.contacts.vcard.lines import cut_lines, escape, fold, split_value, unescape


@given(st.binary(max_size=300))
def test_lines_joined_are_the_card(card: bytes) -> None:
    assert b"".join(line.raw for line in cut_lines(card)) == card


@given(st.text(st.sampled_from('aB;:=",.\\ \t\r\næ'), max_size=80))
def test_whatever_stands_there_reads(text: str) -> None:
    for line in cut_lines(text.encode()):
        assert isinstance(line.text, str)
        assert line.name == line.name.upper()


def test_a_line_has_group_name_parameters_and_value() -> None:
    (line,) = cut_lines(b'item1.Tel;TYPE="voice,cell";PREF=1;X-A="a;b:c":+45 20\r\n  30\r\n')
    assert (line.group, line.name, line.value) == ("item1", "TEL", b"+45 20 30")
    assert line.params == ('TYPE="voice,cell"', "PREF=1", 'X-A="a;b:c"')
    assert line.types == ["voice", "cell"]


@pytest.mark.parametrize(
    "raw", [b"no colon\r\n", b"\r\n", b":\r\n", b"a b:c\r\n", b'TEL;A="b:c\r\n', b"X" * 5_000 + b":1"]
)
def test_what_is_no_content_line_has_no_name(raw: bytes) -> None:
    assert [(line.name, line.raw) for line in cut_lines(raw)] == [("", raw)]


def test_quoted_printable_goes_on_behind_a_soft_end() -> None:
    first, second = cut_lines(b"NOTE;ENCODING=QUOTED-PRINTABLE:=C3=A6=\r\nb:c=\r\n d=0D=0Ae\r\nFN:x\r\n")
    assert (first.text, second.text) == ("æb:c d\r\ne", "x")


def test_base64_that_nobody_indented_goes_on_to_the_empty_line() -> None:
    photo, empty, after = cut_lines(b"PHOTO;ENCODING=BASE64;JPEG:AAAA\r\nBBBB\r\n CC==\r\n\r\nFN:x\r\n")
    assert photo.base64
    assert photo.value.replace(b"\r\n", b"") == b"AAAABBBBCC=="
    assert (empty.name, after.name) == ("", "FN")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("FN:Ærø".encode(), "Ærø"),
        ("FN:Ærø €".encode("cp1252"), "Ærø €"),
        (b"FN;CHARSET=ISO-8859-5:" + "Анна".encode("iso-8859-5"), "Анна"),
        (b"FN;CHARSET=Shift_JIS:" + "田中".encode("shift_jis"), "田中"),
        (b"FN;CHARSET=unicode_escape:\\x41\xff", "\\x41ÿ"),  # only what is a charset of letters is one
        (b"FN;CHARSET=nonsense:\x81", "\x81"),
    ],
)
def test_texts_in_any_charset_read(raw: bytes, text: str) -> None:
    (line,) = cut_lines(raw)
    assert line.text == text


@given(st.text(max_size=60))
def test_escapes_go_there_and_back(text: str) -> None:
    text = text.replace("\r\n", "\n")
    escaped = escape(text)
    assert unescape(escaped) == text
    assert split_value(escaped, ";") == [escaped]
    assert split_value(escaped, ",") == [escaped]


def test_values_are_cut_where_nothing_is_escaped() -> None:
    assert split_value("a\\;b;c;", ";") == ["a\\;b", "c", ""]
    assert split_value("a,b,c,d", ",", most=2) == ["a", "b,c,d"]
    assert split_value("a\\", ";") == ["a\\"]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_folded_lines_are_short_and_read_back(text: str) -> None:
    line = f"NOTE:{text}".encode()
    folded = fold(line, b"\r\n")
    assert all(len(part) <= 75 for part in folded.split(b"\r\n"))
    for part in folded.removesuffix(b"\r\n").split(b"\r\n"):
        part.decode()  # cut between characters
    (read,) = cut_lines(folded)
    assert read.value == text.encode()

"""A mail cut into parts on its bytes: as told, and where boundaries are missing, repeated, nested or never closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.mime import structure
from thinline_server.mime.bounds import MIME_BOUNDS, MimeBounds
from thinline_server.mime.structure import Part, TooManyParts, cut_mail, read_header


def tree(data: bytes, part: Part | None = None) -> object:
    """A part as its content, or a multipart as the list of what is in it."""
    part = cut_mail(data) if part is None else part
    if part.children:
        return [tree(data, child) for child in part.children]
    return data[part.start : part.end]


def mixed(*lines: str, boundary: str = "b", kind: str = "mixed") -> bytes:
    return "\r\n".join([f"Content-Type: multipart/{kind}; boundary={boundary}", "", *lines]).encode()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_text_begins_behind_the_first_empty_line_whatever_the_line_ends(end: str) -> None:
    data = f"From: a@b{end}Subject: x{end} y{end}{end}hello{end}{end}bob{end}".encode()
    assert tree(data) == f"hello{end}{end}bob{end}".encode()
    assert [name for name, _ in cut_mail(data).fields.values] == ["from", "subject"]


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_parts_end_before_the_line_end_that_is_the_boundary_s(end: bytes) -> None:
    lines = mixed("before", "--b", "A: 1", "", "one", "", "--b", "", "two", "--b--", "after")
    assert tree(lines.replace(b"\r\n", end)) == [b"one" + end, b"two"]


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (mixed("--b", "", "one", "--b", "", "two"), [b"one", b"two"]),
        (mixed("--b", "--b", "", "two", "--b--"), [b"", b"two"]),
        (mixed("--b  ", "", "one", "--bb", "", "--B", "", "--b--\t"), [b"one\r\n--bb\r\n\r\n--B\r\n"]),
        (mixed("no boundary at all"), b"no boundary at all"),
        (mixed("--b", "", "one", "--b--", "", "--b", "", "late", "--b--"), [b"one"]),
        (b"hello\n\nworld", b"hello\n\nworld"),
        (b"hello", b"hello"),
        (b"\n\nhello", b"\nhello"),
        (b"", b""),
        (b"A: 1", b""),
        (b"From bob Mon Nov 23 2026\nA: 1\n\nhello", b"hello"),
        (b"Content-Type: multipart/mixed\n\n--b\n\none", b"--b\n\none"),
        (mixed("--b", "A: 1", "--b--"), [b""]),
    ],
)
def test_what_is_not_as_it_should_be(data: bytes, seen: object) -> None:
    """Invariant T8."""
    assert tree(data) == seen


def test_nested_multiparts_and_one_that_is_not_closed() -> None:
    inner = ["--b", "Content-Type: multipart/alternative; boundary=c", "", "--c", "", "plain", "--c", "", "html"]
    assert tree(mixed(*inner, "--c--", "", "--b", "", "file", "--b--")) == [[b"plain", b"html"], b"file"]
    assert tree(mixed(*inner, "--b", "", "file", "--b--")) == [[b"plain", b"html"], b"file"]


def test_two_multiparts_of_one_boundary() -> None:
    """The inner one takes them."""
    data = mixed("--b", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "one", "--b--", "", "--b--")
    assert tree(data) == [[b"one"]]


def test_a_forwarded_message_is_a_part_with_parts() -> None:
    inner = ["Subject: inner", "Content-Type: multipart/mixed; boundary=c", "", "--c", "", "one", "--c--"]
    data = mixed("--b", "Content-Type: message/rfc822", "", *inner, "--b", "", "two", "--b--")
    assert tree(data) == [[[b"one"]], b"two"]
    forwarded = cut_mail(data).children[0]
    assert forwarded.children[0].fields.text("subject") == "inner"
    assert data[forwarded.start : forwarded.end] == "\r\n".join(inner).encode()
    assert tree(mixed("--b", "", "Subject: x", "", "one", "--b--", kind="digest")) == [[b"one"]]


def test_an_encoded_message_is_not_looked_into() -> None:
    data = mixed("--b", "Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", "", "QTogMQ==", "--b--")
    assert tree(data) == [b"QTogMQ=="]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (mixed(*["--b", "", "x"] * (MIME_BOUNDS.parts + 1)), "more than 1,000 parts"),
        (b"Content-Type: message/rfc822\n\n" * 50, "nested more than 32 deep"),
        (
            b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (one, one + 1) for one in range(50))
            .replace(b"--b0\n", b"", 1),
            "nested more than 32 deep",
        ),
    ],
)  # fmt: skip
def test_what_no_person_wrote_is_not_understood(data: bytes, why: str) -> None:
    """Invariant T5."""
    with pytest.raises(TooManyParts, match=why):
        cut_mail(data)
    assert read_header(data) is not None


def test_lines_that_look_like_boundaries_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariant T5."""
    monkeypatch.setattr(structure, "MIME_BOUNDS", MimeBounds(delimiters=10))
    assert tree(b"\n" + b"--x\n" * 10) == b"--x\n" * 10
    with pytest.raises(TooManyParts, match="more than 10 of its lines look like boundaries"):
        cut_mail(b"\n" + b"--x\n" * 11)


PIECES = st.sampled_from(
    [b"--b", b"--c", b"--b--", b"--c--", b"\r\n", b"\n", b"\r", b"A: 1", b"Content-Type: message/rfc822", b"x"]
    + [b"Content-Type: multipart/mixed; boundary=%c\r\n\r\n" % one for one in b"bc"]
)


@given(st.lists(PIECES, max_size=40).map(b"".join))
def test_any_bytes_give_parts_that_lie_in_their_order(data: bytes) -> None:
    """Invariant T8."""
    try:
        parts = [cut_mail(data)]
    except TooManyParts:
        return
    while parts:
        part = parts.pop()
        assert 0 <= part.header_start <= part.start <= part.end <= len(data)
        ends = [part.start, *(child.end for child in part.children)]
        assert ends == sorted(ends)
        parts += part.children

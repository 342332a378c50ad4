"""How a mail is put together: its header, and what is written down as expected."""

from __future__ import annotations

import hashlib
from random import Random

from thinline.testing.mail_draw import Draw


def draw(seed: int = 1) -> Draw:
    return Draw(Random(seed), "plain", seed)


def test_what_was_drawn_is_expected() -> None:
    one = draw()
    one.say("Hello  Bob", "and\nalice")
    one.file("a.txt", "text/plain", b"abc")
    sample = one.mail("Grüße", b"\nHello\n")
    assert sample.words == ("Hello", "Bob", "and", "alice")
    assert (sample.files[0].size_bytes, sample.files[0].sha256) == (3, hashlib.sha256(b"abc").digest())
    assert sample.raw.endswith(b"MIME-Version: 1.0\r\n\r\nHello\r\n")
    assert b"Gr\xc3" not in sample.raw


def test_parts_stand_between_boundaries() -> None:
    one = draw()
    line = b"--" + one.boundary.encode()
    assert one.multipart(b"\none\n", b"\ntwo", preamble=b"p\n") == b"p\n%s\n\none\n%s\n\ntwo\n%s--\n" % (
        line,
        line,
        line,
    )
    assert one.multipart(b"\nx", boundary="b") == b"--b\n\nx\n--b--\n"


def test_people_of_all_scripts_write_and_are_written_to() -> None:
    heads = b"".join(draw(seed).mail("x", b"\nx").raw for seed in range(200))
    for sign in (
        b'"',
        b"=?utf-8?",
        b"=?koi8-r?",
        b"=?iso-2022-jp?",
        b"From: no-name@works.example",
        b"Cc: ",
        b"From: Dave <",
    ):
        assert sign in heads, sign


def test_an_answer_names_what_it_answers() -> None:
    one = draw()
    one.replies = True
    sample = one.mail("Re: x", b"\nx", {"List-Id": "<x>"})
    assert b"In-Reply-To: <%s>" % sample.in_reply_to.encode() in sample.raw
    assert b"List-Id: <x>\r\n" in sample.raw
    assert len(one.sentences()) > 10


def test_texts_and_files_vary_within_their_bounds() -> None:
    one = draw()
    assert one.one(["a"]) == "a"
    paragraphs = one.paragraphs(3)
    assert 1 <= len(paragraphs) <= 3
    assert all(len(line) <= 72 for line in one.wrapped(paragraphs[0]).split("\n"))
    assert one.data(b"GIF", 2, 2).startswith(b"GIF")
    part = one.attachment()
    (file,) = one.files
    assert f'filename="{file.name}"'.encode() in part
    assert 2_000 <= file.size_bytes <= 25_000

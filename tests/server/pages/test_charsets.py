"""Bytes to text: by the names that mail programs write, and never by a codec that does something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.pages.charsets import charset_of_html, decode_text


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("Grüße".encode(), "UTF-8", "Grüße"),
        (b"Gr\xfc\xdfe \x80", "iso-8859-1", "Grüße €"),
        (b"\xa4", '"iso-8859-15"', "€"),
        ("Привет".encode("koi8-r"), "KOI8-R", "Привет"),
        ("Привет".encode("cp1251"), "windows-1251", "Привет"),
        ("İzmir".encode("iso8859-9"), "iso-8859-9", "İzmir"),
        ("日本".encode("iso2022_jp"), "ISO-2022-JP", "日本"),
        ("日本".encode("shift_jis"), "x-sjis", "日本"),
        ("日本".encode("euc_jp"), "euc-jp", "日本"),
        ("中文鎔".encode("gb18030"), "gb2312", "中文鎔"),
        ("中文".encode("big5"), "Big5", "中文"),
        ("한국".encode("cp949"), "ks_c_5601-1987", "한국"),
        ("ไทย".encode("cp874"), "tis-620", "ไทย"),
        ("שלום".encode("iso8859-8"), "iso-8859-8-i", "שלום"),
        ("Łódź".encode("iso8859-2"), "iso-8859-2", "Łódź"),
        ("hi".encode("utf-16"), "utf-16", "hi"),
        ("Grüße".encode(), "", "Grüße"),
        (b"Gr\xfc\xdfe", "us-ascii", "Grüße"),
        ("日本".encode("iso2022_jp"), "", "日本"),
        (b"\xef\xbb\xbfhi", "utf-8", "hi"),
        (b"\xff\xfeh\x00i\x00", "", "hi"),
        (b"\xc3(", "utf-8", "�("),
        (b"x", "zip", "x"),
        (b"x", "rot13", "x"),
        (b"\\u0041", "unicode_escape", "\\u0041"),
        (b"x", "../../etc", "x"),
        (b"x", "a" * 1000, "x"),
        (b"x", "\x00", "x"),
        (b"xn--", "idna", "xn--"),
        (b"aGk=", "base64", "aGk="),
    ],
)
def test_what_a_label_means(data: bytes, label: str, text: str) -> None:
    assert decode_text(data, label) == text


@given(
    st.binary(max_size=50), st.one_of(st.text(max_size=20), st.sampled_from(["utf-7", "hz", "utf-16", "iso-2022-kr"]))
)
def test_any_bytes_give_a_text(data: bytes, label: str) -> None:
    """Invariant T8."""
    assert isinstance(decode_text(data, label), str)


@pytest.mark.parametrize(
    ("html", "charset"),
    [
        (b"<meta charset=koi8-r>", "koi8-r"),
        (b"<META http-equiv='Content-Type' content=\"text/html; charset=iso-8859-2\">", "iso-8859-2"),
        (b"<p>charset=x", ""),
        (b" " * 3_000 + b"<meta charset=koi8-r>", ""),
    ],
)
def test_what_html_says_of_itself(html: bytes, charset: str) -> None:
    assert charset_of_html(html) == charset

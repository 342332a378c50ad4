"""Bytes to text by a charset's name, as mail programs mean it rather than as they write it.

Only codecs that decode text are looked up: Python also knows `zip`, `rot13` and `unicode_escape` by name. Latin-1 means
Windows-1252, the older Asian names mean the larger sets that grew from them, and a name that nobody knows, or none at
all, means UTF-8 where the bytes are that. Nothing raises: what can not be decoded shows as a replacement sign.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

__all__ = ["charset_of_html", "decode_text"]

_MEANT = {
    "ascii": "", "us-ascii": "", "unknown-8bit": "", "x-unknown": "", "default": "", "utf8": "utf-8",
    "latin1": "cp1252", "iso8859-1": "cp1252", "iso-8859-1": "cp1252", "l1": "cp1252", "ansi": "cp1252",
    "iso8859-9": "cp1254", "iso-8859-9": "cp1254", "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8",
    "iso-8859-11": "cp874", "tis-620": "cp874", "tis620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "cp936": "gb18030",
    "big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "ks_c_5601": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "x-mac-roman": "mac-roman", "macintosh": "mac-roman",
}  # fmt: skip
_TEXT_CODEC = re.compile(
    r"utf-?(?:7|8|16|32)(?:[-_](?:le|be|sig))?|iso8859-\d+|cp\d{3,4}|koi8[-_][rut]|mac-(?:roman|cyrillic|greek|latin2)"
    r"|gb18030|big5(?:hkscs)?|euc_(?:jp|kr|jis_2004)|shift_jis\w*|iso2022_(?:jp|kr)\w*|johab|hz|kz1048|ptcp154"
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_META_WITHIN = 2_048
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_JAPANESE_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")


@lru_cache(maxsize=256)
def _codec(label: str) -> str:
    """The codec that a label means; empty where it means nothing."""
    name = label.strip().strip("\"'").lower()
    name = _MEANT.get(name, name)
    if not _NAME.fullmatch(name):
        return ""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return ""
    known = _MEANT.get(known, known)
    return known if _TEXT_CODEC.fullmatch(known) else ""


def decode_text(data: bytes, label: str = "") -> str:
    """The text of bytes in a charset; without a byte order mark."""
    codec = _codec(label)
    if codec in ("", "utf-8"):
        for mark, marked in _MARKS:
            if data.startswith(mark):
                return data[len(mark) :].decode(marked, "replace")
    return data.decode(codec, "replace") if codec else _guessed(data)


def _guessed(data: bytes) -> str:
    if any(escape in data for escape in _JAPANESE_ESCAPES):
        return data.decode("iso2022_jp_ext", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def charset_of_html(data: bytes) -> str:
    """What an HTML document says of itself near its beginning; empty where it says nothing."""
    found = _META.search(data, 0, _META_WITHIN)
    return found[1].decode("ascii") if found else ""

"""What mails are written of: people, sentences in the charsets of the world, and the encodings of RFC 2045 and 2047.

The encoders are the corpus's own, so that a mistake of a library is not on both sides of a comparison.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping
from typing import NamedTuple

__all__ = [
    "ADDRESS",
    "CHARSETS",
    "ENGLISH",
    "PEOPLE",
    "Charset",
    "Person",
    "base64_lines",
    "date_field",
    "encoded_words",
    "quoted_printable",
]


class Person(NamedTuple):
    """Somebody who writes or is written to."""

    name: str
    address: str


class Charset(NamedTuple):
    """How a mail program calls a charset, Python's codec for it, and what is written in it."""

    label: str
    codec: str
    sentences: tuple[str, ...]


PEOPLE = (
    Person("Alice Featherstone", "alice@example.org"),
    Person("Carol Oakley", "carol.oakley@example.com"),
    Person("Dave", "dave@mail.example.net"),
    Person("Doe, John (Ltd.)", "john.doe@example.co.uk"),
    Person("O'Brien, Siobhán", "siobhan@post.example.dk"),
    Person("Jürgen Müller", "j.mueller@example.de"),
    Person("François Lefèvre", "francois+news@example.fr"),
    Person("Łukasz Wiśniewski", "lukasz@example.pl"),
    Person("Дмитрий Кузнецов", "dmitry@example.ru"),
    Person("Γιώργος Παπαδόπουλος", "giorgos@example.gr"),
    Person("山田 太郎", "taro@example.jp"),
    Person("王秀英", "xiuying@example.cn"),
    Person("김민준", "minjun@example.kr"),
    Person("דוד כהן", "david@example.co.il"),
    Person("ليلى منصور", "layla@example.com"),
    Person("", "no-name@works.example"),
)

ADDRESS = "https://example.org/choir/spring.html"
ENGLISH = (
    "The harbour was closed on Monday, so we went by the old road along the cliffs.",
    "Could you bring the green tent and two of the better lamps?",
    "Nobody had been there since the winter, and there was snow left in the shade.",
    "I have asked the school about the hall; they want an answer by Thursday.",
    "The train leaves at 7:52 from platform 4, and the next one two hours later.",
    "Please do not tell Carol before her birthday.",
    "We counted 118 chairs, which should be enough for everybody who said yes.",
    "It costs 49.90 with the discount, or 62.00 at the door.",
    "The neighbours have a new dog, and he likes you more than he likes me.",
    "I will call you after six, when the meeting with the architect is over.",
    f"There is a draft of the programme at {ADDRESS} for you to read.",
    "Thank you for the photographs; the one with the boat hangs in the kitchen now.",
    "If it rains we meet in the church, otherwise behind it.",
    "My new number is the old one with a seven at the end.",
)

CHARSETS: tuple[Charset, ...] = (
    Charset("utf-8", "utf-8", ("Grüße aus København – 10 € für dich.", "Žluťoučký kůň, Ω und 日本 in einer Zeile 👍")),
    Charset("iso-8859-1", "latin-1", ("Vi ses på mandag kl. 8, ikke?", "Der Bäcker hat ab fünf Uhr geöffnet.")),
    Charset(
        "iso-8859-15", "iso8859-15", ("L'entrée coûte 12 €, œuvre comprise.", "À bientôt, et merci pour le gâteau.")
    ),
    Charset("windows-1252", "cp1252", ("“Never,” he said – and that was it…", "Das kostet 99 € statt 120 €.")),
    Charset("iso-8859-2", "iso8859-2", ("Zażółć gęślą jaźń, proszę.", "Příliš žluťoučký kůň úpěl ďábelské ódy.")),
    Charset("windows-1251", "cp1251", ("Привет, как дела?", "Встретимся в семь часов у вокзала.")),
    Charset("koi8-r", "koi8-r", ("Собака съела мою домашнюю работу.", "Пришли, пожалуйста, фотографии.")),
    Charset("iso-8859-7", "iso8859-7", ("Καλημέρα, τι κάνεις;", "Το πλοίο φεύγει στις οκτώ.")),
    Charset("iso-8859-9", "iso8859-9", ("İzmir'de hava çok güzel.", "Yarın akşam görüşürüz, değil mi?")),
    Charset("windows-1255", "cp1255", ("שלום, מה שלומך?", "ניפגש ביום שני בערב.")),
    Charset("windows-1256", "cp1256", ("مرحبا، كيف حالك؟", "نلتقي غدا في المساء.")),
    Charset("iso-2022-jp", "iso2022_jp", ("お元気ですか。", "明日の朝、駅で会いましょう。")),
    Charset("shift_jis", "shift_jis", ("会議は三時からです。", "写真をありがとうございます。")),
    Charset("gb2312", "gb2312", ("你好，你怎么样？", "明天早上在火车站见面。")),
    Charset("big5", "big5", ("謝謝你的照片。", "明天早上在車站見面。")),
    Charset("euc-kr", "euc_kr", ("안녕하세요, 잘 지내세요?", "내일 아침 역에서 만나요.")),
)

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEAR, _FIRST_DAY_S, _FIRST_WEEKDAY = 2026, 1_767_225_600, 3  # 2026-01-01, a Thursday
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SAFE: Mapping[int, str] = {code: chr(code) for code in range(33, 127) if chr(code).isalnum() or chr(code) in "!*+-/"}


def date_field(at_s: int, zone_minutes: int) -> str:
    """A moment of the year 2026, seconds since 1970, as it stands in a Date field of that zone."""
    local_s = at_s + 60 * zone_minutes - _FIRST_DAY_S
    day, rest_s = divmod(local_s, 86_400)
    weekday = _DAYS[(_FIRST_WEEKDAY + day) % 7]
    month = 0
    while day >= _MONTH_DAYS[month]:
        day -= _MONTH_DAYS[month]
        month += 1
    hours, minutes = divmod(abs(zone_minutes), 60)
    clock = f"{rest_s // 3600:02}:{rest_s // 60 % 60:02}:{rest_s % 60:02}"
    sign = "-" if zone_minutes < 0 else "+"
    return f"{weekday}, {day + 1} {_MONTHS[month]} {_YEAR} {clock} {sign}{hours:02}{minutes:02}"


def base64_lines(data: bytes) -> bytes:
    """Base64 in lines of 76 characters."""
    return b"".join(b2a_base64(data[at : at + 57]) for at in range(0, len(data), 57))


def quoted_printable(data: bytes) -> bytes:
    """Quoted-printable in lines of at most 76 characters; line ends stay."""
    lines = []
    for line in data.split(b"\n"):
        out = ""
        for number, byte in enumerate(line):
            last = number == len(line) - 1
            plain = byte != 0x3D and (33 <= byte <= 126 or (byte in (9, 32) and not last))
            piece = chr(byte) if plain else f"={byte:02X}"
            if len(out.rsplit("\n", 1)[-1]) + len(piece) > 75:
                out += "=\n"
            out += piece
        lines.append(out.encode("ascii"))
    return b"\n".join(lines)


def encoded_words(text: str, charset: Charset, base64: bool) -> str:
    """Encoded words of at most 75 characters, each with whole characters, folded."""
    words: list[str] = []
    front = f"=?{charset.label}?{'B' if base64 else 'Q'}?"
    pending = ""
    for letter in text:
        if len(front) + len(_word(pending + letter, charset, base64)) > 73:
            words.append(_word(pending, charset, base64))
            pending = ""
        pending += letter
    return "\n ".join(f"{front}{word}?=" for word in [*words, _word(pending, charset, base64)])


def _word(text: str, charset: Charset, base64: bool) -> str:
    data = text.encode(charset.codec)
    if base64:
        return b2a_base64(data, newline=False).decode("ascii")
    return "".join("_" if byte == 32 else _SAFE.get(byte, f"={byte:02X}") for byte in data)

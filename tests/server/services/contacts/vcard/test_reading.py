"""Cards of several address books, and what is understood of each. T5, T8."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.v1.contacts_pb2 import Contact, Labelled
from thinline_server.services.contacts import Contacts
from thinline_server.services.contacts.vcard.files import cut_file
from thinline_server.services.contacts.vcard.reading import CARD_BYTES, CUT, Card, VcardRefused, read_card

FIXTURES = Path(__file__).parents[4] / "fixtures" / "vcard"


def cards(name: str) -> list[Card]:
    with (FIXTURES / name).open("rb") as file:
        return [read_card(piece.data) for piece in cut_file(file) if piece.data]


def card(*lines: str, version: str = "3.0") -> Card:
    return read_card("\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]).encode())


def entries(*pairs: tuple[str, str]) -> list[Labelled]:
    return [Labelled(label=label, value=value) for label, value in pairs]


def test_apple() -> None:
    astrid, office = cards("apple3.vcf")
    assert astrid.contact == Contact(
        name="Dr. Astrid Marie Sørensen",
        organisation="Havnens Værft, Design",
        phones=entries(("mobile", "+45 20 30 40 50"), ("mobile", "+45 99 88 77 66"), ("homefax", "+45 11 22 33 44")),
        mails=entries(("home", "astrid@example.org"), ("Boat club", "boats@example.net")),
        address="Nyhavn 17, 2. tv\nKøbenhavn\n1051\nDenmark",
        notes='Met at the launch of "Ærø"; brings cake.\nLikes: tunnels, fog.',
        groups=["Friends", "Boats"],
    )
    assert astrid.photo is not None
    assert astrid.photo.startswith(b"\x89PNG")
    assert office.contact == Contact(
        name="Ferry Office", organisation="Ferry Office", phones=entries(("work", "+45 70 10 00 00"))
    )


def test_google() -> None:
    taro, sara = cards("google3.vcf")
    assert taro.contact == Contact(
        name="田中 太郎",
        organisation="株式会社 例え",
        phones=entries(("mobile", "+81 90-1234-5678"), ("Grand Central", "+81 3-1234-5678")),
        mails=entries(("work", "tanaka@example.jp")),
        address="丸の内1-1\n千代田区\n東京都\n100-0005\n日本",
        groups=["myContacts", "starred"],
    )
    assert taro.photo is None  # it is elsewhere, and stays there
    assert sara.contact.name == "\u200fשרה כהן"
    assert sara.contact.notes.endswith("שלום שלום and of the emoji 👩‍👩‍👧 too.")


def test_android_of_version_2_1() -> None:
    juergen, bare = cards("android21.vcf")
    assert juergen.contact == Contact(
        name="Jürgen Müller",
        phones=entries(("mobile", "0170-1234567"), ("work fax", "030-7654321"), ("bahnhof", "030-1")),
        mails=entries(("home", "juergen@example.de")),
        address="Hauptstraße 1\nBerlin\n10115\nDeutschland",
        notes="Erste Zeile\nzweite Zeile",
    )
    assert juergen.photo == cards("apple3.vcf")[0].photo
    assert bare.contact == Contact(phones=entries(("mobile", "110")))


def test_outlook_in_its_own_charset_with_a_card_inside() -> None:
    (helene,) = cards("outlook21.vcf")
    assert helene.contact == Contact(
        name="Hélène Lefèvre",
        organisation="Société Générale d'Élevage, Achats",
        phones=entries(("work", "+33 1 23 45 67 89"), ("mobile", "+33 6 12 34 56 78")),
        mails=entries(("", "helene@example.fr")),
        address="12, rue de l'Église\nOrléans\n45000\nFrance",
    )


def test_nextcloud_of_version_4() -> None:
    (oli,) = cards("nextcloud4.vcf")
    assert oli.contact == Contact(
        name="Ólafur Arnalds",
        organisation="Tónlist ehf.",
        phones=entries(("mobile", "+354-555-0101"), ("home", "+354 555 0102")),
        mails=entries(("work", "oli@example.is")),
        address="Laugavegur 1\nReykjavík\n101\nIceland",
        groups=["Music, live", "Iceland"],
        favourite=True,
    )
    assert oli.photo == cards("apple3.vcf")[0].photo


def test_broken_lines_harm_nothing_else() -> None:
    (whole,) = cards("broken.vcf")
    assert whole.contact == Contact(name="Whole", phones=entries(("", "12345")))


def test_a_name_in_parts_is_said_in_its_order() -> None:
    assert card("N:Doe;Jane;Q.;Dr.;Jr.").contact.name == "Dr. Jane Q. Doe Jr."
    assert card("N:Doe\\;Roe").contact.name == "Doe;Roe"


def test_what_is_said_twice_is_one_and_control_characters_go() -> None:
    read = card("TEL:1", "TEL:1", "TEL:", "FN:a\tb\x07c", "CATEGORIES:x,x,,")
    assert read.contact == Contact(name="a b c", phones=entries(("", "1")), groups=["x"])


def test_what_is_too_long_is_cut_and_what_was_cut_is_known() -> None:
    notes = "æ" * 4_000
    read = card(f"NOTE:{notes}", "ADR:;;" + "b" * 2_000)
    assert read.contact.notes.endswith(CUT)
    assert read.contact.notes.removesuffix(CUT) + read.cut_notes == notes
    assert len(card("FN:" + "c" * 300).contact.name) == 256


def test_more_than_a_head_holds_stays_in_the_card_and_is_told() -> None:
    read = card(*(f"TEL;TYPE=x-{'l' * 60}{at}:{'ø' * 250}" for at in range(100)), "ADR:;;Street", "NOTE:n")
    assert read.contact.ByteSize() <= LIMITS.head_bytes
    assert len(read.phones) == len(read.contact.phones) < 10
    assert "do not fit" in read.left[0]


def test_a_photo_that_is_no_bearable_picture_stays_in_the_card() -> None:
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (100_000).to_bytes(4, "big") * 2
    read = card(f"PHOTO;ENCODING=b;TYPE=PNG:{base64.b64encode(bomb).decode()}")
    assert read.photo is None
    assert read.left == ("the photo stays in the card: 100000 x 100000 pixels are more than 50,000,000",)
    assert card("PHOTO;ENCODING=b:A").left  # no base64 at all
    assert card("PHOTO:data:image/png,abc").photo is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"FN:x\r\n",
        b"BEGIN:VCARD\r\nFN:x\r\n",
        b"BEGIN:VCARD\r\nEND:VCARD\r\nEND:VCARD\r\n",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCARD\r\nNOTE:" + b"x" * CARD_BYTES + b"\r\nEND:VCARD\r\n",
        b"BEGIN:VCARD\r\n" + b"\n" * 50_000 + b"END:VCARD\r\n",
    ],
)
def test_what_is_no_card_or_beyond_bounds_is_refused(data: bytes) -> None:
    with pytest.raises(VcardRefused):
        read_card(data)


NAMES = st.sampled_from(["FN", "N", "TEL;TYPE=work", "i.EMAIL", "i.X-ABLabel", "ADR", "ORG", "NOTE", "CATEGORIES", "X"])


VALUES = st.text(max_size=200) | st.text("x;,\\", max_size=20).map(lambda some: some * 200)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=30))
def test_whatever_a_card_says_the_service_takes_what_was_read(lines: list[tuple[str, str]]) -> None:
    body = "".join(f"{name}:{value}\r\n" for name, value in lines).encode(errors="replace")
    pieces = list(cut_file(io.BytesIO(b"BEGIN:VCARD\r\n" + body + b"END:VCARD\r\n")))
    read = read_card(pieces[0].data)
    assert Contacts().check(1, Content(read.contact.SerializeToString())) is None
    assert read.contact.ByteSize() <= LIMITS.head_bytes
    assert b"".join(line.raw for line in read.lines) == pieces[0].data

"""A world of subscribers from a seed: accounts whose contacts vary as people's do.

Names come in a dozen scripts, mostly Latin; numbers, mails, addresses, notes and groups are there as often as in a
real address book, and no photos. Bench, demo and the training of dictionaries use it, so the same seed gives the same
world for ever: a change here is a change of their figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from thinline.items import ITEM_ID_BYTES
from thinline.v1.contacts_pb2 import Contact, Labelled

__all__ = ["AccountSample", "ContactSample", "World", "account_sample", "contact_sample", "world"]


@dataclass(frozen=True, slots=True)
class ContactSample:
    """One contact: an id that its maker drew, and what it says."""

    item: bytes
    contact: Contact

    @property
    def fields(self) -> bytes:
        """As an item's head carries it."""
        return self.contact.SerializeToString(deterministic=True)


@dataclass(frozen=True, slots=True)
class AccountSample:
    """One subscriber: a name that a server takes, a number, and the contacts."""

    name: str
    number: str
    contacts: tuple[ContactSample, ...]


@dataclass(frozen=True, slots=True)
class World:
    """All subscribers of a seed."""

    seed: int
    accounts: tuple[AccountSample, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Given names and family names by script; what stands earlier is met more often.
_LATIN = (
    _words(
        "Emma Noah Olivia Liam Sofia Lucas Mia Oliver Ava James Anna Peter Maria Thomas Laura Daniel Sarah Michael "
        "Julia David Lena Jonas Clara Felix Ida Søren Astrid Bjørn Freja Mikkel Zoë François Chloé René Łukasz "
        "Agnieszka Jiří Zuzana Ömer Ayşe Gökhan João Inês Núria Iñaki Siobhán Seán Ngọc Hương Tuấn Ewa Kwame Amara "
        "Chidi Zanele Tamsin Elspeth Giulia Matteo Francesca Lorenzo Ingrid Håkon Pekka Aino Katarzyna Marek Ilse "
        "Willem Marijke Bram"
    ),
    _words(
        "Smith Jones Brown Müller Schmidt Schneider Fischer Weber Jensen Nielsen Hansen Børgesen Andersson Lindström "
        "Dubois Moreau Lefèvre Rossi Bianchi Ferrari García Martínez López Fernández Silva Santos Pereira Kowalski "
        "Nowak Wiśniewski Novák Dvořák Yılmaz Kaya Demir Nguyễn Trần Phạm O'Brien Murphy van-Dijk de-Vries Virtanen "
        "Korhonen Okafor Mensah Dlamini MacLeod Abernathy Featherstone Whitcombe Oakley Pemberton Harcourt Lindqvist "
        "Østergaard Bakker"
    ),
)
_CYRILLIC = (
    _words(
        "Анна Иван Мария Дмитрий Ольга Сергей Наталья Алексей Екатерина Олександр Оксана Тарас Богдан Милица Драган"
    ),
    _words("Иванова Петров Сидоренко Кузнецов Шевченко Коваленко Попов Морозова Соколов Јовановић Петровић Димитров"),
)
_GREEK = (_words("Μαρία Γιώργος Ελένη Νίκος Κατερίνα Δημήτρης"), _words("Παπαδόπουλος Νικολάου Γεωργίου Οικονόμου"))
_ARABIC = (_words("محمد فاطمة أحمد مريم يوسف ليلى عمر زينب"), _words("الحسن خليل منصور حداد النجار العلي"))
_HEBREW = (_words("נועה דוד מיכל יוסף תמר אבי"), _words("כהן לוי מזרחי פרץ ביטון"))
_DEVANAGARI = (_words("आरव प्रिया रोहन अनन्या विवेक मीरा"), _words("शर्मा वर्मा गुप्ता पटेल सिंह"))
_HAN = (_words("伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 艳"), _words("王 李 张 刘 陈 杨 赵 黄 周 吴"))
_KANA = (_words("さくら 翔太 美咲 健一 陽子 大輔"), _words("佐藤 鈴木 高橋 田中 渡辺 伊藤"))
_HANGUL = (_words("민준 서연 지훈 수빈 하은 도윤"), _words("김 이 박 최 정 강"))
_THAI = (_words("สมชาย มาลี นภา วิชัย อรุณ"), _words("ใจดี แสงทอง ศรีสุข วงศ์ใหญ่"))

# Script, how often out of a hundred, what stands between the names, whether the family name comes first.
_SCRIPTS = (
    (_LATIN, 70, " ", False),
    (_CYRILLIC, 8, " ", False),
    (_HAN, 5, "", True),
    (_KANA, 4, " ", True),
    (_ARABIC, 3, " ", False),
    (_GREEK, 3, " ", False),
    (_HANGUL, 3, "", True),
    (_DEVANAGARI, 2, " ", False),
    (_HEBREW, 1, " ", False),
    (_THAI, 1, " ", False),
)
_PREFIXES = _words("+45 +44 +1 +49 +33 +46 +39 +34 +48 +90 +7 +81 +86 +972 +966 +82 +30 +91 +66 +84")
_PHONE_LABELS = _words("mobile mobile mobile home work work other")
_MAIL_LABELS = _words("home home work other")
_HOSTS = _words("example.org example.com mail.example.net post.example.dk example.co.uk works.example")
_STREETS = (
    "High Street", "Station Road", "Church Lane", "Nørregade", "Vesterbrogade", "Hauptstraße", "Gartenweg",
    "Lindenallee", "rue de la Paix", "avenue Jean Jaurès", "via Garibaldi", "calle Mayor", "ulica Długa", "Elm Avenue",
    "Mill Hill", "улица Ленина", "中山路", "桜通り",
)  # fmt: skip
_TOWNS = (
    "Copenhagen", "Aarhus", "London", "Leeds", "Berlin", "Köln", "Lyon", "Paris", "Milano", "Madrid", "Gdańsk", "Kyiv",
    "İzmir", "Lisboa", "Göteborg", "Москва", "上海", "名古屋", "Boston", "Portland",
)  # fmt: skip
_FIRMS = (
    "Harbour & Sons", "Nordlys A/S", "Blue Kite Ltd", "Bäckerei Sommer", "Atelier Vert", "Studio Nove", "Tunnel Radio",
    "City Hospital", "Oak Street School", "Riverside Dental", "Kowalski Transport", "Кафе Весна",
)  # fmt: skip
_GROUPS = _words("family friends work chess choir school neighbours football climbing")
_NOTES = (
    "met at the station", "birthday in {month}", "likes tea, not coffee", "call after six", "owes me {number} crowns",
    "brother of {name}", "prefers text messages", "gate code {number}", "moved in {month}", "allergic to nuts",
    "from the climbing club", "speaks a little Danish", "ask about the boat", "plays the cello in a quartet",
    "husband is called {name}", "two children, {name} and {other}", "lent her the green tent", "vet for the cat",
)  # fmt: skip
_MONTHS = _words("January February March April May June July August September October November December")


def _favoured(chance: Random, names: Sequence[str]) -> str:
    """One of them, the earlier ones more often."""
    return names[int(len(names) * chance.random() ** 1.5)]


def _name(chance: Random) -> str:
    script, _, between, family_first = chance.choices(_SCRIPTS, [one[1] for one in _SCRIPTS])[0]
    given, family = _favoured(chance, script[0]), _favoured(chance, script[1])
    if chance.random() < 0.12:
        return given
    return between.join((family, given) if family_first else (given, family))


def _number(chance: Random) -> str:
    return _favoured(chance, _PREFIXES) + "".join(str(chance.randrange(10)) for _ in range(chance.choice((8, 9, 10))))


def _mail(chance: Random, name: str) -> str:
    plain = "".join(one for one in name.lower().replace(" ", ".") if one.isascii() and (one.isalnum() or one == "."))
    handle = plain.strip(".") or "".join(chance.choice("abdefhiklmnoprstu") for _ in range(6))
    return f"{handle}{chance.choice(('', '', chance.randrange(100)))}@{_favoured(chance, _HOSTS)}"


def _note(chance: Random) -> str:
    told = {
        "month": chance.choice(_MONTHS),
        "number": chance.randrange(10, 5_000),
        "name": _favoured(chance, _LATIN[0]),
        "other": _favoured(chance, _LATIN[0]),
    }
    return "; ".join(one.format(**told) for one in chance.sample(_NOTES, chance.choice((1, 1, 1, 2))))


def contact_sample(chance: Random) -> ContactSample:
    """One contact."""
    contact = Contact(name=_name(chance))
    for _ in range(chance.choices((0, 1, 2, 3), (4, 60, 28, 8))[0]):
        contact.phones.append(Labelled(label=chance.choice(_PHONE_LABELS), value=_number(chance)))
    for _ in range(chance.choices((0, 1, 2), (25, 60, 15))[0]):
        contact.mails.append(Labelled(label=chance.choice(_MAIL_LABELS), value=_mail(chance, contact.name)))
    if chance.random() < 0.5:
        street, house = chance.choice(_STREETS), chance.randrange(1, 200)
        contact.address = f"{street} {house}, {chance.randrange(1_000, 99_999)} {chance.choice(_TOWNS)}"
    if chance.random() < 0.4:
        contact.notes = _note(chance)
    if chance.random() < 0.4:
        contact.groups.extend(sorted(chance.sample(_GROUPS, chance.choice((1, 1, 2)))))
    if chance.random() < 0.06:
        contact.favourite = True
    if chance.random() < 0.2:
        contact.organisation = chance.choice(_FIRMS)
    return ContactSample(chance.randbytes(ITEM_ID_BYTES), contact)


def account_sample(seed: int, index: int, contacts: int) -> AccountSample:
    """The index-th subscriber of a seed, the same however many others there are."""
    chance = Random(f"{seed}/{index}")
    name = f"{chance.choice(('alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'))}-{index}"
    number = f"+4570{index:06d}"
    return AccountSample(name, number, tuple(contact_sample(chance) for _ in range(contacts)))


def world(seed: int, *, accounts: int = 2, contacts: int = 1_000) -> World:
    """All subscribers of a seed, each with so many contacts."""
    return World(seed, tuple(account_sample(seed, index, contacts) for index in range(accounts)))

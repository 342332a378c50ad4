"""Cards into a server and out of it, by the verbs of its control socket. D6, T8."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from control_desk import ControlDesk
from thinline.errors import LocalError
from thinline.reasons import Reason
from thinline_server.requests import GetBlob, ListItems, Refused
from thinline_tools.cards import export_cards, import_cards
from thinline_tools.exchange import Exported, Imported

FIXTURES = Path(__file__).parents[1] / "fixtures" / "vcard"
BOOKS = sorted(path for path in FIXTURES.glob("*.vcf") if path.stem != "broken")


def exported(desk: ControlDesk, path: Path) -> tuple[Exported, bytes]:
    with path.open("wb") as file:
        result = export_cards(desk, "alice", file)
    return result, path.read_bytes()


def cards_of(data: bytes) -> list[bytes]:
    """What one sees of cards that stand in a row, in any order."""
    return sorted(part for part in data.replace(b"END:VCARD\r\n", b"END:VCARD\r\n\0").split(b"\0") if part)


def test_what_went_in_comes_out_byte_for_byte_and_twice_is_once(tmp_path: Path) -> None:
    """X8; spec ITEM-13, CONTACT-3, CONTACT-4."""
    desk = ControlDesk()
    assert import_cards(desk, "alice", BOOKS) == Imported(new=8)
    assert import_cards(desk, "alice", BOOKS) == Imported(there=8)
    result, data = exported(desk, tmp_path / "out.vcf")
    assert result == Exported(written=8)
    for book in BOOKS:
        for card in cards_of(book.read_bytes()):
            assert card.removesuffix(b"\0") in data
    assert len(data) == sum(book.stat().st_size for book in BOOKS)


def test_which_card_is_refused_and_why_is_told(tmp_path: Path) -> None:
    desk = ControlDesk()
    seen: list[tuple[int, float]] = []
    empty = tmp_path / "empty.vcf"
    empty.write_bytes(b"")
    result = import_cards(desk, "alice", [FIXTURES / "broken.vcf", empty], lambda *told: seen.append(told))
    told = [(trouble.where.removeprefix(str(FIXTURES)), trouble.why) for trouble in result.troubles]
    assert told == [
        ("/broken.vcf: line 1", "this stands outside of any card"),
        ("/broken.vcf: card 1, line 2", "it has no END:VCARD"),
        ("/broken.vcf: line 14", "this stands outside of any card"),
        (str(empty), "there is no card in it"),
    ]
    ((cards, share),) = seen
    assert (result.new, result.refused, cards) == (1, 1, 2)
    assert 0.9 < share < 1.0, "what stands behind the last card is read after it"
    assert result.told()["troubles"][0]["lost"] is True


def test_cards_go_in_batches_of_bounded_size(tmp_path: Path) -> None:
    desk = ControlDesk()
    many = tmp_path / "many.vcf"
    card = b"BEGIN:VCARD\nFN:Person %d\nEND:VCARD\n"
    large = b"BEGIN:VCARD\nNOTE:%d" + b"x" * 2_500_000 + b"\nEND:VCARD\n"
    many.write_bytes(b"".join([card % at for at in range(36)] + [large % at for at in range(2)]))
    assert import_cards(desk, "alice", [many]) == Imported(new=38)
    assert desk.asked == ["account.show", *["items.take"] * 4]
    result, data = exported(desk, tmp_path / "out.vcf")
    assert (result.written, len(data)) == (38, many.stat().st_size)


def test_an_account_that_changes_meanwhile_is_read_again(tmp_path: Path) -> None:
    desk = ControlDesk()
    import_cards(desk, "alice", [FIXTURES / "google3.vcf"])
    plain, left = desk.ask, [1]

    def ask(verb: str, attached: Sequence[bytes] = (), **arguments: Any) -> Any:
        answer = plain(verb, attached, **arguments)
        if verb == "items.list" and left:
            left.pop()
            import_cards(desk, "alice", [FIXTURES / "apple3.vcf"])
        return answer

    desk.ask = ask  # type: ignore[method-assign]
    assert exported(desk, tmp_path / "out.vcf")[0] == Exported(written=4)


def test_a_damaged_part_is_walked_around_and_told(tmp_path: Path) -> None:
    desk = ControlDesk()
    import_cards(desk, "alice", [FIXTURES / "apple3.vcf"])
    desk.served.answers[GetBlob] = Refused(Reason.STORE_FAILED, "damaged")
    result, data = exported(desk, tmp_path / "out.vcf")
    assert result.written == 2
    assert sorted(trouble.why for trouble in result.troubles) == [
        "its card cannot be read (damaged); written from its fields",
        "its card cannot be read (damaged); written from its fields",
        "its photo cannot be read: damaged",
    ]
    assert "FN:Dr. Astrid Marie Sørensen".encode() in data


def test_whose_contacts_there_are_not_is_a_sentence(tmp_path: Path) -> None:
    desk = ControlDesk()
    with pytest.raises(LocalError, match="there is no account nobody"):
        import_cards(desk, "nobody", [FIXTURES / "apple3.vcf"])
    with pytest.raises(LocalError, match="there is no account nobody"), (tmp_path / "x").open("wb") as file:
        export_cards(desk, "nobody", file)
    assert ListItems not in map(type, desk.served.asked)

"""The shipped dictionary: never another under its id, and worth its bytes on a slow radio."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from thinline.codec import encode_body, join_packet, number_body, squeeze_body
from thinline.frames import Direction, Window
from thinline.history import Point
from thinline.items import Head
from thinline.types import Collection
from thinline.v1.contacts_pb2 import Contact
from thinline.windows import Candidate, Cursor, next_sweep, window
from thinline_tools import gendict

RELEASED = {
    "heads-1.zdict": "e8bd559bd804e3aff04f62f805ccef69fceca02af7ec2d0cc02603aa78c6f08e",
    "heads-2.zdict": "b51cc982e6266158341820273a39591cc3abc32523d0aa92bb415e862bf685c5",
}
TOP = 1_001


def test_a_released_dictionary_never_changes() -> None:
    """Spec FRAME-13: a better one gets the next id."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in gendict.PATH.parent.glob("*.zdict")}
    assert found == RELEASED


def test_training_repeats_itself_and_check_tells_a_difference(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gendict, "_SEEDS", range(1_000, 1_003))
    monkeypatch.setattr(gendict, "PATH", tmp_path / "d" / "heads-2.zdict")
    monkeypatch.setattr("sys.argv", ["gendict", "--check"])
    assert gendict.main() == 1
    monkeypatch.setattr("sys.argv", ["gendict"])
    assert gendict.main() == 0
    monkeypatch.setattr("sys.argv", ["gendict", "--check"])
    assert gendict.main() == 0
    assert "is what this environment trains" in capsys.readouterr().out
    assert 8_192 <= len(gendict.PATH.read_bytes()) <= 16_384


def in_order(heads: list[Head]) -> list[Candidate]:
    return sorted(
        Candidate(Contact.FromString(one.fields).name.casefold().encode()[:24] + one.item, one) for one in heads
    )


def refill(rows: list[Candidate], chunk_bytes: int) -> Iterator[Window]:
    cursor = Cursor()
    while not cursor.covers(TOP):
        sweep = next_sweep(cursor, TOP)
        left = [row for row in rows if row.key > sweep.key]
        cut = window(left, sweep, room_bytes=chunk_bytes, budget_bytes=1 << 30, complete=True)
        cursor = cut.cursor
        proof = hashlib.sha256(cursor.encode()).digest()[:16]
        yield Window(Collection.COLLECTION_CONTACTS, cut.heads, cursor.encode(), Point(TOP, proof), cut.more)


@pytest.mark.parametrize("chunk_bytes", [16_384, 1_250])
def test_a_refill_of_a_thousand_contacts_is_ninety_kilobytes(chunk_bytes: int) -> None:
    """N3, as far as windows go, of a world that the dictionary was not trained on."""
    rows = in_order(list(gendict.heads_of(1, 1_000)))
    bodies = [encode_body(one, Direction.DOWN) for one in refill(rows, chunk_bytes)]
    costs = {
        dictionary: sum(
            len(join_packet([number_body(number, squeeze_body(body, Direction.DOWN, dictionary))]))
            for number, body in enumerate(bodies, 3)
        )
        for dictionary in (0, 1, 2)
    }
    assert max(costs[1], costs[2]) <= 90_000
    assert max(costs[1], costs[2]) < costs[0] < sum(map(len, bodies))


def test_the_second_dictionary_knows_mails() -> None:
    """N4, as far as windows go: a tenth and more is saved against the first, of mails it was not trained on."""
    heads = list(gendict.mails_of(1, 200))
    bodies = [
        encode_body(one, Direction.DOWN) for one in refill(sorted(Candidate(head.item, head) for head in heads), 1_250)
    ]
    costs = [sum(len(squeeze_body(body, Direction.DOWN, dictionary)) for body in bodies) for dictionary in (0, 1, 2)]
    assert costs[2] < 0.9 * costs[1] < costs[1] < costs[0]

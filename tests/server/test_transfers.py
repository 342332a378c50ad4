"""Parts over one link: turns, offsets, and credit that follows the disk."""

from __future__ import annotations

import pytest

from thinline import frames
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.v1 import line_pb2
from thinline_server.asks import Download, Upload
from thinline_server.requests import PutChunk, PutState, Refused
from thinline_server.transfers import Transfers

ACCOUNT = b"account1"
HASH = bytes(range(32))
CREDIT = LIMITS.credit_bytes


@pytest.fixture
def transfers() -> Transfers:
    return Transfers()


def test_an_answer_that_nothing_follows_opens_nothing(transfers: Transfers) -> None:
    assert transfers.begin(1, None) is None
    assert (len(transfers), transfers.piece(100)) == (0, None)


def test_a_part_goes_down_in_chunks_from_its_offset_to_its_end(transfers: Transfers) -> None:
    data = bytes(range(200))
    transfers.begin(1, Download(data, 20))
    pieces = [transfers.piece(132), transfers.piece(132)]
    assert pieces == [frames.Chunk(1, 20, data[20:120]), frames.Chunk(1, 120, data[120:], last=True)]
    assert (len(transfers), transfers.piece(132)) == (0, None)


def test_a_part_that_is_there_already_ends_with_an_empty_chunk(transfers: Transfers) -> None:
    transfers.begin(1, Download(b"whole", 5))
    assert transfers.piece(100) == frames.Chunk(1, 5, b"", last=True)


def test_parts_take_turns(transfers: Transfers) -> None:
    for ask in (1, 2):
        transfers.begin(ask, Download(bytes(100), 0))
    chunks = [transfers.piece(82) for _ in range(4)]
    assert [(one.ask, one.last) for one in chunks if one] == [(1, False), (2, False), (1, True), (2, True)]


def test_what_one_link_has_loaded_is_bounded(transfers: Transfers) -> None:
    """T5: many asks for a large part do not fill the memory; a single one is always served."""
    assert transfers.begin(1, Download(bytes(LIMITS.blob_bytes), 0)) is None
    refused = transfers.begin(2, Download(b"a", 0))
    assert refused is not None
    assert refused.reason is Reason.LIMIT
    assert len(transfers) == 1


def test_pieces_come_up_until_the_part_is_whole(transfers: Transfers) -> None:
    transfers.begin(3, Upload(HASH, 4))
    assert len(transfers) == 1
    first, last = frames.Chunk(3, 0, b"ab"), frames.Chunk(3, 2, b"cd", last=True)
    assert transfers.came(ACCOUNT, first) == PutChunk(ACCOUNT, HASH, 4, 0, b"ab")
    assert transfers.stored(first, PutState(2, whole=False)) is None
    assert transfers.came(ACCOUNT, last) == PutChunk(ACCOUNT, HASH, 4, 2, b"cd")
    told = transfers.stored(last, PutState(4, whole=True))
    assert told == frames.Answer(3, line_pb2.PutReady(offset=4).SerializeToString())
    assert len(transfers) == 0


def test_a_refused_piece_ends_the_part_and_what_is_under_way_is_passed_over(transfers: Transfers) -> None:
    transfers.begin(3, Upload(HASH, 4))
    pieces = [frames.Chunk(3, at, b"ab") for at in (0, 2)]
    for piece in pieces:
        transfers.came(ACCOUNT, piece)
    refused = Refused(Reason.OFFSET)
    assert transfers.stored(pieces[0], refused) == refused
    assert transfers.stored(pieces[1], refused) is None
    assert transfers.came(ACCOUNT, pieces[0]) is None


def test_credit_follows_what_is_stored(transfers: Transfers) -> None:
    """Spec FLOW-2: absolute, and no more beyond what is stored than one allowance."""
    half = CREDIT // 2
    transfers.begin(3, Upload(HASH, 1 << 20))
    chunk = frames.Chunk(3, 0, bytes(half))
    transfers.came(ACCOUNT, chunk)
    assert transfers.credit(half, CREDIT) is None  # it came, and is not stored
    transfers.stored(chunk, PutState(half, whole=False))
    assert transfers.credit(half - 1, CREDIT) is None
    assert transfers.credit(half, CREDIT) == frames.Credit(half + CREDIT)

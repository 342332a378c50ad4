"""SMPP's units as bytes: known ones, and whatever else comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from thinline_server.services.sms.numbers import Address
from thinline_server.services.sms.pdu import (
    PDU_BYTES,
    Bind,
    Command,
    Message,
    Pdu,
    Splitter,
    Status,
    Tag,
    read_message,
    read_word,
    write_bind,
    write_message,
    write_word,
)

ALICE, CAROL = Address(1, 1, "15551"), Address(0, 1, "4412")
DIGITS = st.text("0123456789abcXYZ", max_size=20)
ADDRESSES = st.builds(Address, st.integers(0, 6), st.integers(0, 1), DIGITS)
MESSAGES = st.builds(
    Message,
    ADDRESSES,
    ADDRESSES,
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=254),
    st.booleans(),
    st.dictionaries(st.integers(0, 0x0400), st.binary(max_size=20), max_size=3),
)


def test_a_submit_is_as_the_specification_has_it() -> None:
    """Byte for byte: service type, source, destination, classes, times, flags, text."""
    pdu = Pdu(Command.SUBMIT_SM, Status.OK, 2, write_message(Message(ALICE, CAROL, 0x40, 8, b"\0T", receipt=True)))
    told = (
        b"\0\0\0\x2e" b"\0\0\0\x04" b"\0\0\0\0" b"\0\0\0\x02"
        b"\0" b"\x01\x0115551\0" b"\0\x014412\0" b"\x40\0\0" b"\0\0" b"\x01\0\x08\0" b"\x02\0T"
    )  # fmt: skip
    assert pdu.encode() == told[:3] + bytes([len(told)]) + told[4:]
    assert Splitter().feed(pdu.encode()) == [pdu]


def test_a_bind_is_as_the_specification_has_it() -> None:
    assert write_bind(Bind("thinline", "tea", "VMA")) == b"thinline\0tea\0VMA\0\x34\0\0\0"
    assert write_bind(Bind("n\0" * 20, "longer than eight")).count(b"\0") == 6, "nothing in it ends early"


@given(MESSAGES)
def test_a_message_comes_back_as_it_went(message: Message) -> None:
    assert read_message(write_message(message)) == message


def test_a_long_text_goes_as_a_payload() -> None:
    message = Message(ALICE, CAROL, 0, 0, b"x" * 300)
    back = read_message(write_message(message))
    assert back is not None
    assert (back.text, back.tags[Tag.PAYLOAD]) == (b"x" * 300, b"x" * 300)


def test_a_number_in_a_tag() -> None:
    message = Message(ALICE, CAROL, 0, 0, b"", tags={Tag.REFERENCE: b"\x01\x02", Tag.SEGMENT: b"\x02"})
    assert (message.number(Tag.REFERENCE), message.number(Tag.SEGMENT), message.number(Tag.SEGMENTS)) == (258, 2, 0)


def test_a_word() -> None:
    assert read_word(write_word("m1")) == "m1"
    assert read_word(b"no end") == read_word(b"") == ""
    assert len(write_word("x" * 100)) == 65


@given(st.lists(st.builds(Pdu, st.integers(0, 99), st.just(0), st.integers(0, 9), st.binary(max_size=9)), max_size=5))
def test_units_are_found_however_they_are_cut(units: list[Pdu]) -> None:
    stream = b"".join(unit.encode() for unit in units)
    splitter = Splitter()
    found = [unit for at in range(0, len(stream), 7) for unit in splitter.feed(stream[at : at + 7])]
    assert found == units
    assert not splitter.broken


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_message_or_none(body: bytes) -> None:
    """Bounded, and nothing raises."""
    message = read_message(body)
    assert message is None or len(message.text) <= len(body)


def test_a_length_that_can_not_be_ends_the_stream() -> None:
    for length in (0, 15, PDU_BYTES + 1, 0xFFFF_FFFF):
        splitter = Splitter()
        sound = Pdu(Command.ENQUIRE_LINK, 0, 1)
        assert splitter.feed(sound.encode() + length.to_bytes(4, "big") + bytes(12)) == [sound]
        assert splitter.broken
        assert splitter.feed(sound.encode()) == []


def test_a_message_that_is_cut_anywhere_is_none() -> None:
    body = write_message(Message(ALICE, CAROL, 0, 0, b"Tea?", tags={5: b"abc"}))
    whole = [at for at in range(len(body) + 1) if read_message(body[:at]) is not None]
    assert whole == [len(body) - 7, len(body)], "without its tag, and with it"

"""What comes becomes items that the service itself takes, whatever it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from centres import text_from
from thinline.merge import Content
from thinline.v1.sms_pb2 import Text
from thinline_server.services.sms import Texts
from thinline_server.services.sms.arrival import Arrival, arrival_of, item_of, read_detail
from thinline_server.services.sms.coding import Coding
from thinline_server.services.sms.headers import Place
from thinline_server.services.sms.numbers import Address
from thinline_server.services.sms.pdu import Message, Tag
from thinline_server.services.sms.rules import TEXT_TYPE

TEA = Arrival("+4412", "+15551", Coding.GSM, False, b"Tea?")


def text_of(*parts: Arrival | None) -> Text:
    return Text.FromString(item_of(parts, bytes(32), 86_400_000).fields)


def test_a_message_is_read() -> None:
    """Spec SMS-7."""
    assert arrival_of(text_from("+4412", "+15551", b"Tea?")) == TEA
    part = arrival_of(text_from("+4412", "+15551", b"\5\0\3\7\2\1Tea?", esm_class=0x40, coding=0xF0))
    assert (part.place, part.data, part.flash) == (Place(7, 2, 1), b"Tea?", True)
    tags = {Tag.REFERENCE: b"\1\7", Tag.SEGMENTS: b"\2", Tag.SEGMENT: b"\2"}
    assert arrival_of(text_from("+4412", "+15551", b"Tea?", tags=tags)).place == Place(263, 2, 2)


def test_it_is_kept_and_read_again() -> None:
    for one in (TEA, Arrival("TEA SHOP", "1555", Coding.UCS2, True, b"\0x", Place(7, 2, 1))):
        assert read_detail(one.detail(), one.data) == one
    assert TEA.seal != Arrival("+4413", "+15551", Coding.GSM, False, b"Tea?").seal


def test_a_text_is_shown_with_its_gaps() -> None:
    """Spec SMS-8."""
    assert text_of(TEA) == Text(number="+4412", text="Tea?", date_s=86_400)
    assert text_of(None, TEA) == Text(number="+4412", text="[…] Tea?", date_s=86_400, missing=1)


def test_what_controls_is_a_space_but_for_the_alphabet_s_own_breaks() -> None:
    told = Arrival("+4412", "+15551", Coding.LATIN, False, b"a\x1b[31mb\0c\r\n\x0cd\x85")
    assert text_of(told).text == "a [31mb c\r\n\fd "


def test_a_text_that_no_head_holds_is_a_part() -> None:
    """Spec SMS-8: nothing is lost."""
    long = Arrival("+4412", "+15551", Coding.UCS2, False, "长".encode("utf-16-be") * 2_000)
    item = item_of((long,), bytes(32), 0)
    assert Text.FromString(item.fields).text == "长" * 1_024
    assert item.parts == (("text", "长".encode() * 2_000),)


ADDRESSES = st.builds(Address, st.integers(0, 9), st.integers(0, 1), st.text(max_size=30))
MESSAGES = st.builds(
    Message,
    ADDRESSES,
    ADDRESSES,
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=300),
    st.booleans(),
    st.dictionaries(st.sampled_from(list(Tag)), st.binary(max_size=5)),
)


@given(MESSAGES, st.booleans())
def test_whatever_comes_is_an_item_that_the_service_takes(message: Message, alone: bool) -> None:
    """Spec SMS-2: bidi, zero width, controls, and bytes of any coding."""
    arrival = arrival_of(message)
    item = item_of((arrival,) if alone else (None, arrival, None), bytes(32), 10**12)
    assert Texts().check(TEXT_TYPE, Content(item.fields)) is None
    assert read_detail(arrival.detail(), arrival.data) == arrival

"""A session with a message centre, played against a centre of the same bytes. X7."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from centres import text_from
from thinline_server.services.sms.esme import Esme, Pace, State
from thinline_server.services.sms.events import (
    Answer,
    Answered,
    Arrived,
    Bound,
    Came,
    Close,
    Closed,
    Drain,
    Opened,
    Output,
    Refused,
    Slowed,
    Submit,
    Transmit,
    Unanswered,
    Unsent,
    Woke,
)
from thinline_server.services.sms.pdu import (
    Bind,
    Command,
    Pdu,
    Splitter,
    Status,
    read_message,
    write_message,
    write_word,
)

PACE = Pace(window=2)
TEXT = text_from("+1555", "+4412", b"Tea?")


class Played:
    """The session, and what the centre heard."""

    def __init__(self, pace: Pace = PACE, *, bound: bool = True) -> None:
        self.esme = Esme(Bind("thinline", "tea"), pace)
        self.now = 0.0
        self.sequences: list[int] = []
        self._splitter = Splitter()
        self.heard: list[Pdu] = []
        self.told(Opened())
        if bound:
            assert self.answer(status=0) == [Bound()]

    def told(self, event: object) -> list[Output]:
        """All that follows but what is transmitted."""
        out = self.esme.handle(event, self.now)  # type: ignore[arg-type]
        for one in out:
            if isinstance(one, Transmit):
                self.heard += self._splitter.feed(one.data)
        return [one for one in out if not isinstance(one, Transmit)]

    def answer(self, status: int = 0, body: bytes = b"", sequence: int = 0) -> list[Output]:
        """The centre answers the newest request, or one of a sequence number."""
        pdu = next(one for one in reversed(self.heard) if sequence in (0, one.sequence))
        return self.told(Arrived(pdu.response(status, body).encode()))

    def post(self, command: int, body: bytes = b"", sequence: int = 7) -> list[Output]:
        return self.told(Arrived(Pdu(command, 0, sequence, body).encode()))

    def submit(self, key: int) -> list[Output]:
        return self.told(Submit(key, TEXT))

    @property
    def commands(self) -> list[int]:
        return [pdu.command for pdu in self.heard]


def test_it_binds_as_a_transceiver() -> None:
    one = Played(bound=False)
    assert one.heard == [Pdu(Command.BIND_TRANSCEIVER, 0, 1)] or one.heard[0].body == b"thinline\0tea\0\0\x34\0\0\0"
    assert one.esme.wake_at_s == PACE.answer_s
    assert one.submit(1) == []
    assert one.answer() == [Bound()]
    assert one.commands[-1] == Command.SUBMIT_SM, "what waited goes out"


def test_a_bind_that_is_refused_or_not_answered_ends_it() -> None:
    one = Played(bound=False)
    assert one.submit(1) == []
    assert one.answer(Status.INVALID_PASSWORD) == [
        Refused(Status.INVALID_PASSWORD),
        Close("the message centre does not let us in: wrong password"),
        Unsent(1),
    ]
    strange = Played(bound=False)
    assert strange.post(Command.GENERIC_NACK)[0] == Refused(Status.BIND_FAILED)
    silent = Played(bound=False)
    silent.now = silent.esme.wake_at_s
    assert silent.told(Woke()) == [Close("the message centre does not answer")]
    assert silent.esme.wake_at_s == float("inf")


def test_a_message_is_taken_under_a_name_or_refused() -> None:
    one = Played()
    one.submit(5)
    assert read_message(one.heard[-1].body) == TEXT
    assert one.answer(body=write_word("m1")) == [Answered(5, Status.OK, "m1")]
    one.submit(6)
    assert one.answer(Status.INVALID_DESTINATION) == [Answered(6, Status.INVALID_DESTINATION)]
    one.submit(7)
    nack = Pdu(Command.GENERIC_NACK, Status.INVALID_COMMAND, one.heard[-1].sequence)
    assert one.told(Arrived(nack.encode())) == [Answered(7, Status.INVALID_COMMAND)]
    assert one.told(Arrived(nack.encode())) == [], "an answer to nothing that was asked"


def test_no_more_is_under_way_than_the_window() -> None:
    one = Played()
    for key in range(4):
        one.submit(key)
    assert one.commands.count(Command.SUBMIT_SM) == 2
    one.answer(sequence=2)
    assert one.commands.count(Command.SUBMIT_SM) == 3


def test_a_busy_centre_has_its_time_and_longer_each_time() -> None:
    one = Played()
    one.submit(1)
    assert one.answer(Status.THROTTLED) == [Slowed(1.0)]
    one.submit(2)
    assert one.commands.count(Command.SUBMIT_SM) == 1
    assert one.esme.wake_at_s == 1.0
    one.now = 1.0
    assert one.told(Woke()) == []
    assert one.commands.count(Command.SUBMIT_SM) == 3
    assert one.answer(Status.QUEUE_FULL) == [Slowed(3.0)]
    assert one.answer(Status.THROTTLED, sequence=3) == [Slowed(3.0)], "one pause for both"
    one.now = 3.0
    one.told(Woke())
    assert one.answer() == [Answered(1, Status.OK)] or one.answer() == []


def test_what_is_cut_off_is_unknown_and_what_waits_was_not_sent() -> None:
    """X7."""
    one = Played()
    for key in range(3):
        one.submit(key)
    assert one.told(Closed()) == [Unanswered(0), Unanswered(1), Unsent(2)]
    assert one.submit(4) == [Unsent(4)]
    assert one.told(Arrived(b"more")) == one.told(Closed()) == one.told(Answer(7, 0)) == []


def test_what_waits_can_be_given_back() -> None:
    one = Played()
    for key in range(3):
        one.submit(key)
    assert one.told(Drain()) == [Unsent(2)]


def test_a_message_that_is_not_answered_is_unknown_alone() -> None:
    """X7."""
    one = Played(Pace(window=1, submit_s=5.0))
    one.submit(1)
    one.submit(2)
    one.now = one.esme.wake_at_s
    assert one.told(Woke()) == [Unanswered(1)]
    assert one.commands.count(Command.SUBMIT_SM) == 2
    assert one.answer() == [Answered(2, Status.OK)]


def test_a_silent_centre_is_asked_and_left() -> None:
    one = Played()
    one.now = one.esme.wake_at_s
    assert one.now == PACE.silence_s
    assert one.told(Woke()) == []
    assert one.commands[-1] == Command.ENQUIRE_LINK
    assert one.answer() == []
    one.now = one.esme.wake_at_s
    one.told(Woke())
    one.submit(1)
    one.now = one.esme.wake_at_s
    assert one.now == 2 * PACE.silence_s + PACE.answer_s
    assert one.told(Woke()) == [Close("the message centre does not answer"), Unanswered(1)]


def test_a_message_comes_and_is_answered() -> None:
    one = Played()
    assert one.post(Command.DELIVER_SM, write_message(TEXT)) == [Came(7, TEXT)]
    assert one.post(Command.DELIVER_SM, write_message(TEXT)) == [], "the same number, while that is open"
    assert one.heard[-1].status == Status.QUEUE_FULL
    one.told(Answer(7, Status.OK))
    assert one.heard[-1] == Pdu(Command.DELIVER_SM_RESP, Status.OK, 7) or one.heard[-1].body == b"\0"
    assert one.esme.handle(Answer(7, Status.OK), 0.0) == [], "once"
    assert one.post(Command.DELIVER_SM, b"short") == []
    assert (one.heard[-1].command, one.heard[-1].status) == (Command.DELIVER_SM_RESP, Status.INVALID_LENGTH)


def test_a_flood_is_told_to_come_again() -> None:
    one = Played()
    came = [one.post(Command.DELIVER_SM, write_message(TEXT), sequence) for sequence in range(100)]
    assert sum(map(len, came)) == 64
    assert [pdu.status for pdu in one.heard[1:]] == [Status.QUEUE_FULL] * 36


def test_the_centre_may_ask_and_end() -> None:
    one = Played()
    one.post(Command.ENQUIRE_LINK)
    assert one.commands[-1] == Command.ENQUIRE_LINK_RESP
    one.post(0x0103)
    assert (one.heard[-1].command, one.heard[-1].status) == (Command.GENERIC_NACK, Status.INVALID_COMMAND)
    assert one.post(Command.UNBIND) == [Close("the message centre ended the session")]
    assert one.commands[-1] == Command.UNBIND_RESP
    early = Played(bound=False)
    early.post(Command.DELIVER_SM, write_message(TEXT))
    assert early.commands[-1] == Command.GENERIC_NACK


def test_what_is_no_smpp_ends_it() -> None:
    one = Played()
    one.submit(1)
    assert one.told(Arrived(b"\0\0\0\x0f" + bytes(12))) == [
        Close("the message centre sent what is no SMPP"),
        Unanswered(1),
    ]
    assert (one.heard[-1].command, one.heard[-1].status) == (Command.GENERIC_NACK, Status.INVALID_LENGTH)


@given(st.lists(st.one_of(st.binary(max_size=60), st.integers(0, 5)), max_size=12))
def test_whatever_comes_each_message_has_one_fate(events: list[bytes | int]) -> None:
    """X7: of each one, and nothing raises."""
    one, fates = Played(), list[int]()
    for key, event in enumerate(events):
        if isinstance(event, int):
            out = one.submit(key)
        else:
            out = one.told(Arrived(Pdu(0x8000_0004, len(event) % 3, len(event) % 8, event).encode() + event[:3]))
        fates += [one.key for one in out if isinstance(one, Answered | Unanswered | Unsent)]
    fates += [one.key for one in one.told(Closed()) if isinstance(one, Answered | Unanswered | Unsent)]
    assert sorted(fates) == [key for key, event in enumerate(events) if isinstance(event, int)]
    assert one.esme.state is State.CLOSED

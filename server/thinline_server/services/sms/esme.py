"""One session with a message centre, as a machine: bytes and time in, bytes and facts out (SMPP 3.4).

It binds as a transceiver, asks after the other side when that is silent, has a window of messages under way, and goes
slower where the centre says so. Of each message that was given to it it tells one fate: an answer, that it certainly
was not sent, or that nobody can say. What is written may have arrived: with the session it becomes that last one (X7).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique

from thinline_server.services.sms.events import (
    Answer,
    Answered,
    Arrived,
    Bound,
    Came,
    Close,
    Closed,
    Drain,
    Input,
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
    RESPONSE,
    Bind,
    Command,
    Pdu,
    Splitter,
    Status,
    read_message,
    read_word,
    write_bind,
    write_message,
    write_word,
)

__all__ = ["Esme", "Pace", "State"]

_CAME_OPEN = 64  # messages from the centre that wait for our answer; further ones are told to come again
_SEQUENCES = 0x7FFF_FFFF
_SLOWER = (Status.THROTTLED, Status.QUEUE_FULL)


@unique
class State(Enum):
    """Where the session stands."""

    CLOSED = "closed"
    BINDING = "binding"
    BOUND = "bound"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long, and how many.

    Attributes:
        window: messages under way at most.
        answer_s: for the answer to the bind, and to whether it is there.
        submit_s: for the answer to a message.
        silence_s: after which the other side is asked whether it is there.
        slow_s, slowest_s: how long nothing is sent when the centre asks for it; twice as long each time it asks again.
        again_s, latest_s: between two sessions, likewise; the gateway's.
    """

    window: int = 10
    answer_s: float = 10.0
    submit_s: float = 60.0
    silence_s: float = 15.0
    slow_s: float = 1.0
    slowest_s: float = 60.0
    again_s: float = 1.0
    latest_s: float = 60.0


@dataclass(frozen=True, slots=True)
class _Sent:
    """Something of ours that waits for its answer; `submit` where it is a message."""

    until_s: float
    submit: Submit | None = None


class Esme:
    """The session.

    Args:
        bind: who we are.
        pace: of the session.
    """

    def __init__(self, bind: Bind, pace: Pace) -> None:
        self._bind = bind
        self._pace = pace
        self._splitter = Splitter()
        self._sequence = 0
        self._sent: dict[int, _Sent] = {}
        self._waiting: deque[Submit] = deque()
        self._came: set[int] = set()
        self._heard_s = 0.0
        self._slow_until_s = 0.0
        self._slower = 0  # how often the centre asked for it, one after another
        self.state = State.CLOSED

    @property
    def wake_at_s(self) -> float:
        """When `Woke` is due."""
        times = [sent.until_s for sent in self._sent.values()]
        if self.state is State.BOUND and not self._enquiring:
            times.append(self._heard_s + self._pace.silence_s)
        if self._waiting and self.state is State.BOUND and self._under_way < self._pace.window:
            times.append(self._slow_until_s)
        return min(times, default=float("inf"))

    @property
    def _under_way(self) -> int:
        return sum(sent.submit is not None for sent in self._sent.values())

    def _is_open(self) -> bool:
        return self.state is not State.CLOSED

    @property
    def _enquiring(self) -> bool:
        return any(sent.submit is None for sent in self._sent.values())

    def handle(self, told: Input, now: float) -> list[Output]:
        """All that follows from it."""
        match told:
            case Opened():
                self.state, self._heard_s = State.BINDING, now
                return [self._ask(Command.BIND_TRANSCEIVER, now, write_bind(self._bind))]
            case Arrived():
                return self._arrived(told.data, now)
            case Woke():
                return self._woke(now)
            case Closed():
                return self._lose()
            case Submit():
                if self.state is State.CLOSED:
                    return [Unsent(told.key)]
                self._waiting.append(told)
                return self._fill(now)
            case Answer():
                return self._answer(told)
            case Drain():
                return self._drain()

    def _ask(self, command: Command, now: float, body: bytes = b"", submit: Submit | None = None) -> Transmit:
        self._sequence = self._sequence % _SEQUENCES + 1
        patience_s = self._pace.submit_s if submit else self._pace.answer_s
        self._sent[self._sequence] = _Sent(now + patience_s, submit)
        return Transmit(Pdu(command, Status.OK, self._sequence, body).encode())

    def _fill(self, now: float) -> list[Output]:
        """Send what waits, as far as the window and the centre's patience go."""
        out: list[Output] = []
        while self.state is State.BOUND and self._waiting and self._under_way < self._pace.window:
            if now < self._slow_until_s:
                break
            submit = self._waiting.popleft()
            out.append(self._ask(Command.SUBMIT_SM, now, write_message(submit.message), submit))
        return out

    def _answer(self, told: Answer) -> list[Output]:
        if self.state is not State.BOUND or told.sequence not in self._came:
            return []
        self._came.discard(told.sequence)
        body = write_word("") if told.status == Status.OK else b""
        return [Transmit(Pdu(Command.DELIVER_SM_RESP, told.status, told.sequence, body).encode())]

    # What comes

    def _arrived(self, data: bytes, now: float) -> list[Output]:
        if not self._is_open():
            return []
        self._heard_s = now
        out: list[Output] = []
        for pdu in self._splitter.feed(data):
            out += self._heard(pdu, now) if self._is_open() else []
        if not self._is_open():
            return out
        if self._splitter.broken:
            nack = Pdu(Command.GENERIC_NACK, Status.INVALID_LENGTH, 0).encode()
            return [*out, Transmit(nack), *self._end("the message centre sent what is no SMPP")]
        return out + self._fill(now)

    def _heard(self, pdu: Pdu, now: float) -> list[Output]:
        if pdu.command & RESPONSE:
            return self._heard_answer(pdu, now)
        match pdu.command:
            case Command.ENQUIRE_LINK:
                return [Transmit(pdu.response().encode())]
            case Command.UNBIND:
                return [Transmit(pdu.response().encode()), *self._end("the message centre ended the session")]
            case Command.DELIVER_SM if self.state is State.BOUND:
                return self._heard_message(pdu)
            case _:
                return [Transmit(Pdu(Command.GENERIC_NACK, Status.INVALID_COMMAND, pdu.sequence).encode())]

    def _heard_message(self, pdu: Pdu) -> list[Output]:
        message = read_message(pdu.body)
        if message is None:
            return [Transmit(pdu.response(Status.INVALID_LENGTH).encode())]
        if len(self._came) >= _CAME_OPEN or pdu.sequence in self._came:
            return [Transmit(pdu.response(Status.QUEUE_FULL).encode())]
        self._came.add(pdu.sequence)
        return [Came(pdu.sequence, message)]

    def _heard_answer(self, pdu: Pdu, now: float) -> list[Output]:
        sent = self._sent.pop(pdu.sequence, None)
        if self.state is State.BINDING:
            return self._heard_bind(pdu)
        if sent is None or sent.submit is None:
            return []  # to nothing that was asked, or that the centre is there
        if pdu.status in _SLOWER:
            return self._slow(sent.submit, now)
        self._slower = 0
        name = read_word(pdu.body) if pdu.status == Status.OK else ""
        return [Answered(sent.submit.key, pdu.status, name)]

    def _heard_bind(self, pdu: Pdu) -> list[Output]:
        if pdu.command == Command.BIND_TRANSCEIVER_RESP and pdu.status == Status.OK:
            self.state = State.BOUND
            return [Bound()]
        return [Refused(pdu.status or Status.BIND_FAILED), *self._end(_refused(pdu.status))]

    def _slow(self, submit: Submit, now: float) -> list[Output]:
        """It was not taken, and is sent again once the centre had its time."""
        self._waiting.appendleft(submit)
        if now >= self._slow_until_s:
            wait_s = min(self._pace.slow_s * 2 ** min(self._slower, 16), self._pace.slowest_s)
            self._slow_until_s = now + wait_s
            self._slower += 1
        return [Slowed(self._slow_until_s)]

    # Time, and the end

    def _woke(self, now: float) -> list[Output]:
        late = {sequence: sent for sequence, sent in self._sent.items() if sent.until_s <= now}
        if any(sent.submit is None for sent in late.values()):
            return self._end("the message centre does not answer")
        out: list[Output] = []
        for sequence, sent in late.items():
            del self._sent[sequence]
            out += [Unanswered(sent.submit.key)] if sent.submit else []
        if self.state is State.BOUND and not self._enquiring and now >= self._heard_s + self._pace.silence_s:
            out.append(self._ask(Command.ENQUIRE_LINK, now))
        return out + self._fill(now)

    def _end(self, why: str) -> list[Output]:
        return [Close(why), *self._lose()]

    def _lose(self) -> list[Output]:
        """Each message has its fate: what was written may have arrived."""
        self.state = State.CLOSED
        written = [sent.submit for sent in self._sent.values() if sent.submit is not None]
        self._sent.clear()
        self._came.clear()
        return [*(Unanswered(one.key) for one in written), *self._drain()]

    def _drain(self) -> list[Output]:
        waited = list(self._waiting)
        self._waiting.clear()
        return [Unsent(one.key) for one in waited]


_WORDS: Mapping[int, str] = {
    Status.BIND_FAILED: "bind failed",
    Status.INVALID_PASSWORD: "wrong password",
    Status.INVALID_SYSTEM: "unknown system id",
}


def _refused(status: int) -> str:
    return f"the message centre does not let us in: {_WORDS.get(status, f'status {status:#06x}')}"

"""What goes between a server and its workers: one request, one answer, each a header and that many bytes.

    request   !BdQ: length of the job's name, deadline in seconds, length of the data; then the name and the data
    answer    !BBQ: outcome, 1 where the worker ends after this, length of the data; then the data

The outcome 0 carries the job's result, every other is a `Cause` and carries a sentence. A worker says one byte once it
is warm. It is believed no more than the stranger's bytes it works on: lengths are bounded, and an unknown outcome is a
crash.
"""

from __future__ import annotations

import struct
from enum import IntEnum, unique
from typing import BinaryIO, NamedTuple

from thinline.errors import LocalError

__all__ = [
    "ANSWER_BYTES",
    "ANSWER_HEADER",
    "INPUT_BYTES",
    "READY",
    "Answer",
    "AnswerHeader",
    "Cause",
    "Request",
    "WorkerError",
    "read_header",
    "read_request",
    "write_answer",
    "write_request",
]

INPUT_BYTES = 64 * 1024 * 1024
ANSWER_BYTES = 128 * 1024 * 1024
READY = b"\x06"
_REQUEST = struct.Struct("!BdQ")
_ANSWER = struct.Struct("!BBQ")
ANSWER_HEADER = _ANSWER.size


@unique
class Cause(IntEnum):
    """Why a job gave no result. All but the last two are the job's own: the same again would end the same."""

    TOO_SLOW = 1  # the deadline passed, or its CPU time
    TOO_BIG = 2  # it would have taken more memory than its input justifies
    CRASHED = 3  # the worker died, or the job raised what it should not
    REFUSED = 4  # the job says why it does not take these bytes
    FULL = 5  # too many jobs wait already: try again later
    STOPPED = 6  # the pool is closed


class WorkerError(LocalError):
    """A job gave no result.

    Attributes:
        job: its name.
        cause: why, for a program.
        detail: why, for a person; what a job says of the bytes it refuses.
    """

    def __init__(self, job: str, cause: Cause, detail: str) -> None:
        super().__init__(f"{job}: {detail}")
        self.job = job
        self.cause = cause
        self.detail = detail


class Request(NamedTuple):
    """One job."""

    job: str
    deadline_s: float
    data: bytes


class Answer(NamedTuple):
    """Its end; `cause` is None where `data` is the result, and `leaving` says that the worker ends now."""

    cause: Cause | None
    leaving: bool
    data: bytes


class AnswerHeader(NamedTuple):
    """What stands before an answer's bytes."""

    cause: Cause | None
    leaving: bool
    size_bytes: int


def write_request(request: Request) -> bytes:
    """The header and the name; the data goes behind it, uncopied."""
    name = request.job.encode("ascii")
    return _REQUEST.pack(len(name), request.deadline_s, len(request.data)) + name


def read_request(source: BinaryIO) -> Request | None:
    """The next request; None at the end, also where it ends amid one."""
    header = source.read(_REQUEST.size)
    if len(header) < _REQUEST.size:
        return None
    name_bytes, deadline_s, size = _REQUEST.unpack(header)
    name = source.read(name_bytes)
    data = source.read(size)
    if len(name) < name_bytes or len(data) < size:
        return None
    return Request(name.decode("ascii"), deadline_s, data)


def write_answer(sink: BinaryIO, answer: Answer) -> None:
    """Header and data, at once on their way."""
    sink.write(_ANSWER.pack(answer.cause or 0, answer.leaving, len(answer.data)))
    sink.write(answer.data)
    sink.flush()


def read_header(data: bytes) -> AnswerHeader:
    """What a worker says is coming.

    Raises:
        ValueError: no worker of ours says that.
    """
    outcome, leaving, size = _ANSWER.unpack(data)
    if size > ANSWER_BYTES:
        raise ValueError(f"an answer of {size} bytes")
    return AnswerHeader(Cause(outcome) if outcome else None, bool(leaving), size)

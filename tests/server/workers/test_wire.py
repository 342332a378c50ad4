"""What goes between server and worker, as bytes; lies are errors of a known kind."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline_server.workers.wire import (
    ANSWER_BYTES,
    ANSWER_HEADER,
    Answer,
    AnswerHeader,
    Cause,
    Request,
    WorkerError,
    read_header,
    read_request,
    write_answer,
    write_request,
)


def whole(request: Request) -> bytes:
    return write_request(request) + request.data


def test_a_request_arrives_as_it_was() -> None:
    sent = [Request("mime", 5.0, b"From: alice\r\n\r\n"), Request("picture", 0.25, b"")]
    source = BytesIO(b"".join(whole(one) for one in sent))
    assert [read_request(source), read_request(source), read_request(source)] == [*sent, None]


@pytest.mark.parametrize("length", range(25))
def test_a_request_that_is_cut_is_the_end(length: int) -> None:
    assert read_request(BytesIO(whole(Request("mime", 5.0, b"1234"))[:length])) is None


@pytest.mark.parametrize("cause", [None, *Cause])
def test_an_answer_s_header_arrives_as_it_was(cause: Cause | None) -> None:
    sink = BytesIO()
    write_answer(sink, Answer(cause, True, b"1234"))
    assert read_header(sink.getvalue()[:ANSWER_HEADER]) == AnswerHeader(cause, True, 4)
    assert sink.getvalue()[ANSWER_HEADER:] == b"1234"


@given(st.binary(min_size=ANSWER_HEADER, max_size=ANSWER_HEADER))
def test_any_header_gives_a_bounded_size_or_an_error(data: bytes) -> None:
    """Invariant T8."""
    try:
        header = read_header(data)
    except ValueError:
        return
    assert header.size_bytes <= ANSWER_BYTES


def test_an_error_says_which_job_and_why() -> None:
    error = WorkerError("mime", Cause.TOO_SLOW, "not done within 5 s")
    assert (str(error), error.job, error.cause) == ("mime: not done within 5 s", "mime", Cause.TOO_SLOW)

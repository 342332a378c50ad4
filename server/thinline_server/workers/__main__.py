"""A worker: `python -m thinline_server.workers MODULE PARENT`, on a socket that is its standard input.

It loads the jobs of a module, confines itself, says that it is ready, and then answers one request after another until
the socket ends. It has no other channel: what a library prints goes nowhere.
"""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Mapping
from typing import BinaryIO

from thinline.errors import LocalError
from thinline_server.workers.confine import confine, grown, measure, rein
from thinline_server.workers.jobs import Job
from thinline_server.workers.wire import READY, Answer, Cause, Request, read_request, write_answer

__all__ = ["main"]

_NO_MEMORY = Answer(Cause.TOO_BIG, True, b"it takes more memory than its input justifies")


def _run(jobs: Mapping[str, Job], request: Request) -> tuple[Cause | None, bytes]:
    """The job's result, or why there is none."""
    try:
        return None, jobs[request.job](request.data)
    except LocalError as error:
        return Cause.REFUSED, str(error).encode()
    except Exception as error:
        # Total: whatever a parser raises is an answer with a name (T8). MemoryError is `_serve`'s.
        if isinstance(error, MemoryError):
            raise
        return Cause.CRASHED, f"{type(error).__name__}: {error}".encode(errors="replace")


def _serve(jobs: Mapping[str, Job], source: BinaryIO, sink: BinaryIO) -> None:
    warm = measure()
    leaving = False
    while not leaving and (request := read_request(source)) is not None:
        rein(warm, len(request.data), request.deadline_s)
        try:
            cause, data = _run(jobs, request)
            leaving = grown(warm, len(request.data) + len(data))
            answer = Answer(cause, leaving, data)
        except MemoryError:
            leaving, answer = True, _NO_MEMORY
        write_answer(sink, answer)
        del request, answer


def main() -> None:
    """Be a worker until the server is gone."""
    module, parent = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jobs: Mapping[str, Job] = importlib.import_module(module).JOBS
    confine(int(parent))
    with open(0, "rb", closefd=False) as source, open(0, "wb", closefd=False) as sink:
        sink.write(READY)
        sink.flush()
        _serve(jobs, source, sink)


if __name__ == "__main__":
    main()

"""The pool: a few warm worker processes, and who waits for them.

Each worker is started as a fresh interpreter, never as a fork of the server with its threads, with an environment that
holds no secret, and joined to the server by one socket. When the server ends in whatever way, the socket ends and with
it the worker; the system kills one that is busy just then. A worker is started when there is work that no warm one is
free for, up to the pool's size, and stays.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from types import TracebackType
from typing import Self

import structlog

from thinline_server.workers.wire import (
    ANSWER_HEADER,
    INPUT_BYTES,
    READY,
    Answer,
    Cause,
    Request,
    WorkerError,
    read_header,
    write_request,
)

__all__ = ["Pool"]

_START_S = 30.0
_BUFFER_BYTES = 1024 * 1024
_BY_SIGNAL = {signal.SIGXCPU: Cause.TOO_SLOW}

_log = structlog.get_logger("thinline.workers")


class _Worker:
    """One process and the socket to it."""

    def __init__(self, module: str) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "thinline_server.workers", module, str(os.getpid())],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # One arena: each further one would take addresses, which are bounded.
                env={
                    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                    "MALLOC_ARENA_MAX": "1",
                    "LC_ALL": "C.UTF-8",
                },
                process_group=0,
            )
        self._socket = ours
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The streams, once the worker said that it is warm."""
        if self._streams is None:
            async with asyncio.timeout(_START_S):
                pair = self._socket  # of two ends in this machine, connected already
                self._streams = await asyncio.open_connection(sock=pair, limit=_BUFFER_BYTES)  # noqa: TID251
                await self._streams[0].readexactly(len(READY))
        return self._streams

    async def answer(self, request: Request) -> Answer:
        """What it makes of a request.

        Raises:
            WorkerError: TOO_SLOW or CRASHED; the worker is of no use any more.
        """
        try:
            reader, writer = await self._open()
            async with asyncio.timeout(request.deadline_s):
                writer.write(write_request(request))
                writer.write(request.data)
                await writer.drain()
                cause, leaving, size = read_header(await reader.readexactly(ANSWER_HEADER))
                return Answer(cause, leaving, await reader.readexactly(size))
        except TimeoutError as error:
            slow = f"not done within {request.deadline_s:g} s" if self._streams else f"no worker within {_START_S:g} s"
            raise WorkerError(request.job, Cause.TOO_SLOW, slow) from error
        except (EOFError, OSError, ValueError) as error:
            code = await self.end()
            cause = _BY_SIGNAL.get(signal.Signals(-code), Cause.CRASHED) if code < 0 else Cause.CRASHED
            raise WorkerError(request.job, cause, f"the worker ended with {code}") from error

    async def end(self) -> int:
        """Kill it, if it lives, and return its exit code."""
        if self._streams is not None:
            self._streams[1].transport.abort()
        else:
            self._socket.close()
        self.process.kill()
        return await asyncio.to_thread(self.process.wait)


class Pool:
    """Workers for jobs; an async context, outside of which there is no process.

    Args:
        size: workers at most.
        waiting: jobs at most that wait for one.
        jobs: the module that holds the registry `JOBS`; the worker imports it.
        warm: workers to start at once; 0 where there may never be a job.
    """

    def __init__(
        self, size: int = 2, waiting: int = 64, jobs: str = "thinline_server.workers.jobs", warm: int = 1
    ) -> None:
        self._module = jobs
        self._warm = warm
        self._most_waiting = waiting
        self._places = asyncio.Semaphore(size)
        self._waiting = 0
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._closed = True

    async def __aenter__(self) -> Self:
        """Start the first workers; they get warm meanwhile."""
        self._closed = False
        self._idle += [_Worker(self._module) for _ in range(self._warm)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all workers; jobs in them end as STOPPED."""
        self._closed = True
        for worker in [*self._idle, *self._busy]:
            await worker.end()
        self._idle.clear()

    async def run(self, job: str, data: bytes, deadline_s: float) -> bytes:
        """The result of a job of that name.

        Args:
            job: its name in the registry.
            data: its input, at most 64 MiB.
            deadline_s: how long it may take, from when a worker has it; the wait for one comes on top.

        Raises:
            WorkerError: with the cause. The same again makes sense after FULL, and in another pool after STOPPED.
        """
        if len(data) > INPUT_BYTES:
            raise WorkerError(job, Cause.TOO_BIG, f"{len(data)} bytes are more than {INPUT_BYTES}")
        await self._take_place(job)
        try:
            answer = await self._answer(Request(job, deadline_s, data))
        finally:
            self._places.release()
        if answer.cause is not None:
            raise WorkerError(job, answer.cause, answer.data.decode(errors="replace"))
        return answer.data

    async def _take_place(self, job: str) -> None:
        if self._waiting >= self._most_waiting:
            raise WorkerError(job, Cause.FULL, f"{self._waiting} jobs wait already; try again later")
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1

    async def _take_worker(self) -> _Worker:
        """A warm one, else a new one."""
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await worker.end()
        return _Worker(self._module)

    async def _answer(self, request: Request) -> Answer:
        if self._closed:
            raise WorkerError(request.job, Cause.STOPPED, "the server is stopping")
        worker = await self._take_worker()
        self._busy.add(worker)
        kept = False
        try:
            answer = await worker.answer(request)
            kept = not answer.leaving and not self._closed
        except WorkerError as error:
            if self._closed:
                raise WorkerError(request.job, Cause.STOPPED, "the server is stopping") from error
            _log.warning("worker replaced", job=request.job, cause=error.cause.name, detail=error.detail)
            raise
        finally:
            self._busy.discard(worker)
            if not kept:
                await worker.end()
            if not self._closed:
                self._idle.append(worker if kept else _Worker(self._module))
        return answer

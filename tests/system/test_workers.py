"""Workers as processes: each way to die has its name, costs one job, and leaves no process behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from thinline_server.workers.pool import Pool
from thinline_server.workers.wire import Cause, WorkerError
from waiting import until

JOBS = "worker_jobs"
PATIENCE_S = 20.0


def pool(size: int = 1, waiting: int = 64) -> Pool:
    return Pool(size, waiting, JOBS)


async def cause_of(workers: Pool, job: str, data: bytes = b"", deadline_s: float = PATIENCE_S) -> Cause:
    with pytest.raises(WorkerError) as caught:
        await workers.run(job, data, deadline_s)
    assert caught.value.job == job
    return caught.value.cause


async def pid(workers: Pool) -> int:
    return int(await workers.run("pid", b"", PATIENCE_S))


@pytest.mark.parametrize(
    ("job", "data", "deadline_s", "cause"),
    [
        ("spin", b"", 0.2, Cause.TOO_SLOW),
        ("wait", b"", 0.2, Cause.TOO_SLOW),
        ("die", b"%d" % signal.SIGXCPU, PATIENCE_S, Cause.TOO_SLOW),
        ("eat", b"300", PATIENCE_S, Cause.TOO_BIG),
        ("die", b"%d" % signal.SIGSEGV, PATIENCE_S, Cause.CRASHED),
        ("leave", b"", PATIENCE_S, Cause.CRASHED),
        ("lie", b"", PATIENCE_S, Cause.CRASHED),
    ],
)
async def test_a_worker_that_dies_is_replaced(job: str, data: bytes, deadline_s: float, cause: Cause) -> None:
    """Invariants T5 and T8: bounded time and memory, and a named end."""
    async with pool() as workers:
        before = await pid(workers)
        assert await cause_of(workers, job, data, deadline_s) is cause
        assert await pid(workers) != before


@pytest.mark.parametrize(
    ("job", "cause", "detail"),
    [
        ("refuse", Cause.REFUSED, "it is no mail"),
        ("fail", Cause.CRASHED, "ValueError: a bug"),
        ("recurse", Cause.CRASHED, "RecursionError: maximum recursion depth exceeded"),
        ("no such job", Cause.CRASHED, "KeyError: 'no such job'"),
        ("open", Cause.CRASHED, "OSError: [Errno 24] Too many open files: '/dev/null'"),
    ],
)
async def test_what_a_job_raises_is_told_and_its_worker_stays(job: str, cause: Cause, detail: str) -> None:
    async with pool() as workers:
        before = await pid(workers)
        with pytest.raises(WorkerError) as caught:
            await workers.run(job, b"", PATIENCE_S)
        assert (caught.value.cause, caught.value.detail) == (cause, detail)
        assert await pid(workers) == before


async def test_a_neighbour_is_unharmed(tmp_path: Path) -> None:
    """Bob's mail is read while alice's kills its worker."""
    began = tmp_path / "began"
    os.mkfifo(began)
    async with pool(size=2) as workers, asyncio.TaskGroup() as group:
        alice = group.create_task(cause_of(workers, "wait", os.fsencode(began), 1.0))
        await asyncio.to_thread(began.read_bytes)
        bob = await workers.run("echo", b"bob", PATIENCE_S)
        assert not alice.done()
        assert (bob, await alice) == (b"bob", Cause.TOO_SLOW)


async def test_megabytes_go_through_and_what_a_library_prints_does_not() -> None:
    data = bytes(range(256)) * 100_000
    async with pool() as workers:
        assert await workers.run("echo", data, PATIENCE_S) == data


async def test_a_worker_that_kept_too_much_goes_after_its_answer() -> None:
    async with pool() as workers:
        small = int(await workers.run("keep", b"1", PATIENCE_S))
        large = int(await workers.run("keep", b"40", PATIENCE_S))
        assert small == large
        assert await pid(workers) != large


async def test_a_worker_can_not_write_a_file(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    async with pool() as workers:
        assert await cause_of(workers, "write", os.fsencode(victim)) is Cause.CRASHED
    assert victim.read_bytes() == b""


async def test_a_worker_knows_no_secret_of_the_server_and_loads_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THINLINE_RELAY_PASSWORD", "secret")
    async with pool() as workers:
        names = (await workers.run("environment", b"", PATIENCE_S)).decode().split()
        modules = (await workers.run("modules", b"", PATIENCE_S)).decode().split()
    assert "THINLINE_RELAY_PASSWORD" not in names
    assert not {"asyncio", "structlog", "apsw", "grpc", "thinline_server.app", "thinline_server.store"} & set(modules)


async def test_who_waits_too_long_a_queue_is_told_at_once(tmp_path: Path) -> None:
    began = tmp_path / "began"
    os.mkfifo(began)
    async with pool(size=1, waiting=1) as workers, asyncio.TaskGroup() as group:
        group.create_task(cause_of(workers, "wait", os.fsencode(began), 1.0))
        await asyncio.to_thread(began.read_bytes)
        waits = group.create_task(pid(workers))
        await asyncio.sleep(0)
        assert await cause_of(workers, "echo") is Cause.FULL
        assert await waits > 0


async def test_an_input_beyond_the_bound_is_not_sent() -> None:
    async with pool() as workers:
        assert await cause_of(workers, "echo", bytes(64 * 1024 * 1024 + 1)) is Cause.TOO_BIG


async def test_a_job_that_nobody_waits_for_ends_with_its_worker(tmp_path: Path) -> None:
    began = tmp_path / "began"
    os.mkfifo(began)
    async with pool() as workers:
        before = await pid(workers)
        waiting = asyncio.ensure_future(workers.run("wait", os.fsencode(began), PATIENCE_S))
        await asyncio.to_thread(began.read_bytes)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not psutil.pid_exists(before)
        assert await pid(workers) != before


async def test_a_pool_that_closes_leaves_no_process_and_ends_its_jobs_by_name(tmp_path: Path) -> None:
    began = tmp_path / "began"
    os.mkfifo(began)
    async with asyncio.TaskGroup() as group:
        async with pool() as workers:
            process = await pid(workers)
            job = group.create_task(cause_of(workers, "wait", os.fsencode(began)))
            await asyncio.to_thread(began.read_bytes)
        assert await job is Cause.STOPPED
        assert not psutil.pid_exists(process)
        assert await cause_of(workers, "echo") is Cause.STOPPED


async def test_a_worker_that_died_while_idle_costs_no_job() -> None:
    async with pool() as workers:
        process = psutil.Process(await pid(workers))
        process.kill()
        await until(lambda: process.status() == psutil.STATUS_ZOMBIE)
        assert await workers.run("echo", b"bob", PATIENCE_S) == b"bob"


async def test_jobs_that_can_not_be_loaded_are_a_crash_with_a_name() -> None:
    async with Pool(jobs="no.such.module") as workers:
        assert await cause_of(workers, "echo") is Cause.CRASHED


SERVER = """
    import asyncio, os, sys
    from thinline_server.workers.pool import Pool
    async def main():
        async with Pool(2, jobs="worker_jobs") as workers:
            idle = await workers.run("pid", b"", 20)
            asyncio.ensure_future(workers.run("wait", os.fsencode(sys.argv[1]), 60))
            await asyncio.to_thread(lambda: open(sys.argv[1]).read())
            other = await workers.run("pid", b"", 20)
            print(idle.decode(), other.decode(), flush=True)
            await asyncio.Event().wait()
    asyncio.run(main())
"""


def test_workers_end_with_a_server_that_was_killed(tmp_path: Path) -> None:
    """SIGKILL: one worker is amid a job, the other waits for one; neither outlives the server."""
    began = tmp_path / "began"
    os.mkfifo(began)
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    program = [sys.executable, "-c", textwrap.dedent(SERVER), str(began)]
    with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        workers = [psutil.Process(int(one)) for one in server.stdout.readline().split()]
        assert len({one.pid for one in workers}) == 2
        server.kill()
    psutil.wait_procs(workers, timeout=PATIENCE_S)
    assert [one for one in workers if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []

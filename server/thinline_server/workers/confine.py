"""What a worker may not do, said to the system before it reads the first stranger's byte.

No file can be opened beyond a few, none grows, no core is written, no privilege comes with a new program, and the
process dies with its parent. Memory and CPU time are bounded for each job: so many bytes whatever it is, and some more
for each byte of its input (T5). The bounds are of the system, so that a library in C is held to them as well.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
from dataclasses import dataclass
from functools import cache

__all__ = ["BOUNDS", "Bounds", "Warm", "confine", "grown", "measure", "rein"]

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a job may take, beyond what a warm worker has."""

    memory_bytes: int = 64 * 1024 * 1024
    memory_factor: int = 4  # and so many bytes for each of its input
    descriptors: int = 16
    keep_bytes: int = 24 * 1024 * 1024  # a worker that grew by more ends, and a small one takes its place


BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class Warm:
    """The size of a worker that has done nothing yet: addresses, and memory in fact."""

    address_bytes: int
    resident_bytes: int


@cache
def _statm() -> int:
    """Opened once: a job that leaks descriptors must not keep its worker from saying so."""
    return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)


def measure() -> Warm:
    """The size of this process now."""
    addresses, resident = os.pread(_statm(), 128, 0).split()[:2]
    return Warm(int(addresses) * _PAGE_BYTES, int(resident) * _PAGE_BYTES)


def confine(parent: int) -> None:
    """Bind this process for good; ends it where its parent is gone already."""
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (BOUNDS.descriptors, BOUNDS.descriptors))


def rein(warm: Warm, input_bytes: int, deadline_s: float) -> None:
    """Bound the next job: memory by its input, CPU time by its deadline."""
    most = warm.address_bytes + BOUNDS.memory_bytes + BOUNDS.memory_factor * input_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent_s = usage.ru_utime + usage.ru_stime
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(spent_s + deadline_s) + 1, resource.RLIM_INFINITY))


def grown(warm: Warm, in_hand_bytes: int) -> bool:
    """Whether this process keeps so much, apart from input and result, that a new one is better."""
    return measure().resident_bytes - warm.resident_bytes - in_hand_bytes > BOUNDS.keep_bytes

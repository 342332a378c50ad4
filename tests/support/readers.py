"""Who reads mails without a worker's process."""

from __future__ import annotations

import asyncio
from typing import Self

from thinline_server.mime.reading import mail_headers_job, mail_job
from thinline_server.workers.wire import Cause, WorkerError

__all__ = ["Readers"]


class Readers:
    """A pool whose workers are in this process, and do as they are told before they work."""

    def __init__(self, *fates: Cause) -> None:
        self.fates = list(fates)
        self.jobs: list[str] = []

    async def run(self, job: str, data: bytes, _deadline_s: float) -> bytes:
        self.jobs.append(job)
        await asyncio.sleep(0)
        if self.fates:
            raise WorkerError(job, self.fates.pop(0), "it would have taken more memory than it may")
        return mail_job(data) if job == "mail" else mail_headers_job(data)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_told: object) -> None:
        """There is nothing to end."""

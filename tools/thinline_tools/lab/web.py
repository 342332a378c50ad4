"""The web of a town: the server's own answering of asks, in virtual time, with the Corner where the network would be.

What a server fetches and what its workers do takes no time here and happens in this process; everything between is the
real thing. A coroutine that waits for nothing is run to its end at once.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast
from urllib.parse import urljoin, urlsplit

from google.protobuf.message import DecodeError

from thinline.errors import LocalError, RemoteError
from thinline.reasons import Reason
from thinline_server.gateways.base import Outside
from thinline_server.gateways.wish import Cause, Fetched, FetchFailed, Wish
from thinline_server.pages.document import document_job
from thinline_server.pages.order import JOB as DOCUMENT
from thinline_server.pictures.develop import develop
from thinline_server.pictures.order import JOB as PICTURE
from thinline_server.requests import OwnAsk, Refused, Request
from thinline_server.services.web.asking import Asking
from thinline_server.services.web.cache import Cache
from thinline_server.services.web.jars import Jars
from thinline_server.services.web.opening import Opener
from thinline_server.workers.wire import Cause as WorkerCause
from thinline_server.workers.wire import WorkerError
from thinline_tools.corner import Request as SiteRequest
from thinline_tools.corner import answer

__all__ = ["CORNER", "LabWeb"]

CORNER = "corner.example"
_JOBS: Mapping[str, Callable[[bytes], bytes]] = {DOCUMENT: document_job, PICTURE: develop}
_HOPS = 5

T = TypeVar("T")


class LabWeb:
    """Answers services' own asks at once.

    Args:
        operate: asks the store.
        now_ms: the wall clock.
        draw: random bytes.
    """

    def __init__(
        self, operate: Callable[[Request], Any], now_ms: Callable[[], int], draw: Callable[[int], bytes]
    ) -> None:
        self._operate = operate
        outside = Outside(self._asked, cast(Any, self), cast(Any, None), cast(Any, _fetch), now_ms, lambda: 0.5)
        cache, jars = Cache(), Jars(self._asked, now_ms)
        self._asking = Asking(outside, cache, jars, Opener(outside, cache, jars, draw))

    async def _asked(self, request: Request) -> Any:
        return self._operate(request)

    async def run(self, job: str, data: bytes, _deadline_s: float) -> bytes:
        """A worker's job, as the pool runs it."""
        try:
            return _JOBS[job](data)
        except LocalError as error:
            raise WorkerError(job, WorkerCause.REFUSED, str(error)) from error

    def answer(self, ask: OwnAsk) -> Any:
        """A `Reply` or a `Refused`."""
        kind = self._asking.answers.get(ask.kind)
        if kind is None:
            return Refused(Reason.UNKNOWN_KIND)
        try:
            return _at_once(cast("Coroutine[Any, Any, Any]", kind(ask.account, ask.body)))
        except DecodeError:
            return Refused(Reason.MALFORMED)
        except RemoteError as error:
            return Refused(error.reason, error.detail)


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise AssertionError("nothing here waits")


async def _fetch(wish: Wish) -> Fetched:
    """The Corner's answer, its redirects followed; no other place is there."""
    address, hops = urljoin(wish.base, wish.address), list[str]()
    while len(hops) < _HOPS:
        parts = urlsplit(address)
        if parts.hostname != CORNER:
            raise FetchFailed(Cause.UNREACHABLE, f"There is nobody at {parts.hostname}.")
        headers = {"cookie": wish.jar.cookies(address)}
        told = answer(SiteRequest(parts.path or "/", parts.query, wish.method, headers, wish.body))
        wish.jar.keep(address, [value for name, value in told.headers if name == "Set-Cookie"])
        sent = {name.lower(): value for name, value in told.headers if name != "Set-Cookie"}
        if "location" not in sent:
            sent["content-type"] = told.media_type
            return Fetched(told.status, address, sent, told.body, len(told.body), tuple(hops))
        hops.append(address)
        address, wish = urljoin(address, sent["location"]), replace(wish, method="GET", body=b"")
    raise FetchFailed(Cause.REDIRECTS, "It leads round in circles.")

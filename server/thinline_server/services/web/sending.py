"""Forms that are sent and files that are fetched: errands, one by one, each ended with what its item shows.

A form goes out once. What is lost between the first byte and the answer may have arrived, and is told so; nobody sends
it again (X7). A file may be fetched as often as it takes.
"""

from __future__ import annotations

import re
from email.message import Message
from urllib.parse import unquote, urldefrag, urlsplit

import structlog

from thinline.errands import ErrandState
from thinline.limits import LIMITS
from thinline.v1.web_pb2 import Download, FetchFile, PostForm
from thinline_server.gateways.base import Outside
from thinline_server.gateways.errands import ErrandLoop, Queue
from thinline_server.gateways.wish import Fetched, FetchFailed, Wish
from thinline_server.outside import Begin, Begun, End, Settle, Task
from thinline_server.requests import Refused
from thinline_server.services.text import cut_line
from thinline_server.services.web.cache import Cache
from thinline_server.services.web.keeping import keep_part
from thinline_server.services.web.opening import NoPage, Opener, kind_of
from thinline_server.services.web.rules import WEB_FILE, WEB_POST
from thinline_server.services.web.submission import FormRefused, Sent, submission
from thinline_server.workers.wire import WorkerError

__all__ = ["KINDS", "Sending"]

_log = structlog.get_logger("thinline.web")

KINDS = frozenset({WEB_POST, WEB_FILE})
_AT_ONCE = 8
_RETRY_MS = 30_000
_NAME_CHARACTERS = 256
_PATHS = re.compile(r"[/\\\0]")
_GONE = "The server does not have the page of this form any more; nothing was sent. Open it and fill it in again."
_CUT = "The connection was lost before the site answered; whether it took the form nobody can say."
_LOGIN = "The site wants a name and a password; open one of its pages first."


class Sending:
    """Works through the web's errands.

    Args:
        outside: what it works with.
        cache: where the pages with the forms are held.
        opener: asks sites.
    """

    def __init__(self, outside: Outside, cache: Cache, opener: Opener) -> None:
        self._outside = outside
        self._cache = cache
        self._opener = opener
        self.loop = ErrandLoop(outside, Queue(KINDS, _AT_ONCE, 4 * _AT_ONCE), self._work)

    async def _work(self, tasks: tuple[Task, ...]) -> None:
        (task,) = tasks
        end = await (self._post(task) if task.kind == WEB_POST else self._file(task))
        if end is not None:
            settled = await self._outside.operate(Settle((end,)))
            if isinstance(settled, Refused) or settled.refused:
                _log.error("what became of an errand could not be noted", errand=task.errand)

    async def _begun(self, task: Task) -> bool:
        begun = await self._outside.operate(Begin((task.errand,)))
        return isinstance(begun, Begun) and task.errand in begun.errands

    # Forms

    async def _post(self, task: Task) -> End | None:
        """From the durable mark to the durable fate (spec OUT-2)."""
        try:
            sent = self._written(task)
        except FormRefused as error:
            return End(task.errand, ErrandState.FAILED, str(error))
        if not await self._begun(task):
            return None
        wish = Wish(task.account, sent.address, method="POST", body=sent.body, content_type=sent.content_type)
        self._cache.outdate(task.account)
        try:
            fetched = await self._opener.ask(task.account, wish)
        except FetchFailed as error:
            if error.sent:
                return End(task.errand, ErrandState.UNKNOWN, f"{_CUT} ({error})")
            return End(task.errand, ErrandState.FAILED, f"Nothing was sent: {error}")
        if fetched.status == 401:
            return End(task.errand, ErrandState.FAILED, _LOGIN)
        try:
            await self._opener.hold(task.account, fetched, sent.address, posting=task.item)
        except (NoPage, WorkerError) as error:
            _log.info("the answer to a form is no page", errand=task.errand, why=str(error))
        told = "" if fetched.status < 400 else f"The site answered with status {fetched.status}."
        return End(task.errand, ErrandState.SENT, told)

    def _written(self, task: Task) -> Sent:
        told = PostForm.FromString(task.detail)
        held = self._cache.get(task.account, told.page)
        if held is None:
            raise FormRefused(_GONE)
        form = held.made.forms[told.form - 1] if 0 < told.form <= len(held.made.forms) else None
        if form is None or not form.post:
            raise FormRefused("There is no such form on the page; nothing was sent.")
        return submission(form, told.fields)

    # Files

    async def _file(self, task: Task) -> End | None:
        if not await self._begun(task):
            return None
        told = FetchFile.FromString(task.detail)
        try:
            picked = self._opener.picked(task.account, told.pick) if told.WhichOneof("target") == "pick" else ""
            address = urldefrag(picked or told.address).url
            wish = Wish(task.account, address, accept="*/*", body_bytes=LIMITS.blob_bytes)
            fetched = await self._opener.ask(task.account, wish)
        except NoPage as error:
            return End(task.errand, ErrandState.FAILED, str(error))
        except FetchFailed as error:
            if error.cause.retry and task.tries + 1 < LIMITS.errand_starts:
                due_ms = self._outside.now_ms() + max(_RETRY_MS, int(1_000 * error.wait_s))
                return End(task.errand, ErrandState.QUEUED, str(error), due_ms)
            return End(task.errand, ErrandState.FAILED, str(error))
        if not 200 <= fetched.status < 300:
            return End(task.errand, ErrandState.FAILED, f"The site answered with status {fetched.status}.")
        return await self._kept(task, fetched)

    async def _kept(self, task: Task, fetched: Fetched) -> End:
        """Its bytes as a part, and what it is called (spec WEB-15)."""
        blob = await keep_part(self._outside.operate, task.account, "file", fetched.body)
        if isinstance(blob, Refused):
            return End(task.errand, ErrandState.FAILED, blob.detail or "The file could not be stored.")
        media_type, _ = kind_of(fetched.headers.get("content-type", ""), fetched.body)
        shown = Download(name=_name(fetched), media_type=cut_line(media_type, 128))
        return End(task.errand, ErrandState.DELIVERED, blobs=(blob,), shown=shown.SerializeToString())


def _name(fetched: Fetched) -> str:
    """What a file is called: as its site says, else by its address; never a path."""
    header = Message()
    header["Content-Disposition"] = cut_line(fetched.headers.get("content-disposition", ""), 1_024) or "attachment"
    told = header.get_filename() or unquote(urlsplit(fetched.address).path.rpartition("/")[2])
    return cut_line(_PATHS.sub("_", told).strip(". "), _NAME_CHARACTERS)

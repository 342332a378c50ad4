"""Opening pages: an address or a pick becomes a wish, its answer a page, and whatever went wrong a sentence.

A page that was opened a moment ago is told again without asking its site, unless somebody wants it fresh or has sent a
form since. A name and a password are kept in memory, for the origin that asked for them.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urldefrag, urlsplit

import structlog

from thinline.bodies import Body
from thinline.errors import LocalError
from thinline.reasons import Reason, sentence_of
from thinline.squeeze import DICTIONARIES
from thinline.v1 import web_pb2
from thinline.v1.web_pb2 import OpenPage, PageOpened, Pick
from thinline_server.gateways.base import Outside
from thinline_server.gateways.wish import Cause, Fetched, FetchFailed, Login, Wish
from thinline_server.pages.order import JOB, DocumentOrder, Made, read_made, write_order
from thinline_server.requests import Refused
from thinline_server.services.text import cut_line
from thinline_server.services.web.answers import Answers
from thinline_server.services.web.cache import PAGE_BYTES, Cache, Held
from thinline_server.services.web.jars import Jars
from thinline_server.services.web.submission import FormRefused, submission
from thinline_server.workers.wire import Cause as WorkerCause
from thinline_server.workers.wire import WorkerError

__all__ = ["NoPage", "Opener", "kind_of", "told"]

_log = structlog.get_logger("thinline.web")

_KEPT_MS = 5 * 60_000  # for which a page is told again
_JOB_S = 20.0
_FIRST_BYTES, _FIRST_MOST_BYTES = 1_024, 4_096
_LOGINS = 4_096
_RETRY_AFTER_MS = 2_000
_SENTENCE_CHARACTERS = 240
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)")
_TEXTS = ("application/json", "application/javascript", "application/xml", "application/x-sh")
_HTML = re.compile(rb"\s*(<!--|<!doctype html|<html|<head|<body|<title|<p|<h1|<div|<table|<a )", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']{1,40})", re.IGNORECASE)
_REASONS: Mapping[Cause, Reason] = {Cause.ADDRESS: Reason.NOT_ALLOWED, Cause.BUDGET: Reason.LIMIT}


class NoPage(LocalError):
    """There is no page; what is told instead."""

    def __init__(self, reason: Reason, sentence: str = "", **more: str | int) -> None:
        super().__init__(sentence or sentence_of(reason))
        self.reason = reason
        self.more = more

    @property
    def opened(self) -> PageOpened:
        """The answer."""
        sentence = cut_line(str(self), _SENTENCE_CHARACTERS)
        return PageOpened(reason=self.reason, sentence=sentence, **self.more)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _View:
    """How a page is wanted."""

    reader: bool
    packed: bool
    dictionary: int

    def is_of(self, held: Held) -> bool:
        """Whether it is there so."""
        return (held.reader, held.body.packed, held.body.dictionary) == (self.reader, self.packed, self.dictionary)


def kind_of(header: str, body: bytes) -> tuple[str, str]:
    """The media type and the charset that a header Content-Type says; of what says neither, a guess."""
    media_type = header.partition(";")[0].strip().lower()
    charset = _CHARSET.search(header)
    if not media_type or media_type in ("application/octet-stream", "unknown/unknown"):
        media_type = "application/octet-stream"
        if _HTML.match(body[:512]):
            media_type = "text/html"
        elif b"\0" not in body[:512] and not header:
            media_type = "text/plain"
    return media_type[:128], charset[1] if charset else ""


def told(held: Held, first_bytes: int, *, kept: bool = False) -> PageOpened:
    """The answer that tells a page, with its beginning (spec WEB-4)."""
    made = held.made
    wanted = min(first_bytes or _FIRST_BYTES, _FIRST_MOST_BYTES)
    end = next((end for size, end in made.steps if size >= wanted), len(made.body))
    return PageOpened(
        page=held.page,
        address=held.address,
        title=made.title,
        status=held.status,
        encoded_size=len(made.body),
        size=made.size,
        packed=held.body.packed,
        dictionary=held.body.dictionary,
        first=made.body[:end],
        links=len(made.links),
        images=len(made.images),
        forms=len(made.forms),
        fetched_bytes=held.fetched_bytes,
        needs_script=made.needs_script,
        view=web_pb2.VIEW_READER if held.reader else web_pb2.VIEW_UNSPECIFIED,
        kept=kept,
    )


class Opener:
    """Opens pages for all accounts.

    Args:
        outside: what it works with.
        cache: where pages are held.
        jars: cookies.
        token: random bytes.
    """

    def __init__(self, outside: Outside, cache: Cache, jars: Jars, token: Callable[[int], bytes]) -> None:
        self._outside = outside
        self._cache = cache
        self._jars = jars
        self._token = token
        self._answers = Answers(outside.operate)
        self._logins: OrderedDict[tuple[bytes, str], Login] = OrderedDict()

    async def open(self, account: bytes, ask: OpenPage) -> PageOpened | Refused:
        """What an ask is answered (spec WEB-3)."""
        try:
            return await self._open(account, ask)
        except NoPage as error:
            return error.opened
        except WorkerError as error:
            if error.cause in (WorkerCause.FULL, WorkerCause.STOPPED):
                return Refused(Reason.BUSY, "too many pages are opened at once", _RETRY_AFTER_MS)
            return NoPage(Reason.NO_PAGE, f"The page can not be read: {error.detail}.").opened

    async def _open(self, account: bytes, ask: OpenPage) -> PageOpened:
        dictionary = ask.dictionary if ask.dictionary in DICTIONARIES and not ask.packed else 0
        view = _View(ask.view == web_pb2.VIEW_READER, ask.packed, dictionary)
        match ask.WhichOneof("target"):
            case "posting":
                held = await self._answer(account, ask.posting)
                return told(await self._viewed(account, held, view), ask.first_bytes, kept=True)
            case "page":
                held = self._held(account, ask.page)
                return told(await self._viewed(account, held, view), ask.first_bytes, kept=True)
            case "pick":
                address = self.picked(account, ask.pick)
            case _:
                address = _typed(ask.address)
        plain = urldefrag(address).url
        if ask.user:
            self._logins[account, _origin(plain)] = Login(ask.user, ask.password)
            while len(self._logins) > _LOGINS:
                self._logins.popitem(last=False)
        elif not ask.fresh:
            kept = self._cache.opened(account, plain, self._outside.now_ms() - _KEPT_MS)
            if kept is not None:
                return told(await self._viewed(account, kept, view), ask.first_bytes, kept=True)
        wish = Wish(account, plain)
        held = await self.hold(account, await self.fetch(account, wish), plain, view=view)
        return told(await self._run(account, wish, held, view) if held.made.needs_script else held, ask.first_bytes)

    async def _run(self, account: bytes, wish: Wish, held: Held, view: _View) -> Held:
        """A page as its programs make it, where there is what runs them; else, or where that fails, as it came."""
        if self._outside.render is None:
            return held
        jar = await self._jars.of(account)
        try:
            fetched = await self._outside.render(replace(wish, jar=jar))
        except FetchFailed as error:
            _log.info("a page was not rendered", cause=error.cause.name, why=str(error))
            return held
        finally:
            await self._jars.save(account)
        return await self.hold(account, fetched, wish.address, view=view)

    async def _answer(self, account: bytes, posting: bytes) -> Held:
        """The page with which a site answered a form, also after a restart."""
        held = self._cache.answered(account, posting)
        if held is not None:
            return held
        fetched = await self._answers.find(account, posting)
        if fetched is None:
            raise NoPage(Reason.NO_SUCH_PAGE)
        return await self.hold(account, fetched, fetched.address, posting=posting)

    def _held(self, account: bytes, page: bytes) -> Held:
        held = self._cache.get(account, page)
        if held is None:
            raise NoPage(Reason.NO_SUCH_PAGE)
        return held

    def picked(self, account: bytes, pick: Pick) -> str:
        """Where a link or a form of a page leads.

        Raises:
            NoPage: nowhere.
        """
        made = self._held(account, pick.page).made
        if pick.form:
            form = made.forms[pick.form - 1] if pick.form <= len(made.forms) else None
            if form is None or form.post:
                raise NoPage(Reason.INVALID, "There is no such form on the page.")
            try:
                return submission(form, pick.fields).address
            except FormRefused as error:
                raise NoPage(Reason.INVALID, str(error)) from error
        if not 0 < pick.link <= len(made.links):
            raise NoPage(Reason.INVALID, "There is no such link on the page.")
        return made.links[pick.link - 1]

    async def fetch(self, account: bytes, wish: Wish) -> Fetched:
        """Ask a site, with the account's cookies, and the login that it was given for that site.

        Raises:
            NoPage: it does not answer, or wants a login.
        """
        try:
            fetched = await self.ask(account, wish)
        except FetchFailed as error:
            raise NoPage(_REASONS.get(error.cause, Reason.UNREACHABLE), str(error)) from error
        if fetched.status == 401 and fetched.realm is not None:
            self._logins.pop((account, _origin(wish.address)), None)
            raise NoPage(Reason.UNAUTHORIZED, address=fetched.address, status=401, realm=cut_line(fetched.realm, 128))
        return fetched

    async def ask(self, account: bytes, wish: Wish) -> Fetched:
        """The same, whatever comes of it.

        Raises:
            FetchFailed: there is no answer.
        """
        jar = await self._jars.of(account)
        login = self._logins.get((account, _origin(wish.address)))
        try:
            return await self._outside.fetch(replace(wish, jar=jar, login=login))
        finally:
            await self._jars.save(account)

    async def hold(
        self, account: bytes, fetched: Fetched, asked: str, *, view: _View | None = None, posting: bytes = b""
    ) -> Held:
        """Make an answer a page, and keep it.

        Raises:
            NoPage: it is none.
            WorkerError: it could not be made.
        """
        view = view or _View(reader=False, packed=True, dictionary=0)
        body = fetched.body
        media_type, charset = kind_of(fetched.headers.get("content-type", ""), body)
        if not body.strip():
            media_type, body = "text/plain", f"The site sent nothing (HTTP status {fetched.status}).".encode()
        if not media_type.startswith(("text/", "image/")) and media_type not in ("application/xhtml+xml", *_TEXTS):
            raise NoPage(
                Reason.NO_PAGE,
                address=fetched.address,
                status=fetched.status,
                media_type=media_type,
                fetched_bytes=fetched.received_bytes,
            )
        order = DocumentOrder(fetched.address, media_type, charset, view.reader, view.packed, view.dictionary)
        made = await self._make(order, body)
        held = Held(
            page=self._token(PAGE_BYTES),
            address=fetched.address,
            asked=asked,
            status=fetched.status,
            media_type=media_type,
            charset=charset,
            reader=view.reader,
            body=Body(view.packed, view.dictionary, made.size),
            document=b"" if media_type.startswith("image/") else body,
            fetched_bytes=fetched.received_bytes,
            made=made,
            at_ms=self._outside.now_ms(),
            posting=posting,
        )
        self._cache.put(account, held)
        if posting:
            await self._answers.keep(account, held)
        return held

    async def _make(self, order: DocumentOrder, body: bytes) -> Made:
        return read_made(await self._outside.pool.run(JOB, write_order(order, body), _JOB_S))

    async def _viewed(self, account: bytes, held: Held, view: _View) -> Held:
        """A page as it is wanted; the same where it is that already."""
        if view.is_of(held):
            return held
        order = DocumentOrder(held.address, held.media_type, held.charset, view.reader, view.packed, view.dictionary)
        made = await self._make(order, held.document)
        page = self._token(PAGE_BYTES)
        body = Body(view.packed, view.dictionary, made.size)
        other = replace(held, page=page, reader=view.reader, body=body, made=made)
        self._cache.put(account, other)
        return other


def _typed(address: str) -> str:
    """What somebody typed, as an address: the web's, where no scheme is named."""
    address = address.strip()
    return address if _SCHEME.match(address) else f"http://{address.removeprefix('//')}"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()

"""What handsets ask of the web, each kind as what answers it: pages, pieces of them, addresses, pictures, cookies."""

from __future__ import annotations

import base64
import binascii
from collections import OrderedDict
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from thinline.bodies import kept_bytes, read_body
from thinline.convert import require
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.v1 import item_pb2, line_pb2, web_pb2
from thinline.v1.page_pb2 import Page
from thinline_server.asks import Download, Reply, picture_reply
from thinline_server.gateways.answers import Answer
from thinline_server.gateways.base import Outside
from thinline_server.gateways.wish import Wish
from thinline_server.pictures import order as picture
from thinline_server.pictures.darkroom import DEADLINE_S, KEPT_BYTES
from thinline_server.pictures.order import Print
from thinline_server.requests import Refused
from thinline_server.services.web.cache import PAGE_BYTES, Cache, Held
from thinline_server.services.web.jars import Jars
from thinline_server.services.web.keeping import keep_part
from thinline_server.services.web.opening import NoPage, Opener
from thinline_server.workers.wire import Cause, WorkerError

__all__ = ["ASKS", "GET_IMAGE", "GET_LINKS", "KEEP_PAGE", "READ_PAGE", "Asking"]

OPEN_PAGE, READ_PAGE, GET_LINKS, GET_IMAGE, KEEP_PAGE, LIST_COOKIES, CLEAR_COOKIES = range(16, 23)
ASKS = frozenset(range(OPEN_PAGE, CLEAR_COOKIES + 1))
_RETRY_AFTER_MS = 2_000
_COLOURS_MOST = 256
_IMAGES = "image/png,image/jpeg,image/gif,image/webp,image/*;q=0.5"


class Asking:
    """Answers asks.

    Args:
        outside: what it works with.
        cache: where pages are held.
        jars: cookies.
        opener: opens pages.
    """

    def __init__(self, outside: Outside, cache: Cache, jars: Jars, opener: Opener) -> None:
        self._outside = outside
        self._cache = cache
        self._jars = jars
        self._opener = opener
        self._prints: OrderedDict[tuple[bytes, bytes, int, int, int, int], Print] = OrderedDict()
        self._prints_bytes = 0

    @property
    def answers(self) -> Mapping[int, Answer]:
        """By kind."""
        return {
            OPEN_PAGE: self._open,
            READ_PAGE: self._read,
            GET_LINKS: self._links,
            GET_IMAGE: self._image,
            KEEP_PAGE: self._keep,
            LIST_COOKIES: self._list,
            CLEAR_COOKIES: self._clear,
        }

    async def _open(self, account: bytes, body: bytes) -> Reply | Refused:
        opened = await self._opener.open(account, web_pb2.OpenPage.FromString(body))
        return opened if isinstance(opened, Refused) else Reply(opened.SerializeToString())

    def _held(self, account: bytes, page: bytes) -> Held | None:
        require(len(page) == PAGE_BYTES, f"a page's name has {PAGE_BYTES} bytes")
        return self._cache.get(account, page)

    async def _read(self, account: bytes, body: bytes) -> Reply | Refused:
        """Spec WEB-5."""
        ask = web_pb2.ReadPage.FromString(body)
        held = self._held(account, ask.page)
        if held is None:
            return Refused(Reason.NO_SUCH_PAGE)
        end = ask.start + ask.length if ask.length else len(held.made.body)
        if not ask.start <= ask.start + ask.offset <= end <= len(held.made.body):
            return Refused(Reason.OFFSET, "beyond the end")
        stretch = held.made.body[ask.start : end]
        info = line_pb2.PartInfo(encoding=line_pb2.ENCODING_IDENTITY, encoded_size=len(stretch), size=len(stretch))
        return Reply(info.SerializeToString(), Download(stretch, ask.offset))

    async def _links(self, account: bytes, body: bytes) -> Reply | Refused:
        """Spec WEB-7."""
        ask = web_pb2.GetLinks.FromString(body)
        require(len(ask.numbers) <= LIMITS.links_asked, "too many links", Reason.TOO_LARGE)
        held = self._held(account, ask.page)
        if held is None:
            return Refused(Reason.NO_SUCH_PAGE)
        links = held.made.links
        told = web_pb2.Links(addresses=[links[one - 1] if 0 < one <= len(links) else "" for one in ask.numbers])
        return Reply(told.SerializeToString())

    # Pictures

    async def _image(self, account: bytes, body: bytes) -> Reply | Refused:
        """Spec WEB-9."""
        ask = web_pb2.GetImage.FromString(body)
        held = self._held(account, ask.page)
        if held is None:
            return Refused(Reason.NO_SUCH_PAGE)
        if not 0 < ask.image <= len(held.made.images):
            return Refused(Reason.NO_PICTURE, "there is no such picture on the page")
        width, height = (min(side or LIMITS.picture_side, LIMITS.picture_side) for side in (ask.width, ask.height))
        colours = ask.colours if 1 < ask.colours <= _COLOURS_MOST else _COLOURS_MOST
        key = (account, ask.page, ask.image, width, height, colours)
        made = self._prints.get(key)
        if made is None:
            printed = await self._print(account, held.made.images[ask.image - 1], (width, height, colours))
            if isinstance(printed, Refused):
                return printed
            made = printed
            self._keep_print(key, made)
        return picture_reply(made, ask.offset, measure=ask.measure)

    async def _print(self, account: bytes, address: str, sides: tuple[int, int, int]) -> Print | Refused:
        try:
            data = _written(address)
            if data is None:
                fetched = await self._opener.fetch(account, Wish(account, address, accept=_IMAGES))
                if fetched.status != 200:
                    return Refused(Reason.NO_PICTURE, f"the site answered {fetched.status}")
                data = fetched.body
            order = picture.Order(*sides, packed=False, size=len(data))
            job = picture.write_order(order, data)
            return picture.read_print(await self._outside.pool.run(picture.JOB, job, DEADLINE_S))
        except NoPage as error:
            return Refused(Reason.NO_PICTURE, str(error))
        except WorkerError as error:
            if error.cause in (Cause.FULL, Cause.STOPPED):
                return Refused(Reason.BUSY, "too many pictures are asked for at once", _RETRY_AFTER_MS)
            return Refused(Reason.NO_PICTURE, error.detail if error.cause is Cause.REFUSED else "it can not be decoded")

    def _keep_print(self, key: tuple[bytes, bytes, int, int, int, int], made: Print) -> None:
        self._prints[key] = made
        self._prints_bytes += len(made.encoded)
        while self._prints_bytes > KEPT_BYTES:
            self._prints_bytes -= len(self._prints.popitem(last=False)[1].encoded)

    # What stays

    async def _keep(self, account: bytes, body: bytes) -> Reply | Refused:
        """Spec WEB-10."""
        held = self._held(account, web_pb2.KeepPage.FromString(body).page)
        if held is None:
            return Refused(Reason.NO_SUCH_PAGE)
        told = web_pb2.PageKept()
        contents = [(told.body, "page", kept_bytes(read_body(held.body, held.made.body)))]
        if held.made.links:
            contents.append((told.links, "links", Page(links=held.made.links).SerializeToString()))
        for message, name, data in contents:
            kept = await keep_part(self._outside.operate, account, name, data)
            if isinstance(kept, Refused):
                return kept
            message.CopyFrom(item_pb2.Blob(name=kept.name, hash=kept.hash, size=kept.size))
        return Reply(told.SerializeToString())

    # Cookies

    async def _list(self, account: bytes, body: bytes) -> Reply:
        web_pb2.ListCookies.FromString(body)
        return await self._told_cookies(account)

    async def _clear(self, account: bytes, body: bytes) -> Reply:
        jar = await self._jars.of(account)
        jar.clear(web_pb2.ClearCookies.FromString(body).host)
        await self._jars.save(account)
        return await self._told_cookies(account)

    async def _told_cookies(self, account: bytes) -> Reply:
        """Without their values (spec WEB-11)."""
        live = sorted((await self._jars.of(account)).live(), key=lambda one: (one.host, one.name))
        told = [web_pb2.Cookie(host=one.host, name=one.name, until_s=one.until_s) for one in live]
        return Reply(web_pb2.Cookies(cookies=told).SerializeToString())


def _written(address: str) -> bytes | None:
    """The bytes of a picture that stands in its page (RFC 2397); None of one that has to be fetched.

    Raises:
        NoPage: it is none.
    """
    if not address:
        raise NoPage(Reason.NO_PICTURE, "it has no address that can be fetched")
    if not address.startswith("data:"):
        return None
    head, comma, data = address.partition(",")
    try:
        raw = unquote_to_bytes(data)
        return base64.b64decode(raw + b"==") if comma and head.rstrip().endswith(";base64") else raw
    except binascii.Error as error:
        raise NoPage(Reason.NO_PICTURE, "it is damaged") from error

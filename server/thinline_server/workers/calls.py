"""Jobs as the server asks for them: values instead of bytes, and what to do when a worker dies of one."""

from __future__ import annotations

from dataclasses import replace

from thinline.errors import LocalError
from thinline_server.mime.values import ParsedMail, decode_mail
from thinline_server.workers.pool import Pool
from thinline_server.workers.wire import Cause, WorkerError

__all__ = ["read_mail"]

_MAIL_S = 10.0
_HEADERS_S = 2.0
_HEADER_BYTES = 65_536
_PASSING = (Cause.FULL, Cause.STOPPED)
_TROUBLE = {
    Cause.TOO_SLOW: "reading it took too long",
    Cause.TOO_BIG: "reading it took too much memory",
    Cause.CRASHED: "its reader failed",
}


async def read_mail(pool: Pool, raw: bytes) -> ParsedMail:
    """What a mail says. One that a worker dies of comes back as its headers, with the reason in `trouble`.

    Raises:
        WorkerError: FULL or STOPPED only: nothing was tried, and later it may be.
    """
    try:
        return decode_mail(await pool.run("mail", raw, _MAIL_S))
    except WorkerError as error:
        if error.cause in _PASSING:
            raise
        trouble = _TROUBLE.get(error.cause, error.detail)
    except LocalError as error:
        trouble = str(error)
    try:
        headers = decode_mail(await pool.run("mail headers", raw[:_HEADER_BYTES], _HEADERS_S))
    except WorkerError as error:
        if error.cause in _PASSING:
            raise
        headers = ParsedMail()
    return replace(headers, trouble=trouble)

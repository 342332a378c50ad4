"""Jobs as the server asks for them: values instead of bytes, and what to do when a worker dies of one."""

from __future__ import annotations

from dataclasses import replace

from thinline.errors import LocalError
from thinline_server.mime.values import ParsedMail, decode_mail
from thinline_server.workers.pool import Pool
from thinline_server.workers.wire import Cause, WorkerError

__all__ = ["read_mail"]

_MAIL_S, _HEADERS_S = 20.0, 10.0
_HEADER_BYTES = 65_536
_PASSING = (Cause.FULL, Cause.STOPPED)


async def read_mail(pool: Pool, raw: bytes) -> ParsedMail:
    """What a mail says. One that a worker dies of comes back as its headers, with the reason in `trouble`.

    Raises:
        WorkerError: FULL or STOPPED only: the same may succeed later.
    """
    trouble = ""
    for job, data, deadline_s in (("mail", raw, _MAIL_S), ("mail headers", raw[:_HEADER_BYTES], _HEADERS_S)):
        try:
            mail = decode_mail(await pool.run(job, data, deadline_s))
        except WorkerError as error:
            if error.cause in _PASSING:
                raise
            trouble = trouble or f"it could not be read: {error.detail}"
        except LocalError as error:
            trouble = trouble or f"it could not be read: {error}"
        else:
            return replace(mail, trouble=trouble or mail.trouble)
    return ParsedMail(trouble=trouble)

"""What is asked of the web, what comes of it, and the kinds of ways in which nothing does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Protocol

from thinline.errors import LocalError

__all__ = ["Cause", "FetchBounds", "FetchFailed", "Fetched", "Jar", "Login", "Wish"]


@unique
class Cause(Enum):
    """Why nothing was fetched; the value says whether the same may succeed later."""

    ADDRESS = ("address", False)  # no such address is fetched, or it leads where nothing may be dialled
    UNREACHABLE = ("unreachable", True)
    INSECURE = ("insecure", False)  # TLS, or the certificate is not the host's
    REDIRECTS = ("redirects", False)
    TOO_LARGE = ("too large", False)
    TOO_SLOW = ("too slow", True)
    MALFORMED = ("malformed", False)
    BUDGET = ("budget", True)

    @property
    def retry(self) -> bool:
        """Whether the same may succeed later."""
        return self.value[1]


class FetchFailed(LocalError):
    """There is no answer.

    Attributes:
        cause: of what kind.
        sent: whether the request may have reached a server: then a command may have been done (X7).
        wait_s: before it is worth trying again, where that is known.
    """

    def __init__(self, cause: Cause, sentence: str, wait_s: float = 0.0) -> None:
        super().__init__(sentence)
        self.cause = cause
        self.sent = False
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class FetchBounds:
    """What a server may make of one request.

    Attributes:
        body_bytes: inflated.
        head_bytes: of an answer, all before its body.
        hops: redirects that are followed.
        total_s: from the first dial to the last byte.
        idle_s: between two pieces.
    """

    body_bytes: int = 8 * 1024 * 1024
    head_bytes: int = 128 * 1024
    hops: int = 10
    total_s: float = 60.0
    idle_s: float = 20.0


class Jar(Protocol):
    """The cookies of one account."""

    def cookies(self, address: str) -> str:
        """The header Cookie for an address; empty for none."""
        ...

    def keep(self, address: str, lines: Sequence[str]) -> None:
        """An answer from there came with these headers Set-Cookie."""
        ...


class _NoJar:
    def cookies(self, address: str) -> str:
        return ""

    def keep(self, address: str, lines: Sequence[str]) -> None:
        return


_NO_JAR = _NoJar()


@dataclass(frozen=True, slots=True)
class Login:
    """A name and a password for the origin of the wish's address. They are never in a picture of this."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be fetched.

    Attributes:
        account: whose budget it is.
        address: as somebody wrote it.
        base: what the address is relative to.
        method: GET, HEAD or POST.
        body, content_type: of a POST.
        accept, languages: the headers Accept and Accept-Language.
        jar: cookies.
        login: used where the server asks for one.
        body_bytes: in place of the bounds', at most `LIMITS.blob_bytes`.
    """

    account: bytes
    address: str
    base: str = ""
    method: str = "GET"
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    accept: str = "text/html,application/xhtml+xml,*/*;q=0.8"
    languages: str = ""
    jar: Jar = _NO_JAR
    login: Login | None = None
    body_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer.

    Attributes:
        status: of HTTP.
        address: where it came from in the end.
        headers: by name in small letters; several of a name are joined by commas, Set-Cookie is not among them.
        body: inflated.
        received_bytes: of the body, as it came.
        hops: addresses that sent elsewhere, in order.
    """

    status: int
    address: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_bytes: int
    hops: tuple[str, ...] = ()

    @property
    def realm(self) -> str | None:
        """What a login is asked for, where one is."""
        challenge = self.headers.get("www-authenticate", "")
        if self.status != 401 or not challenge:
            return None
        _, named, rest = challenge.partition('realm="')
        return rest.partition('"')[0] if named else ""

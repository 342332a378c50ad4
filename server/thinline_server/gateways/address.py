"""Addresses of the web: what one may be, and which ports it may name, before any name is resolved.

A stranger's address is read once, here, into scheme, host, port and path, and nothing behind this reads it again: two
readers that disagree about where a host ends are how a check is passed by. A host is a name or a whole IP address.
What only some programs take for an address (octal, hexadecimal, one number, missing parts) is refused, and so are
ports that belong to other protocols. Where a name leads is `dial`'s to judge (T6).
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from yarl import URL

from thinline.errors import LocalError

__all__ = ["AddressRefused", "origin_of", "read_address"]

_CHARACTERS = 4_096
_HOST_CHARACTERS = 255
_AUTHORITY = re.compile(r"(?:[^/?#:]*:)?//([^/?#]*)")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_NUMERIC = re.compile(r"([0-9]+|0x[0-9a-f]*)")  # as a last label: meant as an address (WHATWG URL, "ends in a number")
_ADDRESS_SIGNS = re.compile(r"[\x00-\x20\x7f]")

# Below 1024 a port belongs to a protocol by registration; the web's are its own two. Above, those of services that
# speak something else or trust whoever reaches them: WHATWG Fetch's list of bad ports, and stores, queues and agents.
_LEAST_PORT = 1_024
_PORTS = frozenset({80, 443})
_OTHERS = frozenset(
    (
        *(1433, 1521, 1719, 1720, 1723, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 3128, 3306, 3389, 3659, 4045, 4190),
        *(4369, 5060, 5061, 5222, 5269, 5432, 5671, 5672, 5900, 5901, 5984, 5985, 5986, 6000, 6379, 6380, 6443, 6566),
        *(6665, 6666, 6667, 6668, 6669, 6679, 6697, 7000, 7001, 8086, 8500, 9042, 9092, 9100, 9160, 9200, 9300, 9418),
        *(10_080, 10_250, 10_255, 11_211, 26_379, 27_017, 27_018, 50_070),
    )
)


class AddressRefused(LocalError):
    """No such address is fetched, whatever is there; the sentence says what may be done instead."""


def read_address(written: str, base: str = "") -> URL:
    """An address as it may be fetched: http or https, without a fragment, every sign in it fit for the wire.

    Args:
        written: by a person, a page or a redirect.
        base: what it is relative to.

    Raises:
        AddressRefused: it is none, or none that is fetched.
    """
    if len(written) > _CHARACTERS:
        raise AddressRefused(f"The address has more than {_CHARACTERS} characters.")
    written = _ADDRESS_SIGNS.sub(lambda sign: "" if sign[0] in "\t\r\n" else sign[0], written).strip("\x00 ")
    authority = _AUTHORITY.match(written)
    if authority and len(authority[1]) > _HOST_CHARACTERS:  # before anybody looks what its signs are in others'
        raise AddressRefused("The host's name is too long.")
    try:
        url = URL(base).join(URL(written)) if base else URL(written)
        scheme, host, port = url.scheme.lower(), url.raw_host, url.port
    except ValueError:
        raise AddressRefused("This is no address of the web.") from None
    if scheme not in ("http", "https"):
        raise AddressRefused("Only addresses with http: or https: are fetched.")
    if not host or port is None:
        raise AddressRefused("The address names no host.")
    if url.raw_user is not None or url.raw_password is not None:
        raise AddressRefused("Leave name and password out of the address; the page asks for them.")
    _check_host(host.lower())
    if port not in _PORTS and (port < _LEAST_PORT or port in _OTHERS):
        raise AddressRefused(f"Port {port} is another service's; pages are fetched from 80, 443 and most above 1023.")
    url = url.with_fragment(None)
    return url.with_path("/", keep_query=True) if url.raw_path == "/" else url


def origin_of(url: URL) -> tuple[str, str, int]:
    """Scheme, host and port: what cookies' and passwords' walls stand between."""
    return url.scheme, (url.raw_host or "").rstrip("."), url.port or 0


def _check_host(host: str) -> None:
    if ":" in host:
        try:
            IPv6Address(host)
        except AddressValueError:
            raise AddressRefused("The host is no IPv6 address.") from None
        if "%" in host:
            raise AddressRefused("An address with a zone is one of this machine's neighbours.")
        return
    if not _HOST.fullmatch(host) or len(host) > _HOST_CHARACTERS:
        raise AddressRefused("The host is no name.")
    if _NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2]):
        try:
            IPv4Address(host)
        except AddressValueError:
            raise AddressRefused("An IPv4 address is written as four numbers with dots, in decimal.") from None

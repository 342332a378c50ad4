"""What may be dialled, and that what was checked is what is dialled. T6; the sockets are in test_relay.py."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

import pytest

from thinline_server.gateways import dial
from thinline_server.gateways.dial import Dialer, DialFailed, DialRefused, is_own, is_public

NEVER = (
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("168.63.129.16", "192.0.0.8", "192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1"),
    *("239.255.255.250", "233.252.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1"),
    *("::ffff:127.0.0.1", "::ffff:93.184.216.34", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
    *("100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0"),
    *("fec0::1", "ff02::1", "ff0e::1", "3fff::1", "4::1", "4000::1"),
)
PUBLIC = ["93.184.216.34", "1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "2a01:4f8::1"]


@pytest.mark.parametrize("address", NEVER)
def test_these_are_no_places_of_the_public_internet(address: str) -> None:
    """T6."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_these_are(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.system
def test_this_machine_s_addresses_are_its_own() -> None:
    assert is_own(ip_address("127.0.0.1"))
    assert not is_own(ip_address("1.1.1.1"))
    assert not is_own(ip_address("ff02::1"))


class Net:
    """Names, and what was dialled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.asked: list[tuple[str, int]] = []
        self.dialled: list[str] = []
        self.down: set[str] = set()
        self._answers = list(answers)
        self.own: set[str] = set()
        monkeypatch.setattr(dial, "_connected", self._connected)
        monkeypatch.setattr(dial, "is_own", lambda address: str(address) in self.own)

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        if not self._answers:
            raise socket.gaierror(-2, "Name or service not known")
        return self._answers.pop(0)

    async def _connected(self, address: object, _port: int, _timeout_s: float) -> str:
        self.dialled.append(str(address))
        if str(address) in self.down:
            raise ConnectionRefusedError(111, "Connection refused")
        return f"socket to {address}"


async def test_a_name_is_resolved_once_and_what_was_checked_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    """T6: a second answer, for whoever would ask again, is never asked for."""
    net = Net(monkeypatch, ["1.1.1.1", "1.1.1.1"], ["127.0.0.1"])
    assert str(await Dialer(resolve=net.resolve)("mail.example.org", 25)) == "socket to 1.1.1.1"
    assert (net.asked, net.dialled) == ([("mail.example.org", 25)], ["1.1.1.1"])


async def test_of_a_mixed_answer_only_the_public_part_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    """T6."""
    net = Net(monkeypatch, ["10.0.0.1", "::ffff:127.0.0.1", "1.1.1.1", "8.8.8.8"])
    net.down = {"1.1.1.1"}
    assert str(await Dialer(resolve=net.resolve)("mixed.example.org", 25)) == "socket to 8.8.8.8"
    assert net.dialled == ["1.1.1.1", "8.8.8.8"]


async def test_an_address_of_this_machine_is_not_dialled_though_it_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """T6: behind its firewall this machine would answer itself."""
    net = Net(monkeypatch, ["1.1.1.1"], ["1.1.1.1", "8.8.8.8"], ["1.1.1.1"])
    net.own = {"1.1.1.1"}
    with pytest.raises(DialRefused):
        await Dialer(resolve=net.resolve)("own.example.org", 80)
    assert str(await Dialer(resolve=net.resolve)("both.example.org", 80)) == "socket to 8.8.8.8"
    assert str(await Dialer([("own.example.org", 80)], net.resolve)("own.example.org", 80)) == "socket to 1.1.1.1"


async def test_an_inner_address_is_dialled_where_the_operator_named_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """T6: that host at that port, and nothing else of it."""
    net = Net(monkeypatch, ["127.0.0.1"], ["127.0.0.1"], ["127.0.0.1"])
    dialer = Dialer([("relay.test", 25)], net.resolve)
    assert str(await dialer("Relay.test", 25)) == "socket to 127.0.0.1"
    for place in (("relay.test", 26), ("other.test", 25)):
        with pytest.raises(DialRefused, match="no address that may be dialled"):
            await dialer(*place)
    assert net.dialled == ["127.0.0.1"]


async def test_what_is_not_found_or_does_not_answer_may_later(monkeypatch: pytest.MonkeyPatch) -> None:
    net = Net(monkeypatch, ["1.1.1.1"])
    net.down = {"1.1.1.1"}
    dialer = Dialer(resolve=net.resolve)
    with pytest.raises(DialFailed, match=r"example.org:25 does not answer \(1.1.1.1: Connection refused\)"):
        await dialer("example.org", 25)
    with pytest.raises(DialFailed, match=r"example\.org was not found: Name or service not known"):
        await dialer("example.org", 25)


async def test_a_resolver_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dial, "_RESOLVE_S", 0.001)

    async def never(_host: str, _port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(DialFailed, match="no answer in time"):
        await Dialer(resolve=never)("example.org", 25)

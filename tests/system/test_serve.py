"""`thinline serve` as people run it: a process, its sockets, its verbs, its end, and a disk that is full."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import apsw
import pytest

from certificates import Authority
from line_client import LineClient, Submit
from live import LiveLine, grpc_to
from serving import ServeProcess, cli, serving, verb
from thinline.bearers.grpc_stream import GrpcBearer, Tls, dial
from thinline.codec import cut_packet, encode_body, join_packet, number_body, read_frame
from thinline.errors import LocalError
from thinline.frames import Direction, Disposition, Frame, Refusal, Verdict
from thinline.intents import Create, write_intent
from thinline.items import ITEM_ID_BYTES
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason, sentence_of
from thinline.testing import samples
from thinline.v1.contacts_pb2 import Contact
from thinline_server.control import CONTROL_SOCKET

SECRET = "met in a tunnel"


def contact(chance: Random, notes: str = SECRET) -> Submit:
    fields = Contact(name="Bob", notes=notes).SerializeToString()
    return Submit(*write_intent(Create(chance.randbytes(ITEM_ID_BYTES), 1, Content(fields))))


def enrol(server: ServeProcess, name: str = "alice") -> LineClient:
    server.ask("account.add", name=name)
    return LineClient(name, server.ask("account.enroll", name=name)["code"])


def line_to(server: ServeProcess, client: LineClient) -> LiveLine:
    return LiveLine(client, grpc_to(server.address))


def told(*arguments: str, folder: Path, code: int = 0) -> str:
    """Run a verb on the folders of a test; what it said, on whichever side its exit code calls for."""
    ran = verb(*arguments, "--data", str(folder / "data"), "--state", str(folder / "state"))
    assert ran.exit_code == code, ran.output
    return (ran.stderr if code else ran.stdout).strip()


def refused(*arguments: str, folder: Path, code: int) -> str:
    """Run a server that is not to start; its sentence."""
    ran = cli("serve", *arguments, "--data", str(folder / "data"), "--state", str(folder / "state"))
    assert ran.returncode == code, ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stderr


# Verbs


async def test_an_operator_adds_enrols_looks_and_revokes(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert told("account", "list", folder=tmp_path).startswith("there are no accounts")
        assert told("account", "add", "alice", "--number", "+4520304050", folder=tmp_path).startswith("added alice")
        assert "the name alice is taken" in told("account", "add", "alice", folder=tmp_path, code=1)
        alice = LineClient("alice", told("account", "enroll", "alice", folder=tmp_path))
        async with line_to(server, alice) as line:
            assert await line.connect(), line
            (listed,) = json.loads(told("account", "list", "--json", folder=tmp_path))
            (handset,) = listed["handsets"]
            assert (listed["name"], handset["handset"]) == ("alice", alice.sim.handset.hex())
            assert handset["linked"]
            assert "linked" in told("account", "show", "alice", folder=tmp_path)
            assert "there is no account bob" in told("account", "show", "bob", folder=tmp_path, code=1)
            told("account", "revoke", handset["handset"], folder=tmp_path)
            await line.until(lambda: alice.ended)  # T3: at once
            assert alice.ended is not None
            assert alice.ended.reason == Reason.REVOKED
            assert not await line.connect()
            assert alice.ended.reason == Reason.REVOKED
        status = json.loads(told("serve", "--status", "--json", folder=tmp_path))
        assert (status["listen"], status["handsets"]) == (server.address, 0)
        assert server.terminate() == 0
    assert "start one with: thinline serve" in told("account", "list", folder=tmp_path, code=69)


def test_a_wrong_command_line_or_setting_is_a_sentence(tmp_path: Path) -> None:
    assert "No such option" in refused("--lisent", "x", folder=tmp_path, code=2)
    assert "--listen: give HOST:PORT" in refused("--listen", "alice", folder=tmp_path, code=2)
    assert "Exit codes" in verb("serve", "--help").stdout


# Who may run where


def test_a_second_server_on_a_folder_refuses(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert f"another server is running on {tmp_path / 'state'}" in refused(folder=tmp_path, code=1)
        ran = cli("serve", "--data", str(tmp_path / "data"), "--state", str(tmp_path / "elsewhere"))
        assert ran.returncode == 1
        assert f"another server is running on {tmp_path / 'data'}" in ran.stderr
        assert server.ask("status")["pid"] == server.process.pid


def test_a_taken_address_is_a_sentence(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        said = refused("--listen", server.address, folder=tmp_path / "other", code=1)
        assert f"cannot listen on {server.address}" in said


async def test_off_loopback_nobody_speaks_without_tls(tmp_path: Path) -> None:
    """Spec ID-9, on both sides."""
    assert "is not a loopback address" in refused("--listen", "0.0.0.0:0", folder=tmp_path, code=1)
    with pytest.raises(LocalError, match="must be encrypted"):
        await dial("192.0.2.1:7300", None, lambda bearer: pytest.fail("it dialled"))


async def test_a_link_over_tls(tmp_path: Path) -> None:
    authority = Authority("thinline test")
    certificate, key = authority.issue(tmp_path)
    flags = ("--tls-certificate", str(certificate), "--tls-key", str(key))
    with serving(tmp_path, *flags) as server:
        assert server.ask("status")["encrypted"]
        alice = enrol(server)
        async with LiveLine(alice, grpc_to(server.address, Tls(authority.pem))) as line:
            assert await line.connect(), line
        for tls in (None, Tls(Authority("another").pem)):
            async with LiveLine(alice, grpc_to(server.address, tls)) as line:
                assert not await line.connect()
                assert alice.ended is not None
                assert alice.ended.reason == 0, "it never came to a frame"
    other = Authority("another").issue(tmp_path / "other")[1]
    mixed = ("--tls-certificate", str(certificate), "--tls-key", str(other))
    assert "are not a certificate and its key" in refused(*mixed, folder=tmp_path, code=2)


async def test_more_links_than_the_most_are_told_to_come_back(tmp_path: Path) -> None:
    """Spec LINK-12."""
    with serving(tmp_path, THINLINE_LINKS_MOST="2") as server:
        alice, bob, carol = enrol(server), enrol(server, "bob"), enrol(server, "carol")
        async with line_to(server, bob) as second, line_to(server, carol) as third:
            async with line_to(server, alice) as first:
                assert await first.connect(), first
                assert await second.connect(), second
                assert not await third.connect()
                assert carol.ended is not None
                assert (carol.ended.reason, carol.ended.retry_after_ms) == (Reason.BUSY, 40_000)
                assert carol.ended.sentence == "All links are taken; come back in 40 s."
                assert server.ask("status")["handsets"] == 2
            while server.ask("status")["links"] > 1:
                await asyncio.sleep(0)
            assert await third.connect(), third


# How it ends


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_a_clean_end_says_goodbye_and_keeps_everything(by: signal.Signals, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        alice = enrol(server)
        async with line_to(server, alice) as line:
            assert await line.connect(), line
            line.feed(contact(Random(1)))
            await line.until(lambda: alice.idle)
            server.process.send_signal(by)
            await line.until(lambda: alice.ended)
            assert alice.ended is not None
            assert (alice.ended.reason, alice.ended.sentence) == (Reason.STOPPING, sentence_of(Reason.STOPPING))
        assert await asyncio.to_thread(server.wait) == 0
        assert server.events("stopped")
    assert not (tmp_path / "state" / CONTROL_SOCKET).exists()
    with contextlib.closing(apsw.Connection(str(tmp_path / "state" / "state.db"))) as state:
        assert [row[0] for row in state.execute("SELECT position FROM marks")] == [2]  # enrolment, contact
    with serving(tmp_path) as server:
        async with line_to(server, alice) as line:
            assert await line.connect(), line
            assert alice.welcome is not None
            assert alice.welcome.disposition == Disposition.DISPOSITION_RESUME


async def test_logs_hold_no_secret_and_no_content(tmp_path: Path) -> None:
    """T9."""
    with serving(tmp_path, "--config", str(_loud(tmp_path))) as server:
        alice = enrol(server)
        async with line_to(server, alice) as line:
            assert await line.connect(), line
            line.feed(contact(Random(1)))
            await line.until(lambda: alice.idle)
        server.terminate()
        said = json.dumps(server.said)
    private = alice.sim.key.private_bytes_raw()
    service = (tmp_path / "state" / "service.key").read_bytes()
    for secret in (alice._code, SECRET, private.hex(), service.hex(), repr(private)[2:-1], repr(service)[2:-1]):
        assert secret not in said
    assert alice.sim.handset.hex() in said, "ids are what a log is for"


def _loud(folder: Path) -> Path:
    path = folder / "loud.toml"
    path.write_text('log_level = "debug"\n')
    return path


# What comes over the line


def _frame(number: int, frame: object, direction: Direction = Direction.UP) -> bytes:
    return join_packet([number_body(number, encode_body(frame, direction))])  # type: ignore[arg-type]


BAD_PACKETS = {
    "random": (Random(7).randbytes(200), Reason.MALFORMED),
    "truncated": (_frame(1, samples.HELLO)[:-5], Reason.MALFORMED),
    "oversized": (b"\x0a\xff\xff\x7f" + bytes(100), Reason.TOO_LARGE),
    "out of turn": (_frame(1, samples.COMMAND), Reason.OUT_OF_TURN),
    "wrong direction": (_frame(1, samples.OUTCOME, Direction.DOWN), None),
    "a number that jumps": (_frame(2, samples.HELLO), Reason.LINK_LOST),
    "unknown version": (_frame(1, replace(samples.HELLO, version=99)), Reason.VERSION),
}


class _Listener:
    """Sends one packet, keeps what comes back, and hangs up as whoever is refused does."""

    def __init__(self, bearer: GrpcBearer, packet: bytes) -> None:
        self.came: list[bytes] = []
        self._bearer = bearer
        self._packet: bytes | None = packet

    def arrived(self, data: bytes) -> None:
        self.came.append(data)
        self._bearer.close()

    def room(self, size_bytes: int) -> None:
        packet, self._packet = self._packet, None
        if packet is not None:
            self._bearer.send(packet)

    def lost(self, reason: str) -> None:
        """The server hung up."""


async def answers_to(address: str, packet: bytes) -> list[Frame | None]:
    """Send one packet, and wait until the server has hung up."""
    listeners: list[_Listener] = []

    def listen(bearer: GrpcBearer) -> _Listener:
        listeners.append(_Listener(bearer, packet))
        return listeners[-1]

    async with asyncio.timeout(20):
        await dial(address, None, listen)
    return [read_frame(one, Direction.DOWN)[1] for data in listeners[0].came for one in cut_packet(data)]


async def test_bad_frames_get_a_reason_and_the_server_stays_up(tmp_path: Path) -> None:
    """Must 7."""
    with serving(tmp_path) as server:
        for name, (packet, reason) in BAD_PACKETS.items():
            (refusal,) = await answers_to(server.address, packet)
            assert isinstance(refusal, Refusal), name
            assert refusal.sentence, name
            assert reason is None or refusal.reason == reason, name
        assert await answers_to(server.address, bytes(LIMITS.packet_bytes + 1)) == [], "grpc refuses it"
        async with line_to(server, enrol(server)) as line:
            assert await line.connect(), line
        assert server.process.poll() is None


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A data folder of 2 MB; its parent is the test's folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mount.returncode:
        pytest.skip(f"a small tmpfs needs root and the right to mount: {mount.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _make_room(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="a small tmpfs needs root")
async def test_a_full_disk_acknowledges_nothing_ends_and_keeps_everything(small_disk: Path, tmp_path: Path) -> None:
    """D7, D1: the server says why and ends with 74; with room again it has all that it acknowledged."""
    chance = Random(3)
    with serving(tmp_path) as server:
        alice = enrol(server)
        async with line_to(server, alice) as line:
            assert await line.connect(), line
            line.feed(*(contact(chance, "x" * 3_000) for _ in range(2_000)))
            await line.until(lambda: alice.ended)
            assert alice.ended is not None
            assert alice.ended.reason == Reason.FULL
            assert {refusal.reason for refusal in alice.refusals} <= {Reason.FULL}
        assert await asyncio.to_thread(server.wait) == 74
        assert "the store failed" in server.said[-1]["event"]
    acknowledged = set(alice.outcomes)
    assert acknowledged
    assert alice.unanswered
    _make_room(small_disk)
    with serving(tmp_path) as server:
        async with line_to(server, alice) as line:
            assert await line.connect(), line
            assert alice.welcome is not None
            assert alice.welcome.disposition != Disposition.DISPOSITION_SALVAGE
            assert alice.welcome.done >= max(acknowledged)
            await line.until(lambda: alice.idle, within_s=60)
        assert {outcome.verdict for outcome in alice.outcomes.values()} == {Verdict.VERDICT_APPLIED}
        assert server.ask("account.show", name="alice")["position"] == 1 + len(alice.outcomes)

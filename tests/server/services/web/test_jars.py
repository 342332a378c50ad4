"""Jars are read once, written when they changed, and each account has its own."""

from __future__ import annotations

from gates import Gate
from thinline_server.outside import ReadNote, WriteNote
from thinline_server.services.web.jars import Jars


async def test_a_jar_is_written_when_it_changed() -> None:
    gate = Gate()
    alice, bob = gate.account("alice"), gate.account("bob")
    jars = Jars(gate.operate, lambda: gate.now_ms)
    (await jars.of(alice)).keep("http://tea.example/", ["a=1"])
    await jars.save(alice)
    await jars.save(alice)
    assert (await jars.of(bob)).live() == []
    assert [type(one) for one in gate.asked] == [ReadNote, WriteNote, ReadNote]
    again = await Jars(gate.operate, lambda: gate.now_ms).of(alice)
    assert again.cookies("http://tea.example/") == "a=1"
    again.clear()
    later = Jars(gate.operate, lambda: gate.now_ms)
    (await later.of(alice)).clear()
    await later.save(alice)
    assert (await Jars(gate.operate, lambda: gate.now_ms).of(alice)).live() == []

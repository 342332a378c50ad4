"""Alice and bob with messages, over the real store: what each says, asks and reads, and what each then has.

told = Roster(server, people.alice, "alice", {"bob": ...})
"""

from __future__ import annotations

from google.protobuf.message import Message as Body

from powered import PoweredServer, Told, refill
from thinline.frames import Outcome
from thinline.items import Head
from thinline.v1 import im_pb2
from thinline.v1.im_pb2 import Buddy, Message
from thinline_server.services.im.bonds import BUDDY, MESSAGE, buddy_id
from thinline_server.services.im.rules import CHANGE_BOND, MARK_READ, SEND_AGAIN, SEND_MESSAGE

__all__ = ["ACCEPT", "ASK", "END", "Chatter"]

ASK, ACCEPT, END = im_pb2.BOND_ACT_ASK, im_pb2.BOND_ACT_ACCEPT, im_pb2.BOND_ACT_END


class Chatter:
    """Somebody with a handset: commands by what they mean."""

    def __init__(self, server: PoweredServer, told: Told) -> None:
        self.server = server
        self.told = told
        self._items = 0

    def do(self, kind: int, body: Body) -> Outcome:
        """A command and its outcome."""
        request = self.told.command(kind, body.SerializeToString())
        answer = self.server.one(request)
        self.told.answered(request.command.number, answer)
        return self.told.outcomes[request.command.number]

    def say(self, peer: str, text: str, item: bytes = b"") -> Outcome:
        self._items += 1
        item = item or self.told.handset + self._items.to_bytes(4)
        return self.do(SEND_MESSAGE, im_pb2.SendMessage(item=item, peer=peer, text=text, at_ms=5))

    def say_again(self, item: bytes) -> Outcome:
        return self.do(SEND_AGAIN, im_pb2.SendMessageAgain(item=item))

    def bond(self, address: str, act: im_pb2.BondAct.ValueType, **more: str) -> Outcome:
        body = im_pb2.ChangeBond(item=self.item(address), address=address, act=act, **more)
        return self.do(CHANGE_BOND, body)

    def read(self, address: str, read_ms: int) -> Outcome:
        return self.do(MARK_READ, im_pb2.MarkRead(item=self.item(address), address=address, read_ms=read_ms))

    def item(self, address: str) -> bytes:
        return buddy_id(self.told.account, address)

    @property
    def heads(self) -> list[Head]:
        """All that is there now."""
        newest = {head.item: head for head in refill(self.server, self.told.account)}
        return [head for head in newest.values() if not head.dead]

    def buddy(self, address: str) -> Buddy:
        """How somebody stands; an empty one where there is none."""
        found = [head for head in self.heads if head.item == self.item(address)]
        return Buddy.FromString(found[0].fields) if found else Buddy()

    @property
    def messages(self) -> list[Message]:
        """What was said, in the order of the time."""
        told = [Message.FromString(head.fields) for head in self.heads if head.type == MESSAGE]
        return sorted(told, key=lambda one: one.at_ms)

    @property
    def buddies(self) -> int:
        return sum(head.type == BUDDY for head in self.heads)

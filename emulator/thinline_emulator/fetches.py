"""A service's own ask that is answered in chunks: bytes to be read, or a picture as small as the screen.

The core knows parts of items; a web page or its pictures are none. An app wishes for a stretch of whatever its service
keeps for it, `Step(state, ask=(Fetch(kind, body, offset_field),))`, and is told when it is here (`App.came`). The ask
is repeated on another link from where it stood: its body then says how many bytes came, in the field of that number.
"""

from __future__ import annotations

from dataclasses import dataclass

from thinline.v1 import line_pb2
from thinline_emulator.pictures import raster_of, read_info
from thinline_emulator.raster import Raster

__all__ = ["Fetch"]


@dataclass(frozen=True, slots=True)
class Fetch:
    """What is wanted.

    Attributes:
        kind: of the ask.
        body: its message, without an offset.
        offset_field: number of the field that says how many bytes came already; below 16.
        width, height, colours: of a picture, at most; a width of 0 wants bytes.
    """

    kind: int
    body: bytes
    offset_field: int
    width: int = 0
    height: int = 0
    colours: int = 0

    def asked(self, offset: int) -> bytes:
        """The ask's body from that byte on: a message may have its fields in any order."""
        assert 0 < self.offset_field < 16
        if not offset:
            return self.body
        tail, rest = bytearray([self.offset_field << 3]), offset
        while rest > 127:
            tail.append(rest & 127 | 128)
            rest >>= 7
        return self.body + bytes(tail) + bytes([rest])

    def told(self, answer: bytes) -> line_pb2.PartInfo | line_pb2.PictureInfo:
        """How it travels.

        Raises:
            DecodeError: the answer is none.
            RemoteError: MALFORMED, a picture does not fit the wish.
        """
        return read_info(self, answer) if self.width else line_pb2.PartInfo.FromString(answer)

    def read(self, info: line_pb2.PartInfo | line_pb2.PictureInfo, data: bytes) -> tuple[bytes, Raster | None]:
        """What came: bytes or a picture.

        Raises:
            RemoteError: MALFORMED, it is not the picture that was told.
        """
        return (b"", raster_of(info, data)) if isinstance(info, line_pb2.PictureInfo) else (data, None)

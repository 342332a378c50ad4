"""A page's body, packed or in a frame: whole, begun, and as it is kept."""

from __future__ import annotations

import pytest

from thinline.bodies import Body, kept_bytes, read_body, read_body_begun
from thinline.errors import RemoteError
from thinline.marks import mark
from thinline.pack import pack
from thinline.pages import read_page
from thinline.squeeze import squeeze
from thinline.v1.page_pb2 import Block, Page, Run

PAGE = Page(title="Tea", blocks=[Block(runs=[Run(text=f"word {number}", link=1)]) for number in range(300)])
TEXT = mark([Page(title="Tea"), *PAGE.blocks])


@pytest.mark.parametrize("packed", [True, False])
def test_either_way_it_is_the_same_page(packed: bool) -> None:
    """Spec WEB-4, WEB-6."""
    body = Body(packed=packed, dictionary=0 if packed else 2, size=len(TEXT))
    data = pack(TEXT) if packed else squeeze(TEXT, 2)
    assert read_body(body, data) == PAGE
    begun = read_body_begun(body, data[: len(data) - 20])
    assert (begun.title, begun.blocks[:2]) == (("Tea", PAGE.blocks[:2]) if packed else ("", []))
    with pytest.raises(RemoteError, match="another size than told"):
        read_body(body._replace(size=len(TEXT) + 1), data)


def test_what_is_kept_is_the_page() -> None:
    """Spec WEB-10."""
    assert read_page(kept_bytes(PAGE)) == PAGE

"""The planted bugs of pages and of the web: one for each sentence of the chapters PAGE and WEB, and for secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planting import Bug, around, limit, put
from thinline import pages
from thinline.items import Blob
from thinline.v1.page_pb2 import Page
from thinline_emulator import layout
from thinline_emulator.apps.web import papers
from thinline_server import sealing
from thinline_server.pages import writer
from thinline_server.services import web
from thinline_server.services.web import asking, cookies, opening, rules, sending, submission
from thinline_server.services.web.cache import Cache
from thinline_server.services.web.keeping import keep_part

__all__ = ["BUGS"]

HUGE = 1 << 40


def _anybody_s(right: Any, self: Cache, account: bytes, page: bytes) -> Any:
    """A page by its name alone."""
    return next((held for (_, name), held in self._pages.items() if name == page), None)


def _told_on_the_item(right: Any, *told: Any) -> Any:
    """What was filled in stands in the item's title too."""
    *_, message, errand, _view = told
    if hasattr(message, "title"):
        message.title = errand.detail.decode(errors="replace")
    return right(*told)


async def _not_kept(_operate: Any, _account: bytes, name: str, data: bytes) -> Blob:
    """A part that was never written."""
    return Blob(name, bytes(32), len(data))


async def _other_name(operate: Any, account: bytes, _name: str, data: bytes) -> Any:
    return await keep_part(operate, account, "bytes", data)


BUGS: Mapping[str, Bug] = {
    "PAGE-1": Bug(
        "control characters go through",
        put(writer, "clean", lambda text: text.encode(errors="replace").decode()),
        "server/pages/test_writer.py::test_no_control_character_comes_through",
    ),
    "PAGE-2": Bug(
        "what goes on in the next piece is a block of its own",
        around(layout, "_joined", lambda right, blocks: list(blocks)),
        "emulator/test_layout.py::test_a_block_that_joins_goes_on_in_the_line",
    ),
    "PAGE-3": Bug(
        "a link without an address is the first one",
        put(pages, "link_of", lambda page, number: (page.links or ["http://a/"])[0]),
        "proto/test_pages.py::test_a_link_without_an_address_is_none",
    ),
    "PAGE-4": Bug(
        "a picture may lie where a link may lead",
        put(pages, "_IMAGE_SCHEMES", pages.SCHEMES),
        "proto/test_pages.py::test_a_picture_s_address_may_be_a_part_of_the_mail",
    ),
    "PAGE-5": Bug(
        "a page has no bounds",
        put(pages, "_require", lambda holds, what: None),
        "proto/test_pages.py::test_what_is_beyond_the_bounds_is_refused",
    ),
    "PAGE-6": Bug(
        "a block of a later version is left out",
        around(layout, "_block", lambda right, block, columns: right(block, columns) if block.kind in range(5) else []),
        "emulator/test_layout.py::test_a_kind_of_a_later_version_is_a_paragraph",
    ),
    "PAGE-7": Bug(
        "a control of a later version is a line of text",
        put(papers, "KNOWN", range(256)),
        "emulator/apps/web/test_papers.py::test_a_control_of_a_later_version_and_one_that_is_not_here_are_their_text",
    ),
    "PAGE-8": Bug(
        "a page has any number of controls",
        limit(writer, page_controls=HUGE),
        "server/pages/test_writer.py::test_controls_and_their_choices_are_bounded",
    ),
    "T9": Bug(
        "a note lies in the store as it is",
        put(sealing.Vault, "seal", lambda self, place, data, draw: data),
        "server/store/test_notes.py::test_the_store_by_itself_tells_no_note",
    ),
    "WEB-1": Bug(
        "the oldest comes first",
        around(web.Web, "key", lambda right, *told: bytes(255 - byte for byte in right(*told))),
        "server/services/test_web.py::test_the_newest_comes_first",
    ),
    "WEB-2": Bug(
        "texts are as long as they like",
        put(web, "is_line", lambda text, most: True),
        "server/services/test_web.py::test_what_breaks_a_bound",
    ),
    "WEB-3": Bug(
        "why there is no page is not said",
        put(opening, "sentence_of", lambda reason: ""),
        "server/services/web/test_opening.py::test_a_page_that_is_not_there_says_why",
    ),
    "WEB-4": Bug(
        "a beginning is as long as is asked for",
        put(opening, "_FIRST_MOST_BYTES", HUGE),
        "server/services/web/test_opening.py::test_the_answer_brings_the_beginning_that_was_wanted",
    ),
    "WEB-5": Bug(
        "what came already comes again",
        around(asking, "Download", lambda right, data, offset: right(data, 0)),
        "server/services/web/test_asking.py::test_a_page_comes_in_any_stretches_of_its_body",
    ),
    "WEB-6": Bug(
        "a body of another size is a page without anything on it",
        put(papers, "read_body", lambda _travels, _data: Page()),
        "emulator/apps/web/test_reading.py::test_a_page_that_came_broken_says_so",
    ),
    "WEB-7": Bug(
        "any number of links is told at once",
        limit(asking, links_asked=HUGE),
        "server/services/web/test_asking.py::test_addresses_are_told_by_their_numbers_so_many_at_once",
    ),
    "WEB-8": Bug(
        "who knows a page's name may read it",
        around(Cache, "get", _anybody_s),
        "server/services/web/test_asking.py::test_another_account_s_page_is_as_none_at_all",
    ),
    "WEB-9": Bug(
        "a picture that is nowhere is an empty one",
        put(asking, "_written", lambda address: b""),
        "server/services/web/test_asking.py::test_a_picture_that_is_nowhere",
    ),
    "WEB-10": Bug(
        "a page is told as kept that is nowhere",
        put(asking, "keep_part", _not_kept),
        "server/services/web/test_asking.py::test_what_is_kept_is_on_stable_storage_before_it_is_told",
    ),
    "WEB-11": Bug(
        "a domain is whatever a host's name ends with",
        put(cookies, "_below", lambda host, domain: host.endswith(domain)),
        "server/services/web/test_cookies.py::test_who_gets_it_back",
    ),
    "WEB-12": Bug(
        "what was filled in stands in the item",
        around(rules, "_made", _told_on_the_item),
        "server/services/web/test_rules.py::test_what_was_filled_in_is_the_errand_s_only",
    ),
    "WEB-13": Bug(
        "a form takes any amount",
        limit(rules, form_bytes=HUGE),
        "server/services/web/test_rules.py::test_what_is_not_taken",
    ),
    "WEB-14": Bug(
        "a box that nothing is told of is on",
        around(
            submission,
            "_pairs",
            lambda right, one, told, codec: (
                right(one, told, codec) or ([(one.name, one.value)] if one.kind in submission._ON and one.name else [])
            ),
        ),
        "server/services/web/test_submission.py::test_what_nothing_is_told_of_is_as_it_was_and_boxes_are_off",
    ),
    "WEB-15": Bug(
        "a file has another name among the parts",
        put(sending, "keep_part", _other_name),
        "server/services/web/test_sending.py::test_a_file_is_called_as_its_site_says_and_is_no_path",
    ),
    "WEB-16": Bug(
        "what the gate does not dial is away",
        put(opening, "_REASONS", {}),
        "server/services/web/test_opening.py::test_each_way_not_to_have_a_page_has_its_reason",
    ),
    "WEB-17": Bug(
        "a password is for every site",
        put(opening, "_origin", lambda address: ""),
        "server/services/web/test_opening.py::test_a_password_goes_to_the_origin_that_asked_for_it_and_to_no_disk",
    ),
}

"""Tables of data are told from those that only put things beside each other."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from thinline_server.pages.tables import data_tables

ROW = "<tr><td>a<td>b"


@pytest.mark.parametrize(
    ("html", "count"),
    [
        (f"<table>{ROW * 2}</table>", 1),
        (f"<table><thead>{ROW}</thead><tbody>{ROW}</tbody></table>", 1),
        (f"<table>{ROW}</table>", 0),
        ("<table><tr><td>a<tr><td>b</table>", 0),
        (f"<table>{ROW}<td><table>{ROW * 2}</table>{ROW}</table>", 1),
        (f"<table>{ROW * 2}<td><ul><li>x</ul></table>", 0),
        (f"<table>{ROW * 2}<td><img></table>", 0),
        (f"<table>{ROW * 2}<td>{'x' * 121}</table>", 0),
        (f"<table>{ROW}<tr>{'<td>x' * 17}</table>", 0),
        (f"<table>{ROW * 2}</table><p>x<table>{ROW * 2}</table>", 2),
        ("", 0),
    ],
)
def test_data_has_rows_of_short_fields(html: str, count: int) -> None:
    body = LexborHTMLParser(html).body
    assert body is not None
    assert len(data_tables(body)) == count

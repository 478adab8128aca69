"""Tables show themselves in notebooks and terminals, and no text becomes markup."""

from html.parser import HTMLParser

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from semsearch.tables import html_of, text_of


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs == []
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> _Tags:
    parsed = _Tags()
    parsed.feed(html)
    parsed.close()
    return parsed


@given(st.lists(st.text(max_size=20), max_size=3))
def test_no_text_is_markup(texts: list[str]) -> None:
    shown = read(html_of(pa.table({"text": pa.array(texts, pa.string())})))
    assert shown.tags <= {"table", "thead", "tbody", "tr", "th", "td"}


def test_of_a_long_table_the_rest_is_counted() -> None:
    shown = read(html_of(pa.table({"n": range(60), "text": ["x" * 400] * 60})))
    assert "And 10 more rows" in shown.text
    assert "x" * 299 + "…" in shown.text


def test_in_a_terminal_stand_as_many_columns_as_fit_and_the_rest_is_counted() -> None:
    wide = {f"column{number}": ["x" * 60, None] for number in range(5)}
    lines = text_of(pa.table(wide)).splitlines()
    assert lines[0].split() == ["column0", "column1"]
    assert lines[1].split() == ["x" * 47 + "…"] * 2
    assert lines[-1] == "And 3 more columns; to_arrow() has them all."
    assert text_of(pa.table({"n": [1], "gap": [None], "text": ["a\nb"]})) == "n: 1\ntext: a b"
    assert "And 10 more rows" in text_of(pa.table({"n": range(60)}))
    assert text_of(pa.table({"n": pa.array([], pa.int64())})) == "n"

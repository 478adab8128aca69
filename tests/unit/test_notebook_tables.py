"""Results show themselves in notebooks as tables, and no text becomes markup."""

from html.parser import HTMLParser

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from semsearch.index import Index
from semsearch.tables import html_of
from tests.support.articles import make_article

EVIL = '<script>alert("x")</script><img src=x onerror=y>&amp;'


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


def test_an_answer_shows_itself_and_stays_text_elsewhere(index: Index) -> None:
    index.add([make_article("evil", EVIL, body="The ferry waits in the harbour.")])
    found = index.search("ferry harbour")
    shown = read(found._repr_html_())
    assert shown.tags == {"table", "thead", "tbody", "tr", "th", "td"}
    assert EVIL in shown.text
    assert "<table" not in repr(found)


@given(st.lists(st.text(max_size=20), max_size=3))
def test_no_text_is_markup(texts: list[str]) -> None:
    shown = read(html_of(pa.table({"text": pa.array(texts, pa.string())})))
    assert shown.tags <= {"table", "thead", "tbody", "tr", "th", "td"}


def test_of_a_long_table_the_rest_is_counted() -> None:
    shown = read(html_of(pa.table({"n": range(60), "text": ["x" * 400] * 60})))
    assert "And 10 more rows" in shown.text
    assert "x" * 299 + "…" in shown.text

"""JSON that is not one record a line."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.errors import UnreadableError
from semsearch.ingest.formats import jsondocument
from semsearch.ingest.formats.envelopes import records_in
from semsearch.ingest.formats.jsondocument import envelope_of, raw_values
from semsearch.ingest.formats.jsonlines import parse_line
from semsearch.model.article import Article
from semsearch.model.status import Skipped
from tests.unit.ingest.samples import read_bytes

RECORD = {"title": "Port reopens", "maintext": "Pilots voted.", "url": "https://ledger.example/1"}
OTHER = {"title": "Ferry returns", "maintext": "At six.", "url": "https://ledger.example/2"}


def titles(path: Path, data: object) -> list[str]:
    """Titles, or reasons why there is none."""
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return [
        record.title if isinstance(record, Article) else getattr(record, "reason", "")
        for record in read_bytes(path, text)
    ]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param([RECORD, OTHER], id="list"),
        pytest.param({"articles": [RECORD, OTHER]}, id="articles"),
        pytest.param({"status": "ok", "totalResults": 2, "articles": [RECORD, OTHER]}, id="API"),
        pytest.param({"response": {"docs": [RECORD, OTHER]}}, id="within another"),
        pytest.param({"hits": {"hits": [{"_source": RECORD}, {"_source": OTHER}]}}, id="hits"),
        pytest.param({"@graph": [{"@type": "WebSite", "name": "Ledger"},
                                 {"@type": "NewsArticle", **RECORD},
                                 {"@type": ["NewsArticle"], **OTHER}]}, id="JSON-LD"),
        pytest.param({"version": "https://jsonfeed.org/version/1.1", "title": "Ledger",
                      "items": [RECORD, OTHER]}, id="JSON Feed"),
        pytest.param(json.dumps(RECORD, indent=1).encode() + json.dumps(OTHER).encode(), id="two"),
        pytest.param(b"\n".join([json.dumps(RECORD).encode(), json.dumps(OTHER).encode()]),
                     id="lines"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps([RECORD, OTHER]).encode(), id="mark"),
        pytest.param(json.dumps([RECORD, OTHER]).encode("utf-16"), id="UTF-16"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.json", "a.txt"])
def test_records_are_found_however_they_are_wrapped(
    tmp_path: Path, data: object, name: str
) -> None:
    assert titles(tmp_path / name, data) == ["Port reopens", "Ferry returns"]


def test_one_record_is_one_article_with_its_lists(tmp_path: Path) -> None:
    record = {**RECORD, "items": [{"title": "not an article of its own"}]}
    (article,) = read_bytes(tmp_path / "a.json", json.dumps(record, indent=2).encode())
    assert isinstance(article, Article)
    assert article.body == "Pilots voted."


def test_the_outlet_of_a_json_feed_is_that_of_its_items(tmp_path: Path) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "title": "Harbour Ledger",
        "home_page_url": "https://ledger.example/",
        "items": [{"id": "1", "title": "T", "content_html": "<p>Text.</p>"}],
    }
    (article,) = read_bytes(tmp_path / "a.json", json.dumps(feed).encode())
    assert isinstance(article, Article)
    assert (article.provider.name, article.provider.domain) == ("Harbour Ledger", "ledger.example")
    assert article.body == "Text."


@pytest.mark.parametrize(
    ("data", "last"),
    [
        pytest.param(b'[{"title": "T"}, 3]', "not a JSON object", id="number"),
        pytest.param(b'[{"title": "T"}, {"tit', "not JSON: it breaks off", id="cut"),
        pytest.param(b'[{"title": "T"}', "not JSON: it breaks off", id="open"),
        pytest.param(b'[{"title": "T"}] x', "text behind the end of the list", id="behind"),
        pytest.param(b'[{"title": "T"}]]', "not JSON: a bracket too many", id="bracket"),
        pytest.param(b'{"title": "T"}\n"x', "not a JSON object", id="text"),
    ],
)
def test_what_is_sound_is_read_and_the_rest_is_said(tmp_path: Path, data: bytes, last: str) -> None:
    assert titles(tmp_path / "a.json", data) == ["T", last]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b'{"articles": ' + b"[" * 10**5, "not JSON: it breaks off", id="deep"),
        pytest.param(b"[" * 70 + b"]" * 70, "nested too deep", id="lists"),
        pytest.param(b'{"a":' * 70 + b"1" + b"}" * 70, "nested too deep", id="objects"),
        pytest.param(b'{"title": "T", "title": "U"}', "not JSON: the key 'title' stands twice",
                     id="twice"),
        pytest.param(b"{}", "no title and no text", id="empty"),
        pytest.param(b'{"title": "' + b"x" * (65 * 2**20), "a record longer than 64 MiB",
                     id="endless"),
        pytest.param(b'[{"title": "' + b"x" * (17 * 2**20), "a record longer than 16 MiB",
                     id="endless-in-a-list"),
    ],
)  # fmt: skip
def test_hostile_json_is_one_plain_line(tmp_path: Path, data: bytes, reason: str) -> None:
    (record,) = read_bytes(tmp_path / "a.json", data)
    assert isinstance(record, Skipped)
    assert record.reason == reason


LIST = [{**RECORD, "n": n, "list": [{"a": "]}"}], "text": '"\\' * n} for n in range(30)]
BEHIND = "fields that stand behind the list of records of a large file were not read"


@pytest.mark.parametrize(
    ("envelope", "note"),
    [
        pytest.param({"articles": LIST}, "", id="alone"),
        pytest.param({"status": "ok", "n": [1, {"x": "["}], "articles": LIST}, "",
                     id="behind others"),
        pytest.param({"response": {"total": 30, "docs": LIST}}, "", id="within another"),
        pytest.param({"rows": [{"x": 1}], "results": LIST}, "", id="behind another list"),
        pytest.param({"hits": {"hits": [{"_id": "7", "_source": one} for one in LIST]}}, "",
                     id="hits"),
        pytest.param({"articles": LIST, "next": {"page": "2"}}, BEHIND, id="before others"),
        pytest.param({"version": "https://jsonfeed.org/version/1", "title": "Ledger",
                      "home_page_url": "https://ledger.example/", "items": LIST}, "",
                     id="JSON Feed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_large_envelope_is_read_as_a_small_one_is(
    monkeypatch: pytest.MonkeyPatch, envelope: dict[str, object], note: str, size: int
) -> None:
    whole = [dict(one) for one in records_in(envelope)]
    assert len(whole) == len(LIST)
    monkeypatch.setattr(jsondocument, "LARGE", 2_000)
    cutter = jsondocument._Cutter()
    stream = Pieces(
        json.dumps(envelope, indent=1).encode() + b"\n" + json.dumps(OTHER).encode(), size
    )
    found = list(raw_values(stream, cutter))  # type: ignore[arg-type]
    assert len(found) == len(LIST) + 1
    assert [raw.fields for one in found for raw in parse_line(one)] == [*whole, OTHER]
    assert cutter.note == note
    lines = [line for line, _ in found]
    assert lines == sorted(set(lines))


def test_a_large_envelope_that_breaks_off_is_read_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsondocument, "LARGE", 2_000)
    data = json.dumps({"articles": LIST}).encode()[:-50]
    *sound, last = raw_values(Pieces(data, 100))  # type: ignore[arg-type]
    assert len(sound) == len(LIST) - 1
    assert str(last[1]) == "not JSON: it breaks off"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"title": "T", "url": "https://a.example/b", "items": [{"title": "U"}]}',
                     id="a record with a list"),
        pytest.param(b'{"others": [{"title": "T"}]}', id="another name"),
        pytest.param(b'{"articles": ["T"]}', id="no objects"),
        pytest.param(b'{"articles": [{"a": 1}]}', id="no records"),
        pytest.param(b'{"x": {"articles": [{"title": "T"}]}}', id="within what is none"),
        pytest.param(b'{"articles": [{"title": "' + b"x" * 100, id="first record does not end"),
        pytest.param(b"[" * 500, id="brackets"),
    ],
)  # fmt: skip
def test_what_is_no_envelope_is_not_taken_for_one(data: bytes) -> None:
    assert envelope_of(data) is None


class Pieces(io.RawIOBase):
    """A stream that gives so many bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data = data
        self._size = size

    def read(self, size: int = -1) -> bytes:
        size = min(size, self._size)
        data, self._data = self._data[:size], self._data[size:]
        return data


VALUES = st.recursive(
    st.one_of(st.none(), st.integers(), st.text('ab"\\[]{},\n é', max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text('a"\\]', max_size=3), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=40)
@given(
    st.lists(st.dictionaries(st.text("ab", min_size=1), VALUES), max_size=5),
    st.integers(1, 9),
    st.sampled_from(["list", "values"]),
    st.sampled_from([None, 2]),
)
def test_objects_are_cut_out_whole_however_the_stream_is_cut(
    objects: list[dict[str, object]], size: int, form: str, indent: int | None
) -> None:
    text = (
        json.dumps(objects, indent=indent)
        if form == "list"
        else "\n".join(json.dumps(one, indent=indent) for one in objects)
    )
    stream = Pieces(text.encode(), size)
    found = list(raw_values(stream))  # type: ignore[arg-type]
    assert [json.loads(data) for _, data in found if isinstance(data, bytes)] == objects
    lines = text.split("\n")
    for line, data in found:
        assert not isinstance(data, UnreadableError)
        assert "{" in lines[line - 1]

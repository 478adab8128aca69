"""Whatever is in a file, reading answers with records and never with an exception."""

import json
import unicodedata
from itertools import pairwise

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from semsearch.errors import UnreadableError
from semsearch.ingest.dates import parse_date
from semsearch.ingest.files import SourceFile
from semsearch.ingest.formats.yamlfields import load_mapping
from semsearch.ingest.identity import content_hash
from semsearch.ingest.reading import ReadOptions, read_document, read_file
from semsearch.ingest.records import article_from_fields
from semsearch.ingest.secured import without_secured
from semsearch.model.address import canonical_url
from semsearch.model.article import Article, export_record
from semsearch.model.status import Skipped
from semsearch.text.boilerplate import marks, masked
from semsearch.text.repair import repair
from semsearch.text.sentences import sentences

FRAGMENTS = [
    *("---\n", "---", "title: ", "T", "\n", "\r\n", " ", "\t", ": ", "- ", "[", "]", "{", "}", '"'),
    *("'", "&a", "*a", "!x", "|\n", "#", "é", "â€™", "\ufeff", "\0", "\x07", "\u2028", "😀"),
    *("<b>", "</b>", "<script>", "</script>", "<!--", "-->", "[gallery]", "[a_b", "(ANI)", "AP"),
    *(
        "Also read: ",
        "Share this",
        "reports Lisk",
        ". ",
        "Ferry",
        "...",
        "e\u0301",
        "&amp;",
        "U.S.",
    ),
]
TEXTS = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=5)), max_size=25).map(
    "".join
)
MOJIBAKE = st.text(alphabet="donté’“”…—ü½Ω渡€£\u00a0", max_size=12).map(
    lambda text: text.encode().decode("windows-1252", "replace").replace("\ufffd", "?")
) | st.text(alphabet="Ãâ€™Â©œ¢ž¡šÅ\x80\x9d\x81\xa0 ¬ïð¤“”a\u0301è±á", max_size=12)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(-1e6, 1e6),
    st.text("ab é:-#'\"\\{[&*!|>%@`, \n~", max_size=8),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "secured", "Secured", "é"]), inner, max_size=3),
    ),
    max_leaves=10,
)
KEYS = [
    *(
        "id",
        "title",
        "excerpt",
        "body",
        "provider",
        "provider_domain",
        "url",
        "webUrl",
        "published",
    ),
    *("publishedDateTime", "topics", "topic", "category", "type", "lang", "language", "quality"),
    *("heat", "related", "removed", "extra", "secured", "note"),
]
RECORDS = st.fixed_dictionaries(
    {"title": st.sampled_from(["Ferry returns", "Storm", "Å"])},
    optional={
        key: st.one_of(VALUES, TEXTS, st.sampled_from(["2024-03-05", "https://www.a.example/x/"]))
        for key in KEYS
        if key != "title"
    }
    | {"related": st.lists(st.dictionaries(st.sampled_from(KEYS), st.one_of(TEXTS, VALUES)))},
)


@given(data=st.one_of(TEXTS.map(str.encode), st.binary(max_size=80)), name=st.sampled_from(
    ["a.md", "a.txt", "a.jsonl", "a.jsonl.gz", "a.jsonl.xz", "a.json", "a.csv", "a.parquet"]
))  # fmt: skip
@settings(max_examples=150)
@example(data=b"\x1f\x8b\x08\x00", name="a.jsonl.gz")
@example(data=b"\xff\xfe\x00", name="a.md")
def test_any_bytes_are_records_or_skips(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(data)
    for record in read_file(SourceFile(path, name), ReadOptions()):
        if isinstance(record, Skipped):
            assert record.path == name
            assert_one_line(record.reason)
            assert record.line is None or 1 <= record.line <= data.count(b"\n") + 2
        elif isinstance(record, Article):
            assert record.title or record.excerpt.strip() or record.body.strip()


@given(text=st.one_of(TEXTS, TEXTS.map(lambda text: f"---\n{text}\n---\nBody")))
@settings(max_examples=150)
def test_any_text_is_an_article_or_unreadable(text: str) -> None:
    try:
        read_document(text, "here", ReadOptions())
    except UnreadableError as error:
        assert_one_line(error.reason)


def assert_one_line(reason: str) -> None:
    assert reason
    assert "\n" not in reason


def secrets(value: object) -> bool:
    if isinstance(value, dict):
        return any(str(key).casefold() == "secured" or secrets(item) for key, item in value.items())
    return isinstance(value, list) and any(secrets(item) for item in value)


@given(record=RECORDS)
@settings(max_examples=200)
def test_any_record_is_read_without_its_secrets_and_survives_an_export(
    record: dict[str, object],
) -> None:
    try:
        article = article_from_fields(record, fallback_id="here")
    except UnreadableError as error:
        assert_one_line(error.reason)
        return
    if not isinstance(article, Article):
        assert record["removed"] is True
        return
    assert not secrets(dict(article.extra))
    exported = export_record(article)
    assert not secrets(exported)
    again = article_from_fields(json.loads(json.dumps(exported)), fallback_id="elsewhere")
    assert again == article
    assert isinstance(again, Article)
    assert content_hash(again) == content_hash(article)


@given(value=st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
@settings(max_examples=100)
def test_dropping_secrets_twice_is_dropping_them_once(value: dict[str, object]) -> None:
    try:
        once = without_secured(value)
    except UnreadableError:
        return
    assert without_secured(once) == once


YAML_VALUES = st.recursive(
    SCALARS.filter(lambda value: not isinstance(value, float)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abé"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(value=st.dictionaries(st.sampled_from(["note", "a b", "é", "1"]), YAML_VALUES, max_size=3))
@settings(max_examples=100)
def test_what_yaml_writes_is_read_back(value: dict[str, object]) -> None:
    dumper = type("Dumper", (yaml.SafeDumper,), {"ignore_aliases": lambda *_: True})
    assert load_mapping(yaml.dump(value, Dumper=dumper, allow_unicode=True)) == value


@given(text=st.one_of(TEXTS, MOJIBAKE, st.text(max_size=30)))
@settings(max_examples=300)
@example(text="donâ€™t")
@example(text="Ã¢â‚¬â„¢")
@example(text="e\u0327\u0301")
def test_repair_is_idempotent_and_gives_nfc(text: str) -> None:
    try:
        mended = repair(text)
    except UnreadableError:
        return
    assert repair(mended) == mended
    assert unicodedata.is_normalized("NFC", mended)


@given(text=TEXTS)
@settings(max_examples=200)
def test_masking_blanks_the_marks_and_nothing_else(text: str) -> None:
    found, clean = marks(text), masked(text)
    assert len(clean) == len(text)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    marked = {at for mark in found for at in range(mark.start, mark.end)}
    for at, (was, now) in enumerate(zip(text, clean, strict=True)):
        assert now == (" " if at in marked and was != "\n" else was)


@given(text=st.one_of(TEXTS, st.text(max_size=60)))
@settings(max_examples=300)
def test_sentences_are_in_order_apart_and_hold_every_character(text: str) -> None:
    spans = list(sentences(text))
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    for start, end in spans:
        assert text[start:end].strip() == text[start:end] != ""
    held = {at for start, end in spans for at in range(start, end)}
    assert all(at in held for at, char in enumerate(text) if not char.isspace())


@given(text=st.one_of(st.text(max_size=40), st.from_regex(r"[0-9A-Za-z :+/.,-]{0,40}")))
@settings(max_examples=200)
def test_any_text_is_a_date_in_utc_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.moment.utcoffset() is not None


@given(text=st.one_of(st.text(max_size=30), st.text("ab./?&=%#:@[]é\ud800", max_size=20)))
@example("\x85#")
@settings(max_examples=200)
def test_a_canonical_address_is_canonical(text: str) -> None:
    address = canonical_url("https://a.example/" + text)
    assert address == "" or canonical_url("http://www." + address) == address

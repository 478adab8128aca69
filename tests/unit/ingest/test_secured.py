"""Sealed fields are left out however they are written, and never quoted."""

import base64
import json
import time
from collections.abc import Callable
from math import nan
from pathlib import Path

import ftfy.bad_codecs  # noqa: F401 - the code of Windows as browsers read it
import pytest

from semsearch.errors import UnreadableError
from semsearch.index import Index
from semsearch.ingest.formats.jsonvalues import parse_json
from semsearch.ingest.reading import ReadOptions, read_document
from semsearch.ingest.records import article_from_fields
from semsearch.ingest.secured import (
    MAX_KEY_CHARS,
    MAX_TEXT_CHARS,
    is_secured,
    quoted,
    withheld,
    without_secured,
)
from semsearch.model.article import Article

FULL_WIDTH = "ｓｅｃｕｒｅｄ"
BLOB = base64.b64encode(b"a sealed text that nobody may read" * 2).decode()


def garbled(text: str, times: int = 1, code: str = "latin-1") -> str:
    """A text whose bytes were taken for those of another code."""
    for _ in range(times):
        text = text.encode().decode(code)
    return text


def written(value: object) -> str:
    """As JSON that is YAML, too, which has no pairs of surrogates."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(f"\\x{ord(sign):02x}" if 0x7F <= ord(sign) < 0xA0 else sign for sign in text)


KEYS = {
    "plain": "secured",
    "capital": "SECURED",
    "long s": "ſecured",
    "blanks": " secured ",
    "signs": "_secured-:",
    "parted": "s e c u r e d",
    "soft hyphen": "se\u00adcured",
    "no width": "se\u200bcur\u2060ed",
    "full width": FULL_WIDTH,
    "mathematical": "𝓼𝓮𝓬𝓾𝓻𝓮𝓭",
    "circled": "ⓢⓔⓒⓤⓡⓔⓓ",
    "circled in black": "🅢🅔🅒🅤🅡🅔🅓",
    "accents": "sécuréd",
    "underlined": "s\u0332e\u0332c\u0332u\u0332r\u0332e\u0332d\u0332",
    "Cyrillic": "ѕесurеd",
    "Cyrillic capitals": "ЅЕСURЕD",
    "one Cyrillic letter": "secur\u0435d",
    "Greek": "sεϲυred",
    "small capitals": "ꜱᴇᴄᴜʀᴇᴅ",
    "garbled": garbled(FULL_WIDTH),
    "garbled twice": garbled(FULL_WIDTH, 2),
    "garbled thrice": garbled(FULL_WIDTH, 3),
    "garbled as Windows": garbled("ѕесurеd", code="sloppy-windows-1252"),
    "garbled look-alike": garbled("secur\u0435d"),
}
OTHERS = [
    "secure",
    "unsecured",
    "secured_by",
    "securedloan",
    "secured1",
    "obscured",
    "sécurité",
    "",
]

IN_TEXTS = {
    "yaml": f"secured: {BLOB}",
    "yaml in quotes": f'title: A\nsecured: "{BLOB}"\n',
    "json": f'{{"id": "1", "secured": "{BLOB}"}}',
    "mapping": f"secured: {{iv: abc, blob: {BLOB}}}",
    "nested json": f'"secured": {{\n  "v": 1, "data": "{BLOB}"\n}}',
    "block": f"secured: |\n  {BLOB[:40]}\n  {BLOB[40:]}",
    "hexadecimal": f"secured: {BLOB.encode().hex()}",
    "list": f"- secured: [{BLOB}]",
    "equals": f"secured = '{BLOB}'",
    "in a line": f"See secured={BLOB} and so on.",
    "capital": f"SECURED: {BLOB}",
    "full width": f"{FULL_WIDTH}： {BLOB}",
    "Cyrillic": f"ѕесurеd: {BLOB}",
    "accent": f"secured\u0301: {BLOB}",
    "no width": f"se\u200bcured: {BLOB}",
    "garbled": f"{garbled(FULL_WIDTH)}: {BLOB}",
}

by_key = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
by_text = pytest.mark.parametrize("text", IN_TEXTS.values(), ids=IN_TEXTS)


@by_key
def test_a_key_is_known_however_it_is_dressed(key: str) -> None:
    assert is_secured(key)
    secret = {key: BLOB}
    fields = {"a": [{"b": secret | {"c": 1}}, [secret], (secret,)], "x": "secured"} | secret
    assert without_secured(fields) == {"a": [{"b": {"c": 1}}, [{}], [{}]], "x": "secured"}


@pytest.mark.parametrize("key", OTHERS)
def test_other_words_are_other_keys(key: str) -> None:
    assert not is_secured(key)
    assert without_secured({key: 1}) == {key: 1}


def test_what_is_dropped_cannot_break_the_record() -> None:
    assert without_secured({"secured": ["\0", nan]}) == {}


def test_every_text_is_repaired_at_every_depth() -> None:
    fields = {"title": "They donâ€™t", "desk": {"cafe\u0301": ["cafe\u0301"]}}
    assert without_secured(fields) == {"title": "They don’t", "desk": {"café": ["café"]}}


@by_text
@pytest.mark.parametrize(
    "place",
    [
        lambda text: {"title": text},
        lambda text: {"title": "T", "excerpt": text},
        lambda text: {"title": "T", "body": f"A line.\n\n{text}\n"},
        lambda text: {"title": "T", "notes": [{"raw": text}]},
        lambda text: {"title": "T", "related": [{"title": "R", "excerpt": text}]},
        lambda text: {"title": "T", "notes": {text: 1}},
    ],
    ids=["title", "excerpt", "body", "extra", "related", "key"],
)
def test_a_sealed_value_in_a_text_is_left_out_with_its_key_and_said(
    text: str, place: Callable[[str], dict[str, object]]
) -> None:
    notes: list[str] = []
    fields = place(f"Before, a. {text}\nBehind.")
    article = article_from_fields(fields, fallback_id="x", notes=notes)
    held = repr(article)
    assert not any(BLOB[place : place + 12] in held for place in range(0, len(BLOB) - 12, 4))
    assert BLOB.encode().hex()[:24] not in held
    assert "Before, a." in held
    assert "Behind." in held
    assert notes == ["a sealed value, 'secured', was left out of a text"]


@pytest.mark.parametrize(
    "text",
    [
        "Secured: forty jobs at the harbour",
        "The loan is secured; who pays?",
        "It was secured by: the union",
        "Größe, gesichert: Übergänge ѕо far",
        "- Secured: Brackwater\n- Lost: Inland",
        "Secured: yesterday",
        "Secured: > 400 jobs",
        "Secured: [see the table](https://a.example/t/2024/AbcD12efGh34)",
        "Deal secured: Donaudampfschifffahrtsgesellschaft",
        '{"secured": true, "admin": ["a", "b"]}',
        "secured: TOPSECRETTXT",
        "secured: HarbourLedgerAndCoastPostTogether",
        "secured: {blob: abc}",
        "Ѕесurеd: 400 jobs",
        f"It is secured. {'x' * 40}: {'A1b2' * 8}",
    ],
)
def test_the_word_in_a_sentence_is_a_word(text: str) -> None:
    assert withheld(text) == text
    assert isinstance(read_document(f"{text}\n\n{text}\n", "x", ReadOptions()), Article)


@pytest.mark.parametrize("filling", ["a ", "ä "])
@pytest.mark.parametrize("before", range(0, 60, 4))
def test_a_long_text_is_looked_at_to_its_end(
    filling: str, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a piece of it may end."""
    monkeypatch.setattr("semsearch.ingest.secured._PIECE", 2**10)
    start = filling * (2**9 - before // 2)
    rest = filling * 2**9
    for field in (f"secured: {BLOB}", f'"{FULL_WIDTH}": "{BLOB}', f"\n {FULL_WIDTH} = {BLOB}"):
        assert withheld(start + field).strip() == start.strip()
        assert withheld(f"{start}{field} {rest}").split() == (start + rest).split()
    assert withheld(f"{start}secured. {rest}") == f"{start}secured. {rest}"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (
            {"title": "T", "x": ["a" * (MAX_TEXT_CHARS + 1)]},
            "a text in it is longer",
        ),
        ({"title": "T", "ä" * (MAX_KEY_CHARS + 1): 1}, "a key in it is longer than 1,000"),
    ],
)
def test_what_is_too_long_is_refused_before_it_is_looked_at(
    fields: dict[str, object], reason: str
) -> None:
    with pytest.raises(UnreadableError, match=reason):
        article_from_fields(fields, fallback_id="x")


@by_key
def test_no_message_names_a_sealed_key(key: str) -> None:
    twice = f"---\ntitle: T\n{written(key)}: {BLOB}\n{written(key)}: {BLOB}\n---\n"
    reads: list[Callable[[], object]] = [
        lambda: parse_json(f'{{{json.dumps(key)}: "{BLOB}", {json.dumps(key)}: 1}}'.encode()),
        lambda: read_document(twice, "x", ReadOptions()),
        lambda: read_document(twice.replace(BLOB, "{a: 1, a: 2}"), "x", ReadOptions()),
    ]
    for read in reads:
        with pytest.raises(UnreadableError, match="stands twice") as refused:
            read()
        assert key not in refused.value.reason
        assert BLOB[:12] not in refused.value.reason


@pytest.mark.parametrize("filling", ["secured: {", 'secured: "', "secured=", "secured: a ", "- "])
def test_a_text_full_of_keys_takes_no_longer_than_its_length(filling: str) -> None:
    text = filling * (200_000 // len(filling))
    started = time.process_time()
    assert withheld(text) == text
    assert time.process_time() - started < 5


def test_a_key_that_is_not_sealed_is_named() -> None:
    assert quoted("topic") == "the key 'topic'"
    assert quoted(f"secured: {BLOB}") == "a key"
    assert quoted("a" * (MAX_KEY_CHARS + 1)) == "a key"


@pytest.mark.parametrize("name", ["a.md", "a.jsonl"])
def test_nothing_sealed_reaches_a_file_of_the_index(
    index: Index, folder: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "x").mkdir()
    records = [
        {"title": f"Ferry {place}", "webUrl": f"https://a.example/{place}", key: BLOB}
        for place, key in enumerate(KEYS.values())
    ]
    if name.endswith("jsonl"):
        lines = [json.dumps(record) for record in records]
        lines += [json.dumps({"title": "T", "body": text}) for text in IN_TEXTS.values()]
        lines += [f'{{"title": "T", "secured": "{BLOB}", "secured": "{BLOB}"}}']
        (tmp_path / "x" / name).write_text("\n".join(lines))
    else:
        for place, record in enumerate(records):
            fields = written(record)
            (tmp_path / "x" / f"{place}.md").write_text(f"---\n{fields}\n---\n")
        for place, text in enumerate(IN_TEXTS.values()):
            (tmp_path / "x" / f"text{place}.md").write_text(f"Title\n\n{text}\n")
    report = index.add_files(tmp_path / "x")
    assert report.added == len(KEYS) + len(IN_TEXTS)
    assert len(report.skipped) == name.endswith("jsonl")
    index.close()
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert BLOB[:12].encode() not in data, path


def test_an_article_from_python_is_held_to_the_same(index: Index) -> None:
    sealed = Article("a", title="A", extra={"x": {"Secured": BLOB}, "y": 1})
    text = Article("b", title="B", body=f"secured: {BLOB}")
    written = index.add([sealed, text])
    assert written.added == ("a", "b")
    assert index.get("a").extra == {"x": {}, "y": 1}
    assert index.get("b").body == ""

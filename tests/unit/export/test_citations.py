"""Citations are read by the programs that take them, whatever an article holds."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from semsearch.export.citations import Reference, bibtex, csl_json, ris
from semsearch.export.markdown import sources
from semsearch.export.plain import clean, line, spreadsheet_cell

PLAIN = Reference(
    "a1",
    "Dockers walk out",
    "Harbour Ledger",
    datetime(2024, 3, 5, 15, 20, tzinfo=UTC),
    "https://harbourledger.example/dockers",
    "en",
    "Every berth fell silent.",
)
EVIL = Reference(
    "wire/1 }@,é",
    'A "}" % $x_1$ & #~^\\ @article{x,\nTY  - JOUR\r\nER  - \x1b[2J\u202e <b>',
    "Out {let}, & Sons",
    None,
    "https://evil.example/{a}\\b c?q=1%20",
    "",
    "",
)
EARLY = datetime(1800, 1, 1)  # noqa: DTZ001 - the zone is given beside it
texts = st.text(max_size=60)
any_reference = st.builds(
    Reference,
    id=texts.filter(lambda text: bool(line(text))),
    title=texts.map(line),
    outlet=texts.map(line),
    published=st.none() | st.datetimes(timezones=st.just(UTC), min_value=EARLY),
    url=st.just("") | st.just("https://gazette.example/a_b?c=%20&d=#e"),
    language=st.sampled_from(["", "en", "de"]),
    excerpt=texts.map(line),
)


def read_ris(text: str) -> list[dict[str, Any]]:
    return list(rispy.loads(text))


@given(st.lists(any_reference, max_size=3))
def test_ris_is_read_back(cited: list[Reference]) -> None:
    read = read_ris(ris(cited))
    assert len(read) == len(cited)
    for one, found in zip(cited, read, strict=True):
        assert found["type_of_reference"] == "NEWS"
        assert found.get("title", "") == one.title
        assert found.get("secondary_title", "") == one.outlet
        assert found.get("abstract", "") == one.excerpt
        assert found.get("year", "") == (f"{one.published:%Y}" if one.published else "")


@given(st.lists(any_reference, max_size=3))
def test_bibtex_is_read_back_with_a_key_for_each(cited: list[Reference]) -> None:
    library = parse_string(bibtex(cited))
    assert not library.failed_blocks
    assert len(library.entries) == len(cited)
    for one, entry in zip(cited, library.entries, strict=True):
        assert entry.entry_type == "article"
        fields = {name: field.value for name, field in entry.fields_dict.items()}
        assert ("title" in fields) == bool(one.title)
        assert ("year" in fields) == (one.published is not None)


def test_what_a_plain_article_becomes() -> None:
    assert ris([PLAIN]).split("\r\n") == [
        "TY  - NEWS",
        "ID  - a1",
        "TI  - Dockers walk out",
        "T2  - Harbour Ledger",
        "PY  - 2024",
        "DA  - 2024/03/05",
        "UR  - https://harbourledger.example/dockers",
        "LA  - en",
        "AB  - Every berth fell silent.",
        "ER  - ",
        "",
    ]
    assert bibtex([PLAIN]).splitlines() == [
        "@article{a1,",
        "  title = {{Dockers walk out}},",
        "  journal = {Harbour Ledger},",
        "  year = {2024},",
        "  month = mar,",
        "  day = {5},",
        "  url = {https://harbourledger.example/dockers},",
        "  language = {en},",
        "  abstract = {Every berth fell silent.},",
        "  note = {semsearch a1},",
        "}",
    ]
    assert json.loads(csl_json([PLAIN])) == [
        {
            "id": "a1",
            "type": "article-newspaper",
            "title": "Dockers walk out",
            "container-title": "Harbour Ledger",
            "issued": {"date-parts": [[2024, 3, 5]]},
            "URL": "https://harbourledger.example/dockers",
            "language": "en",
            "abstract": "Every berth fell silent.",
        }
    ]


def test_a_hostile_title_forges_no_record() -> None:
    given_title = replace(EVIL, title=line(EVIL.title))
    (read,) = read_ris(ris([given_title]))
    assert read["title"] == given_title.title
    library = parse_string(bibtex([given_title, given_title]))
    assert [entry.entry_type for entry in library.entries] == ["article", "article"]
    assert len({entry.key for entry in library.entries}) == 2
    assert "issued" not in json.loads(csl_json([EVIL]))[0]
    (source,) = sources([given_title])
    assert "\n" not in source
    assert "\\<b>" in source
    assert "no date" in source


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "＝1", "＠x", " =1+1", "\u3000＝1", "\xa0-1"],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert spreadsheet_cell(text).startswith("'")


@given(st.text())
def test_cleaning_keeps_the_length(text: str) -> None:
    assert len(clean(text)) == len(text)


@given(st.lists(any_reference, max_size=3))
def test_braces_are_balanced_as_bibtex_counts_them(cited: list[Reference]) -> None:
    depth = 0
    for letter in bibtex(cited):
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert depth == 0

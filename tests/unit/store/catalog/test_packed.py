"""Bodies and JSON are kept packed, and come back as they were given, also where they are plain."""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from semsearch.errors import DamagedIndexError
from semsearch.model.article import Article
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.checksums import verify_checksums
from semsearch.store.catalog.packing import PackedJSON, PackedText, UnpackError
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog
from tests.support.store import write

SQLITE = sqlite.dialect()
POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
BODY = "The ferry ran aground off the harbour, and was towed off at high tide. " * 8
EXTRA = {"images": [{"url": f"https://pictures.example/{n}.jpg", "width": n} for n in range(9)]}

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def article(catalog: Catalog) -> Article:
    given = replace(make_article("a"), body=BODY, extra=EXTRA)
    write(catalog, HashingEncoder(), [given])
    return given


@given(st.text() | st.text(alphabet="ab", min_size=100))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    kept = PackedText().process_bind_param(text, SQLITE)
    assert PackedText().process_result_value(kept, SQLITE) == text
    assert len(kept) <= len(text.encode())
    assert PackedText().process_bind_param(text, POSTGRESQL) == text


@given(documents)
def test_json_comes_back_as_it_was(value: object) -> None:
    kept = PackedJSON().process_bind_param(value, SQLITE)
    assert PackedJSON().process_result_value(kept, SQLITE) == value
    assert PackedJSON().process_result_value(json.dumps(value), SQLITE) == value  # plainly written


def test_packed_values_are_short_and_read_beside_plain_ones(
    catalog: Catalog, tmp_path: Path, article: Article
) -> None:
    with sqlite3.connect(tmp_path / "catalog.db") as outside:
        ((body, extra),) = outside.execute("SELECT body, extra FROM articles")
        assert len(body) < len(BODY) / 4
        assert len(extra) < len(json.dumps(EXTRA)) / 4
        outside.execute("UPDATE articles SET body = ?, extra = ?", (BODY, json.dumps(EXTRA)))
    outside.close()
    assert catalog.by_id(["a"]) == {"a": article}
    assert verify_checksums(catalog.database).mismatches == ()


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("column", ["body", "extra"])
@pytest.mark.parametrize("cut", [1, 20])
def test_what_is_no_longer_what_was_packed_is_damage(
    catalog: Catalog, tmp_path: Path, column: str, cut: int
) -> None:
    with sqlite3.connect(tmp_path / "catalog.db") as outside:
        ((whole,),) = outside.execute(f"SELECT {column} FROM articles")  # noqa: S608
        outside.execute(f"UPDATE articles SET {column} = ?", (whole[:-cut],))  # noqa: S608
    outside.close()
    with pytest.raises(DamagedIndexError):
        catalog.by_id(["a"])
    assert len(verify_checksums(catalog.database).mismatches) == 1


@pytest.mark.parametrize("kind", [PackedText(), PackedJSON()])
def test_bytes_that_were_never_packed_are_refused(kind: PackedText | PackedJSON) -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    no_text = packer.compress(b"\xc3( is no UTF-8") + packer.flush()
    for held in (b"\xff" * 40, no_text):
        with pytest.raises(UnpackError):
            kind.process_result_value(held, SQLITE)

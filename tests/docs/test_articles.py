"""docs/articles.md names every field and limit of what is read."""

import pytest

from semsearch.ingest import records
from semsearch.ingest.identity import MAX_ID_CHARS
from semsearch.ingest.secured import MAX_TEXT_CHARS
from tests.docs.pages import DOCS

TEXT = (DOCS / "articles.md").read_text("utf-8")


@pytest.mark.parametrize("field", sorted({*records._TAKEN, "originalUrl", "published", "secured"}))
def test_every_field_is_named(field: str) -> None:
    words = TEXT.replace("`", " ").replace(":", " ").split()
    assert field in words


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("id", MAX_ID_CHARS),
        ("title", records.MAX_TITLE_CHARS),
        ("excerpt", records.MAX_EXCERPT_CHARS),
        ("body", MAX_TEXT_CHARS),
        ("`related` entries, topics", records.MAX_RELATED),
        ("`related` entries, topics", records.MAX_TOPICS),
    ],
)
def test_every_limit_is_named(name: str, limit: int) -> None:
    row = next(one for one in TEXT.splitlines() if one.startswith(f"| {name}"))
    assert f"{limit:,}" in row

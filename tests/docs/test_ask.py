"""What docs/reading.md says of reading a question is so."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from semsearch.assembly import open_index
from semsearch.config import Settings
from semsearch.index import Index
from semsearch.model.search import ALL_STEPS, Mode, Query
from tests.docs.pages import DOCS

ROWS = re.findall(
    r"^\| `([^|]+)` \| (.+?) \| `(\w+)` \|$", (DOCS / "reading.md").read_text("utf-8"), re.MULTILINE
)


@pytest.fixture(scope="module")
def sample(reader: Path) -> Iterator[Index]:
    opened = open_index(Settings(index=reader / "indexes" / "sample"))
    yield opened
    opened.close()


def test_there_are_examples() -> None:
    assert {step for _, _, step in ROWS} == set(ALL_STEPS) - {"acronym"}


@pytest.mark.model
@pytest.mark.parametrize(("question", "_meaning", "step"), ROWS)
def test_a_question_is_read_as_it_says(
    sample: Index, question: str, _meaning: str, step: str
) -> None:
    asked_at = datetime(2024, 3, 8, tzinfo=UTC)
    query = Query(question, k=1, mode=Mode.LEXICAL, asked_at=asked_at)
    assert step in sample.search(query).query.interpreted.steps

"""docs/formats.md has an example of every format, and each is read as the page says."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from semsearch.api.parsing import FORMATS, JSON
from semsearch.ingest.aliases import ALIASES
from semsearch.ingest.formats import ENDINGS
from semsearch.ingest.formats.compression import ENDINGS as PACKED
from semsearch.model.article import Article
from tests.docs.pages import DOCS
from tests.unit.ingest.samples import read_bytes

TEXT = (DOCS / "formats.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"^`([\w.-]+)`\n\n```\w+\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_the_same_article(tmp_path: Path, name: str) -> None:
    (article,) = read_bytes(tmp_path / name, EXAMPLES[name].encode())
    assert isinstance(article, Article)
    assert (article.title, article.body.strip()) == ("Dockers walk out", "Cranes stood still.")
    assert article.published == datetime(2024, 3, 5, 15, 20, tzinfo=UTC)
    assert article.provider.name == "Harbour Ledger"
    assert article.url == "https://harbourledger.example/4711"
    assert article.topics == ("Ports",)


@pytest.mark.parametrize("ending", [*ENDINGS, *PACKED])
def test_every_ending_is_named(ending: str) -> None:
    assert f"`{ending}`" in TEXT


@pytest.mark.parametrize("field", [name for name, others in ALIASES.items() if len(others) > 1])
def test_the_table_of_names_is_that_of_the_code(field: str) -> None:
    names = " ".join(f"`{name}`" for name in ALIASES[field] if name != field)
    assert f"| `{field}` | {names} |" in TEXT


@pytest.mark.parametrize("kind", [*JSON, *FORMATS])
def test_every_type_of_a_body_is_named(kind: str) -> None:
    assert f"`{kind}`" in TEXT

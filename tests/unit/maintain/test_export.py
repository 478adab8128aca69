"""What is exported and indexed again is the same, down to the content hashes."""

from pathlib import Path

from semsearch.ask import get as export
from semsearch.index import Index
from tests.support.articles import address, article_of, make_article, record, write_json_lines
from tests.support.encoder import HashingEncoder
from tests.support.indexes import held, open_index

ENGLISH = "The mayor of the town has opened the new tunnel under the harbour on Monday morning."


def hashes(index: Index) -> dict[str, str]:
    known = index.library.catalog.known(held(index))
    return {identity: one.content_hash for identity, one in known.items()}


def test_an_export_is_read_back_as_what_it_was(index: Index, tmp_path: Path) -> None:
    index.add(
        [
            make_article("found", ENGLISH, body=ENGLISH),
            make_article("given", ENGLISH, language="de", topics=("Sea",), quality=3),
            article_of(record(7, byline="Ada", related=[{"title": "Cod", "webUrl": address(8)}])),
        ]
    )
    assert held(index)["found"].language == "en"
    path = write_json_lines(tmp_path / "all.jsonl", export.records(index.library.catalog))
    other = open_index(tmp_path / "other", HashingEncoder())
    other.add_files(path)
    assert hashes(other) == hashes(index)
    assert held(other) == held(index)
    other.close()

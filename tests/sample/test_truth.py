"""The sample corpus is what its truth file says."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from semsearch.ingest.files import SourceFile, find_files
from semsearch.ingest.reading import ReadOptions, read_file
from semsearch.ingest.records import Removed
from semsearch.model.article import Article
from semsearch.model.status import Skipped

SAMPLE = Path(str(files("semsearch.sample")))
TRUTH: dict[str, Any] = yaml.safe_load((SAMPLE / "truth.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def records() -> dict[str, Article | Removed]:
    found: dict[str, Article | Removed] = {}
    for file in find_files([SAMPLE / "articles"]):
        assert isinstance(file, SourceFile)
        for record in read_file(file, ReadOptions()):
            assert not isinstance(record, Skipped), record
            found[file.path.stem] = record
    return found


@pytest.fixture(scope="module")
def articles(records: dict[str, Article | Removed]) -> dict[str, Article]:
    return {stem: record for stem, record in records.items() if isinstance(record, Article)}


def stems(value: Any) -> Iterator[str]:
    """Every file stem that the truth file names."""
    for story in TRUTH["stories"]:
        yield from story["articles"]
    for key, names in (
        ("copies", ("copy", "of")),
        ("edited", ("edited", "of")),
        ("follow_ups", ("earlier", "later")),
        ("template_twins", ("a", "b")),
        ("series", ("a", "b")),
        ("typos", ("article",)),
        ("stubs_replaced", ("article",)),
    ):
        for entry in value[key]:
            yield from (entry[name] for name in names)
    for question in value["questions"]:
        yield from question["answers"]


def fivegrams(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def test_everything_named_is_there(records: dict[str, Article | Removed]) -> None:
    assert set(stems(TRUTH)) <= set(records)
    assert all(isinstance(records[stem], Removed) for stem in TRUTH["removed"])


def test_the_corpus_is_as_large_and_varied_as_it_should_be(articles: dict[str, Article]) -> None:
    bodies = [article.body.split() for article in articles.values() if article.body]
    assert len(articles) >= 120
    assert len(bodies) >= len(articles) / 2
    assert len(TRUTH["stories"]) >= 20
    assert len({a.provider.domain for a in articles.values() if a.provider.domain}) >= 15
    assert max(map(len, bodies)) > 600


def test_every_domain_is_invented(articles: dict[str, Article]) -> None:
    for article in articles.values():
        assert article.provider.domain.endswith((".example", "")) or not article.provider.domain
        assert ".example/" in article.url or not article.url


def test_copies_share_their_text_and_edited_ones_a_part_of_it(articles: dict[str, Article]) -> None:
    for entry in TRUTH["copies"]:
        copy, original = (fivegrams(articles[entry[key]].body) for key in ("copy", "of"))
        assert len(copy & original) / max(len(copy), len(original)) > 0.95, entry
        assert articles[entry["copy"]].title != articles[entry["of"]].title
    for entry in TRUTH["edited"]:
        edited, original = (fivegrams(articles[entry[key]].body) for key in ("edited", "of"))
        assert 0.3 < len(edited & original) / max(len(edited), len(original)) < 0.9, entry


def test_no_article_belongs_to_two_stories() -> None:
    named = [stem for story in TRUTH["stories"] for stem in story["articles"]]
    assert len(named) == len(set(named))


def test_stubs_are_only_linked_to(articles: dict[str, Article]) -> None:
    urls = {article.url for article in articles.values()}
    for entry in TRUTH["stubs"]:
        assert entry["url"] not in urls
        for stem in entry["linked_from"]:
            assert entry["url"] in {link.url for link in articles[stem].related}
    for entry in TRUTH["stubs_replaced"]:
        assert articles[entry["article"]].url == entry["url"]


def test_framing_sentences_stand_in_their_articles(articles: dict[str, Article]) -> None:
    assert len(TRUTH["framing"]) == 2
    for story in TRUTH["framing"]:
        for fact in (*story["shared"], *story["missing"]):
            for stem, sentence in (fact.get("sentences") or fact["stated"]).items():
                assert sentence in articles[stem].body, (stem, sentence)
        for conflict in story["conflicts"]:
            for side in ("a", "b"):
                for stem, sentence in conflict[side].items():
                    assert sentence in articles[stem].body, (stem, sentence)
        for label in story["labels"]:
            for stem, phrase in label["phrases"].items():
                assert phrase.lower() in articles[stem].body.lower(), (stem, phrase)


def test_misspellings_stand_in_title_or_excerpt(articles: dict[str, Article]) -> None:
    for entry in TRUTH["typos"]:
        article = articles[entry["article"]]
        assert entry["wrong"].lower() in f"{article.title} {article.excerpt}".lower()


def test_questions_are_of_every_kind() -> None:
    kinds = {question["kind"] for question in TRUTH["questions"]}
    assert kinds == {"fact", "how", "vague", "provider", "time", "compare", "typo", "none"}
    for question in TRUTH["questions"]:
        assert (question["kind"] == "none") == (not question["answers"])

"""A field of an odd kind costs no article: it is read as what it means, or kept under extra."""

import pytest

from semsearch.ingest.records import article_from_fields
from semsearch.model.article import Article
from tests.unit.ingest.samples import as_article


def read(**fields: object) -> tuple[Article, list[str]]:
    notes: list[str] = []
    record = article_from_fields({"title": "T", **fields}, fallback_id="x", notes=notes)
    return as_article(record), notes


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        pytest.param({"category": ["News"]}, "category", "News", id="category-of-one"),
        pytest.param({"category": {"name": "News"}}, "category", "News", id="category-object"),
        pytest.param({"type": ["article"]}, "type", "article", id="type"),
        pytest.param({"language": ["EN"]}, "language", "en", id="language"),
        pytest.param({"lang": {"value": "de", "name": "de"}}, "language", "de", id="lang-object"),
        pytest.param({"webUrl": ["https://a.example/1"]}, "url", "https://a.example/1", id="url"),
        pytest.param({"url": {"canonical": "https://a.example/1"}}, "url", "https://a.example/1",
                     id="url-object"),
        pytest.param({"excerpt": ["One.", "Two."]}, "excerpt", "One. Two.", id="excerpt"),
        pytest.param({"excerpt": True}, "excerpt", "true", id="excerpt-flag"),
        pytest.param({"body": ["One.", "Two."]}, "body", "One.\n\nTwo.", id="paragraphs"),
        pytest.param({"title": ["Port", "reopens"]}, "title", "Port reopens", id="title"),
        pytest.param({"title": 1.5}, "title", "1.5", id="title-number"),
        pytest.param({"topics": "ports, walkout"}, "topics", ("ports", "walkout"), id="commas"),
        pytest.param({"topics": {"name": "Ports"}}, "topics", ("Ports",), id="topic-object"),
        pytest.param({"topics": [{"name": "Ports"}, "Sea"]}, "topics", ("Ports", "Sea"),
                     id="topic-objects"),
    ],
)  # fmt: skip
def test_what_has_one_meaning_is_read(fields: dict[str, object], name: str, value: object) -> None:
    article, notes = read(**fields)
    assert getattr(article, name) == value
    assert (dict(article.extra), notes) == ({}, [])


def test_a_provider_may_be_a_list() -> None:
    article, notes = read(provider=[{"name": "Harbour Ledger", "domain": "ledger.example"}])
    assert (article.provider.name, article.provider.domain) == ("Harbour Ledger", "ledger.example")
    assert notes == []


def test_of_several_the_first_counts_and_nothing_is_lost() -> None:
    article, notes = read(category=["News", "World"], topics=["Ports"], provider=["A", "B"])
    assert (article.category, article.topics, article.provider.name) == (
        "News",
        ("Ports", "World"),
        "A",
    )
    assert article.extra == {"category_unread": ["News", "World"], "provider_unread": ["A", "B"]}
    assert len(notes) == 2


@pytest.mark.parametrize(
    "fields",
    [
        *({"category": {"a": {"b": 1}}}, {"category": True}, {"type": [[1]]}, {"webUrl": {"x": 1}}),
        *({"webUrl": True}, {"excerpt": {"x": 1}}, {"topics": {"x": 1}}, {"topics": True}),
        *({"quality": "high"}, {"heat": [1]}, {"related": "none"}, {"provider": True}),
        *({"provider": {"name": [], "x": {}}}, {"category": "x" * 5_000}, {"id": {"x": 1}}),
        *({"language": {"a": 1}}, {"provider": {"name": True}}),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_kept_under_extra_with_a_note(fields: dict[str, object]) -> None:
    article, notes = read(body="Text.", **fields)
    assert article.body == "Text."
    ((name, value),) = fields.items()
    assert article.extra == {f"{name}_unread": value}
    assert notes == [f"'{name}' could not be used and is kept under extra.{name}_unread"]


@pytest.mark.parametrize("name", ["category", "provider", "topics", "related", "quality", "id"])
@pytest.mark.parametrize("value", [None, "", [], {}], ids=repr)
def test_what_is_empty_is_nothing(name: str, value: object) -> None:
    article, notes = read(**{name: value})
    assert (dict(article.extra), notes) == ({}, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("section", "x" * 4_500), ("section", ["News", "World"]), ("source", "x" * 4_500)),
        *(("source", ["Ledger", "Courier"]), ("guid", "x" * 300), ("guid", "a\nb")),
        ("link", ["https://a.example/1", "https://b.example/2"]),
        *(("removed", "2024-03-05"), ("provider", {"a": "b", "c": "d"})),
        ("related", ["pilots-vote", {"title": "Pilots vote"}]),
    ],
)
def test_what_a_field_cannot_hold_is_kept_aside(name: str, value: object) -> None:
    article, _ = read(body="Text.", **{name: value})
    assert value in (article.extra.get(name), article.extra.get(f"{name}_unread"))


def test_an_outlet_in_another_form_is_read_under_our_own_name_too() -> None:
    article, notes = read(provider={"title": "Ledger", "url": "https://www.ledger.example/"})
    assert (article.provider.name, article.provider.domain) == ("Ledger", "ledger.example")
    assert not notes

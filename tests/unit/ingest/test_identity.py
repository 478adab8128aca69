from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from semsearch.ingest.identity import article_id, content_hash
from semsearch.model.article import Article, DatePrecision, Provider, Related

GAZETTE = Provider("Lisk Gazette", "gazette.example")
MOMENT = datetime(2024, 3, 5, 12, tzinfo=UTC)


def identity(
    *,
    url: str = "",
    provider: Provider = GAZETTE,
    title: str = "Ferry returns",
    published: datetime | None = MOMENT,
    fallback: str = "/archive/ferry.md",
) -> str:
    return article_id(
        url=url, provider=provider, title=title, published=published, fallback=fallback
    )


def test_the_address_alone_decides_where_there_is_one() -> None:
    one = identity(url="https://www.gazette.example/ferry/?utm_source=x")
    other = identity(
        url="http://gazette.example/ferry#top", provider=Provider("Other"), title="", fallback="b"
    )
    assert one == other
    assert one != identity(url="https://gazette.example/storm")
    assert len(one) == 20
    assert set(one) <= set("0123456789abcdef")


def test_ids_do_not_change_between_versions() -> None:
    assert identity(url="https://gazette.example/ferry") == "b5b2e729bb60bc963e21"
    assert identity() == "6aa38de5bc460d57718b"
    assert identity(title="") == "e9eb6eff165a5b25b3b7"


@pytest.mark.parametrize(
    "url", ["", "no address", "ftp://gazette.example/ferry"], ids=["none", "text", "ftp"]
)
def test_without_an_address_provider_title_and_date_decide(url: str) -> None:
    assert identity(url=url) == identity(title=" Ferry returns ", fallback="elsewhere")
    assert identity(url=url) != identity(title="Ferry sinks")
    assert identity(url=url) != identity(provider=Provider("Senn Herald"))
    assert identity(url=url) != identity(published=None)


def test_the_domain_counts_more_than_the_name() -> None:
    assert identity() == identity(provider=Provider("THE GAZETTE", "gazette.example"))
    assert identity(provider=Provider("Lisk")) == identity(provider=Provider("LISK"))


@pytest.mark.parametrize(
    ("title", "provider", "published"),
    [
        pytest.param("", GAZETTE, MOMENT, id="no-title"),
        pytest.param("  ", GAZETTE, MOMENT, id="blank-title"),
        pytest.param("Ferry returns", Provider(), None, id="title-alone"),
    ],
)
def test_without_a_title_and_one_more_the_source_decides(
    title: str, provider: Provider, published: datetime | None
) -> None:
    one = identity(title=title, provider=provider, published=published)
    assert one == identity(title="", fallback="/archive/ferry.md")
    assert one != identity(title=title, provider=provider, published=published, fallback="b")


def test_a_path_that_is_not_unicode_is_a_source() -> None:
    assert identity(title="", fallback="/archive/\udcff.md") != identity(title="", fallback="")


LINK = Related("b", "Storm", "https://herald.example/storm")
ARTICLE = Article(
    "a",
    "Ferry returns",
    provider=GAZETTE,
    published=datetime(2024, 3, 5, tzinfo=UTC),
    related=(LINK,),
    extra={"desk": {"name": "harbour", "notes": [1, None]}},
)

OTHER_VALUES: dict[str, list[object]] = {
    "id": ["c"],
    "title": ["Ferry Returns", ""],
    "excerpt": ["An excerpt."],
    "body": ["A body.", " "],
    "provider": [Provider("Lisk Gazette"), Provider("Gazette", "gazette.example")],
    "url": ["https://gazette.example/ferry"],
    "published": [MOMENT, MOMENT.replace(microsecond=1)],
    "precision": [DatePrecision.DAY],
    "zone_assumed": [True],
    "topics": [("a", "b"), ("b", "a"), ("a, b",)],
    "category": ["local"],
    "type": ["article"],
    "language": ["en"],
    "quality": [0, 1],
    "heat": [0],
    "stub": [True],
    "related": [
        (),
        (LINK, LINK),
        (replace(LINK, id="c"),),
        (replace(LINK, title="Storms"),),
        (replace(LINK, url=""),),
        (replace(LINK, excerpt="x"),),
        (replace(LINK, published=MOMENT),),
        (replace(LINK, published=MOMENT, precision=DatePrecision.DAY),),
        (replace(LINK, type="x"),),
        (replace(LINK, provider=GAZETTE),),
        (replace(LINK, quality=0),),
    ],
    "extra": [{}, {"desk": {"name": "harbour", "notes": [1]}}, {"other": None}],
}


def test_the_content_hash_changes_when_anything_changes() -> None:
    assert OTHER_VALUES.keys() == {field.name for field in fields(Article)}
    variants = [
        replace(ARTICLE, **{name: value})  # type: ignore[arg-type]
        for name, values in OTHER_VALUES.items()
        for value in values
    ]
    hashes = [content_hash(article) for article in (ARTICLE, *variants)]
    assert len(set(hashes)) == len(hashes)
    assert {len(digest) for digest in hashes} == {32}


def test_the_content_hash_does_not_depend_on_the_order_of_keys() -> None:
    one = replace(ARTICLE, extra={"a": 1, "b": {"c": 1, "d": 2}})
    other = replace(ARTICLE, extra={"b": {"d": 2, "c": 1}, "a": 1})
    assert content_hash(one) == content_hash(other)


def test_the_content_hash_of_broken_unicode_exists() -> None:
    assert content_hash(replace(ARTICLE, extra={"x": "\ud800"})) != content_hash(ARTICLE)

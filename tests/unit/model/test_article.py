from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest

from semsearch.ingest.identity import content_hash
from semsearch.ingest.records import article_from_fields
from semsearch.model.address import canonical_url, host_of
from semsearch.model.article import (
    FIELDS,
    Article,
    Basis,
    DatePrecision,
    Field,
    Provider,
    bare_host,
    export_record,
    first_published,
    lag_hours,
    lag_precision,
)


@pytest.mark.parametrize(
    ("excerpt", "body", "basis"),
    [
        pytest.param("A teaser.", "A text.", Basis.FULL, id="body"),
        pytest.param("", "A text.", Basis.FULL, id="body-without-excerpt"),
        pytest.param("A teaser.", " \n", Basis.EXCERPT, id="blank-body"),
        pytest.param("\t", "", Basis.TITLE, id="blank-excerpt"),
        pytest.param("", "", Basis.TITLE, id="title-alone"),
    ],
)
def test_the_basis_is_the_fullest_text_that_is_held(excerpt: str, body: str, basis: Basis) -> None:
    assert Article("a", "Ferry returns", excerpt, body).basis is basis


@pytest.mark.parametrize(
    ("title", "excerpt", "body", "headline"),
    [
        pytest.param("Ferry returns", "Teaser", "Text", "Ferry returns", id="title"),
        pytest.param("", "Teaser\nsecond line", "Text", "Teaser", id="excerpt"),
        pytest.param(" ", "", "\n\n  First line\nrest", "First line", id="body"),
        pytest.param("", " \n", "First line\nrest", "First line", id="blank-excerpt"),
        pytest.param("", "", "x" * 500, "x" * 160, id="long-line"),
        pytest.param("", " ", "\n", "", id="nothing"),
    ],
)
def test_the_headline_is_the_title_or_else_the_first_line(
    title: str, excerpt: str, body: str, headline: str
) -> None:
    assert Article("a", title, excerpt, body).headline == headline


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        pytest.param(Provider("Senn Herald", "herald.example"), "herald.example", id="domain"),
        pytest.param(Provider("Senn HERALD"), "senn herald", id="name"),
        pytest.param(Provider(), "", id="nobody"),
    ],
)
def test_a_provider_is_known_by_its_domain_or_else_its_name(provider: Provider, key: str) -> None:
    assert provider.key == key


@pytest.mark.parametrize(
    ("title", "excerpt", "body", "lead"),
    [
        pytest.param(
            "Ferry returns", "It sails.", "Text", "Ferry returns.\n\nIt sails.", id="excerpt"
        ),
        pytest.param("Ferry?", " ", "It sails.", "Ferry?\n\nIt sails.", id="body"),
        pytest.param("Ferry returns", "", "", "Ferry returns.", id="title-alone"),
        pytest.param("", "It sails.", "Text", "It sails.", id="no-title"),
        pytest.param(
            "It sails", "", "It sails today.", "It sails today.", id="title-from-the-body"
        ),
        pytest.param("Ferry", "", "a " * 500, "Ferry.\n\n" + ("a " * 120)[:-1], id="long-body"),
        pytest.param("", " ", "\n", "", id="nothing"),
    ],
)
def test_the_lead_is_the_title_with_how_the_text_begins(
    title: str, excerpt: str, body: str, lead: str
) -> None:
    assert Article("a", title, excerpt, body).lead == lead
    assert Article("a", title, excerpt, body).text(Field.LEAD) == lead


def test_every_field_has_its_text() -> None:
    article = Article("a", "Title", "Excerpt", "Body")
    assert [article.text(field) for field in FIELDS] == ["Title", "Excerpt", "Body"]
    assert FIELDS == (Field.TITLE, Field.EXCERPT, Field.BODY)


def test_an_article_does_not_change() -> None:
    article = Article("a", "Title")
    with pytest.raises(FrozenInstanceError):
        article.title = "Other"  # type: ignore[misc]


CANONICAL = "gazette.example/news/ferry"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://gazette.example/news/ferry", id="plain"),
        pytest.param("http://gazette.example/news/ferry", id="scheme"),
        pytest.param("HTTPS://Gazette.EXAMPLE/news/ferry", id="case-of-scheme-and-host"),
        pytest.param("https://www.gazette.example/news/ferry", id="www"),
        pytest.param("https://gazette.example./news/ferry", id="root-dot"),
        pytest.param("https://gazette.example/news/ferry/", id="trailing-slash"),
        pytest.param("https://gazette.example/news/ferry//", id="trailing-slashes"),
        pytest.param("https://gazette.example/news/ferry#comments", id="fragment"),
        pytest.param("https://gazette.example/news/ferry?", id="empty-query"),
        pytest.param("https://gazette.example/news/ferry?utm_source=feed", id="utm"),
        pytest.param("https://gazette.example/news/ferry?UTM_Medium=x&fbclid=1", id="trackers"),
        pytest.param("https://gazette.example/news/ferry/?mc_cid=1&gclid=2#top", id="all-at-once"),
        pytest.param("https://gazette.example:443/news/ferry", id="usual-port"),
        pytest.param("http://gazette.example:80/news/ferry", id="usual-port-http"),
        pytest.param("https://reader:secret@gazette.example/news/ferry", id="user"),
        pytest.param("  https://gazette.example/news/ferry\n", id="blanks-around"),
    ],
)
def test_spellings_of_one_address_are_one_text(url: str) -> None:
    assert canonical_url(url) == CANONICAL


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        pytest.param("https://a.example/?b=2&a=1", "a.example?a=1&b=2", id="parameters-sorted"),
        pytest.param("https://a.example?id=7&utm_id=x", "a.example?id=7", id="parameters-kept"),
        pytest.param("https://a.example/x?id=", "a.example/x?id=", id="empty-parameter"),
        pytest.param("https://a.example:8080/x", "a.example:8080/x", id="other-port"),
        pytest.param("https://a.example/News", "a.example/News", id="case-of-path"),
        pytest.param("https://m.a.example/", "m.a.example", id="other-host"),
    ],
)
def test_what_tells_addresses_apart_is_kept(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_escapes_that_are_not_utf_8_tell_addresses_apart() -> None:
    grave, acute = (
        canonical_url("http://a.example/?t=%E8"),
        canonical_url("http://a.example/?t=%E9"),
    )
    assert (grave, acute) == ("a.example?t=%E8", "a.example?t=%E9")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("gazette.example/news", id="no-scheme"),
        pytest.param("//gazette.example/news", id="relative"),
        pytest.param("ftp://gazette.example/news", id="other-scheme"),
        pytest.param("mailto:desk@gazette.example", id="mail"),
        pytest.param("https://", id="no-host"),
        pytest.param("https://[gazette.example/news", id="broken-host"),
        pytest.param("https://gazette.example:99999/news", id="impossible-port"),
        pytest.param("https://gazette.example/?q=\ud800", id="half-a-surrogate-pair"),
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(text: str) -> None:
    assert canonical_url(text) == ""


@pytest.mark.parametrize(
    ("url", "host"),
    [
        pytest.param("https://www.Gazette.example:8080/x", "gazette.example", id="host"),
        pytest.param("gazette.example/x", "", id="no-scheme"),
        pytest.param("https://[", "", id="broken"),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize("host", ["gazette.example", "WWW.gazette.Example", "gazette.example."])
def test_a_bare_host_is_lower_case_without_www(host: str) -> None:
    assert bare_host(host) == "gazette.example"


RECORD: dict[str, object] = {
    "id": "ferry-1",
    "title": "Ferry returns",
    "excerpt": "Crossings resume.",
    "body": "The ferry is back.\n\nIt sails at noon.",
    "provider": {"name": "Lisk Gazette", "domain": "gazette.example"},
    "webUrl": "https://gazette.example/ferry",
    "publishedDateTime": "2024-03-05T12:00:00",
    "topics": ["ferries", "Lisk"],
    "category": "local",
    "type": "article",
    "lang": "EN",
    "quality": 70,
    "heat": 0,
    "published": False,
    "desk": {"name": "harbour", "notes": [None, "", 1.5]},
    "correction": None,
    "tags": [],
    "byline": "",
    "related": [
        {"title": "Storm damage", "webUrl": "https://herald.example/storm", "quality": 5},
        {"title": "Repairs", "publishedDateTime": "2024-02-01T08:00:00Z"},
    ],
}


def read(record: dict[str, object]) -> Article:
    article = article_from_fields(record, fallback_id="here")
    assert isinstance(article, Article)
    return article


def test_reading_an_exported_article_gives_the_same_article() -> None:
    article = read(RECORD)
    again = read(export_record(article))
    assert again == article
    assert content_hash(again) == content_hash(article)


def test_an_export_keeps_blank_fields_of_others_and_leaves_out_its_own() -> None:
    record = export_record(read({"id": "a", "title": "Ferry", "tags": [], "byline": ""}))
    assert record == {
        "id": "a",
        "title": "Ferry",
        "provider": {"name": "", "domain": ""},
        "tags": [],
        "byline": "",
    }


def test_an_export_says_whether_the_zone_was_given() -> None:
    moment = datetime(2024, 3, 5, 12, tzinfo=UTC)
    dates = [
        export_record(Article("a", "Ferry", published=moment, zone_assumed=assumed))
        for assumed in (True, False)
    ]
    assert [record["publishedDateTime"] for record in dates] == [
        "2024-03-05T12:00:00",
        "2024-03-05T12:00:00+00:00",
    ]


@pytest.mark.parametrize("text", ["2024-03-05", "2024-03-05Z"])
def test_an_exported_day_is_a_day(text: str) -> None:
    article = read({"id": "a", "title": "Ferry", "published": text})
    assert article.precision is DatePrecision.DAY
    assert export_record(article)["publishedDateTime"] == text
    assert read(export_record(article)) == article


DAY = Article("a", "T", published=datetime(2024, 3, 5, tzinfo=UTC), precision=DatePrecision.DAY)


@pytest.mark.parametrize(
    ("published", "precision", "hours", "told"),
    [
        (datetime(2024, 3, 5, 15, 20, tzinfo=UTC), DatePrecision.TIME, 0.0, DatePrecision.DAY),
        (datetime(2024, 3, 6, 1, tzinfo=UTC), DatePrecision.TIME, 24.0, DatePrecision.DAY),
        (datetime(2024, 3, 8, tzinfo=UTC), DatePrecision.DAY, 72.0, DatePrecision.DAY),
        (datetime(2024, 3, 4, 23, tzinfo=UTC), DatePrecision.TIME, -24.0, DatePrecision.DAY),
        (None, DatePrecision.TIME, None, DatePrecision.DAY),
    ],
)
def test_the_lag_between_days_is_whole_days(
    published: datetime | None, precision: DatePrecision, hours: float | None, told: DatePrecision
) -> None:
    article = Article("b", "T", published=published, precision=precision)
    assert lag_hours(article, DAY) == hours
    assert lag_precision(article, DAY) is told


def test_the_lag_between_moments_has_hours() -> None:
    first = replace(DAY, precision=DatePrecision.TIME)
    later = replace(first, published=datetime(2024, 3, 6, 1, 30, tzinfo=UTC))
    assert lag_hours(later, first) == 25.5
    assert lag_precision(later, first) is DatePrecision.TIME
    assert first_published([later, Article("c", "T"), first]) is first
    assert first_published([Article("c", "T")]) is None

from datetime import UTC, date, datetime

import pytest

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.frontmatter import read_front_matter
from semsearch.ingest.identity import article_id
from semsearch.ingest.records import NOBODY, Removed, article_from_fields, stubs_of
from semsearch.ingest.secured import MAX_DEPTH
from semsearch.model.address import canonical_url
from semsearch.model.article import Article, DatePrecision, Provider, Related
from tests.unit.ingest.samples import FRONT_MATTER, article_of, as_article

GAZETTE = Provider("Lisk Gazette", "gazette.example")


def url_id(url: str) -> str:
    return article_id(url=url, provider=NOBODY, title="", published=None, fallback="")


def sample() -> Article:
    fields = read_front_matter(FRONT_MATTER)
    return as_article(article_from_fields(fields, fallback_id="/archive/ferry.md"))


def test_the_sample_becomes_an_article_field_by_field() -> None:
    assert sample() == Article(
        id=url_id("https://courier.example/brackwater/ferry-returns"),
        title="Brackwater ferry returns after storm repairs",
        excerpt="Crossings resume on Friday, says the harbour office, “weather permitting” ...",
        provider=Provider("Meridian Courier", "courier.example"),
        url="https://www.courier.example/brackwater/ferry-returns",
        published=datetime(2024, 3, 5, 9, 30, tzinfo=UTC),
        topics=("Ferries", "Brackwater"),
        category="local",
        type="article",
        quality=84,
        heat=None,
        related=(
            Related(
                id=url_id("https://gazette.example/storm-closes-pier"),
                title="Storm closes Brackwater pier",
                url="https://gazette.example/storm-closes-pier",
                excerpt="Gusts of 90 km/h ...",
                published=datetime(2024, 2, 27, 18, tzinfo=UTC),
                type="article",
                provider=GAZETTE,
                quality=17,
            ),
        ),
        extra={
            "originalUrl": "https://courier.example/brackwater/ferry-returns?utm_source=feed",
            "ampWebUrl": "https://www.courier.example/amp/ferry-returns",
            "cdnAmpWebUrl": "https://cdn.courier.example/c/ferry-returns",
            "published": False,
            "images": [
                {
                    "url": "https://courier.example/pier.jpg",
                    "width": 700,
                    "height": 450,
                    "isCached": True,
                    "title": "The pier",
                    "attribution": "Invented Pictures",
                }
            ],
            "featuredContent": {"kind": "map"},
        },
    )


def test_nothing_secured_is_left_anywhere() -> None:
    assert FRONT_MATTER.count("secured:") == 3
    assert "c2VjcmV0" not in repr(sample())
    assert "c2VjcmV0" not in repr(list(stubs_of(sample())))


def test_a_stub_and_its_article_share_an_id() -> None:
    (stub,) = stubs_of(sample())
    full = article_of(title="Other title", url="http://www.gazette.example/storm-closes-pier/#top")
    assert stub.id == full.id
    assert stub == Article(
        id=stub.id,
        title="Storm closes Brackwater pier",
        excerpt="Gusts of 90 km/h ...",
        provider=GAZETTE,
        url="https://gazette.example/storm-closes-pier",
        published=datetime(2024, 2, 27, 18, tzinfo=UTC),
        type="article",
        quality=17,
        stub=True,
    )


def test_an_article_that_links_to_itself_makes_no_stub() -> None:
    url = "https://gazette.example/ferry"
    article = article_of(title="Ferry", url=url, related=[{"title": "Ferry", "webUrl": url + "/"}])
    assert [link.id for link in article.related] == [article.id]
    assert list(stubs_of(article)) == []


def test_the_keys_of_json_lines_are_read() -> None:
    article = article_of(
        id=" ferry-1 ",
        title=" Ferry returns ",
        excerpt="Teaser",
        body="Text",
        provider="Lisk Gazette",
        provider_domain="www.Gazette.example",
        url="https://gazette.example/ferry",
        published="2018/03/15",
        topic="ferries",
        lang="EN",
        category="local",
        heat=3,
        bias="none",
    )
    assert article == Article(
        id="ferry-1",
        title="Ferry returns",
        excerpt="Teaser",
        body="Text",
        provider=GAZETTE,
        url="https://gazette.example/ferry",
        published=datetime(2018, 3, 15, tzinfo=UTC),
        precision=DatePrecision.DAY,
        zone_assumed=True,
        topics=("ferries",),
        language="en",
        category="local",
        heat=3,
        extra={"bias": "none"},
    )


@pytest.mark.parametrize(
    ("heat", "read"),
    [
        (-1, None),
        (0, 0),
        (55, 55),
        (3.9, 3),
        (True, None),
        ("hot", None),
        (10**30, None),
        ("     5", 5),
    ],
)
def test_a_heat_below_zero_or_unreadable_is_unknown(heat: object, read: int | None) -> None:
    assert article_of(title="T", heat=heat).heat == read


@pytest.mark.parametrize(
    ("fields", "provider"),
    [
        pytest.param({"provider": {"name": "A"}}, Provider("A"), id="name"),
        pytest.param({"provider": {"domain": "WWW.a.example"}}, Provider("a.example", "a.example"),
                     id="domain"),
        pytest.param({"provider": "A", "url": "https://www.a.example/x"},
                     Provider("A", "a.example"), id="name-and-address"),
        pytest.param({"url": "https://www.a.example/x"}, Provider("a.example", "a.example"),
                     id="address"),
        pytest.param({"provider": {"name": "A", "domain": "b.example"}, "url": "https://a.example"},
                     Provider("A", "b.example"), id="domain-before-address"),
        pytest.param({"provider": None}, GAZETTE, id="null"),
        pytest.param({"provider": {}}, GAZETTE, id="empty"),
        pytest.param({}, GAZETTE, id="none"),
    ],
)  # fmt: skip
def test_the_provider_is_the_named_one_or_else_the_default(
    fields: dict[str, object], provider: Provider
) -> None:
    record = article_from_fields(
        {"title": "T", **fields}, fallback_id="x", default_provider=GAZETTE
    )
    assert as_article(record).provider == provider


@pytest.mark.parametrize(
    ("fields", "moment", "assumed", "extra"),
    [
        pytest.param({"publishedDateTime": "2024-03-05T12:00:00Z", "published": True},
                     datetime(2024, 3, 5, 12, tzinfo=UTC), False, {"published": True}, id="flag"),
        pytest.param({"publishedDateTime": "2024-03-05", "published": "2020-01-01"},
                     datetime(2024, 3, 5, tzinfo=UTC), True, {}, id="both"),
        pytest.param({"publishedDateTime": "", "published": "2020-01-01T00:00Z"},
                     datetime(2020, 1, 1, tzinfo=UTC), False, {}, id="second"),
        pytest.param({"published": date(2020, 1, 1)},
                     datetime(2020, 1, 1, tzinfo=UTC), True, {}, id="date-object"),
        pytest.param({"published": datetime(2020, 1, 1, 5)},  # noqa: DTZ001
                     datetime(2020, 1, 1, 5, tzinfo=UTC), True, {}, id="datetime-object"),
        pytest.param({"published": "2018-02-30"}, None, False, {"published_unread": "2018-02-30"},
                     id="impossible-day-is-kept"),
        pytest.param({"published": 1_520_000_000}, datetime(2018, 3, 2, 14, 13, 20, tzinfo=UTC),
                     False, {}, id="seconds"),
        pytest.param({"published": 1_520_000_000_500},
                     datetime(2018, 3, 2, 14, 13, 20, 500_000, tzinfo=UTC), False, {},
                     id="milliseconds"),
        pytest.param({"published": 152_000_000}, None, False, {"published_unread": 152_000_000},
                     id="number-is-kept"),
        pytest.param({"published": "0001-01-01"}, None, False, {"published_unread": "0001-01-01"},
                     id="placeholder-is-kept"),
        pytest.param({"published": datetime(1970, 1, 1, tzinfo=UTC)}, None, False,
                     {"published_unread": "1970-01-01T00:00:00+00:00"}, id="epoch-is-kept"),
        pytest.param({"published": "05/03/2024 15:20", "lang": "fr"},
                     datetime(2024, 3, 5, 15, 20, tzinfo=UTC), True, {}, id="language-of-record"),
        pytest.param({"published": "5. März 2024", "body": "Die Lotsen stimmten am Dienstag ab und"
                      " kehren in den Hafen zurück, sagte die Behörde."},
                     datetime(2024, 3, 5, tzinfo=UTC), True, {}, id="language-of-text"),
        pytest.param({"published": None}, None, False, {}, id="null"),
    ],
)  # fmt: skip
def test_the_date_is_read_or_kept_as_it_stood(
    *, fields: dict[str, object], moment: datetime | None, assumed: bool, extra: dict[str, object]
) -> None:
    article = article_of(title="T", **fields)
    assert (article.published, article.zone_assumed) == (moment, assumed)
    assert dict(article.extra) == extra


@pytest.mark.parametrize(
    ("topics", "read"),
    [
        pytest.param(["b", " a ", "b", "", None, ["c"]], ("b", "a"), id="list"),
        pytest.param("a, b", ("a", "b"), id="text"),
        pytest.param([2024, 3.5, True], ("2024", "3.5"), id="numbers"),
        pytest.param({"a": 1}, (), id="mapping"),
        pytest.param([str(n) for n in range(500)], tuple(str(n) for n in range(200)), id="many"),
    ],
)
def test_topics_are_texts_without_repetition(topics: object, read: tuple[str, ...]) -> None:
    assert article_of(title="T", topics=topics).topics == read


def test_the_first_address_that_is_not_blank_counts() -> None:
    urls = {"webUrl": " ", "url": "https://a.example/u", "originalUrl": "https://a.example/o"}
    assert article_of(title="T", **urls).url == "https://a.example/u"
    assert article_of(title="T", originalUrl="https://a.example/o").url == "https://a.example/o"


def test_a_broken_link_does_not_cost_the_article() -> None:
    good = {"title": "Storm", "webUrl": "https://herald.example/storm"}
    related = [{"title": ["x"]}, {"title": ""}, "text", None, {"webUrl": "x"}, good]
    assert [link.title for link in article_of(title="T", related=related).related] == ["Storm"]
    assert article_of(title="T", related="none").related == ()
    assert canonical_url(str(good["webUrl"])) == "herald.example/storm"


def test_what_the_archive_removed_is_only_an_id() -> None:
    url = "https://gazette.example/ferry"
    removed = article_from_fields({"removed": True, "webUrl": url}, fallback_id="x")
    assert removed == Removed(url_id(url), Provider("gazette.example", "gazette.example"))
    assert article_of(title="T", webUrl=url, removed=False).id == url_id(url)


def nested(depth: int) -> object:
    return [nested(depth - 1)] if depth else "x"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({}, "no title and no text", id="nothing"),
        pytest.param({"title": " ", "body": "\n"},
                     "no title and no text; its fields are title, body", id="blank"),
        pytest.param({"title": {"a": 1}}, "no title and no text; its fields are title",
                     id="title-mapping"),
        pytest.param({"title": "x" * 5_001}, "'title' is longer than 5,000 characters", id="long"),
        pytest.param({"title": "T", "id": "x" * 201}, "the id is longer than 200 characters",
                     id="long-id"),
        pytest.param({"title": "T\0"}, "holds a NUL character: not a text", id="nul"),
        pytest.param({"title": "T", "x": {"y\0": 1}}, "holds a NUL character: not a text",
                     id="nul-in-a-key"),
        pytest.param({"title": "T", "x": ["\udc00"]},
                     "holds half a surrogate pair at character 0: broken Unicode", id="surrogate"),
        pytest.param({"title": "T", "x": nested(MAX_DEPTH)}, "nested deeper than 32", id="deep"),
        pytest.param({"title": "T", "id": 16**4_000}, "a number in it has over 4,300 digits",
                     id="number"),
        pytest.param({"title": "T", "x": [-(16**4_000)]}, "a number in it has over 4,300 digits",
                     id="number-below-zero"),
    ],
)  # fmt: skip
def test_a_broken_record_is_unreadable(fields: dict[str, object], reason: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        article_from_fields(fields, fallback_id="x")
    assert caught.value.reason == reason


def test_the_deepest_record_is_read() -> None:
    assert article_of(title="T", x=nested(MAX_DEPTH - 1)).extra == {"x": nested(MAX_DEPTH - 1)}

"""Names of fields as archives, news APIs, crawlers and feed readers have them."""

import pytest

from semsearch.ingest.aliases import ALIASES
from semsearch.ingest.renaming import understood
from semsearch.model.article import Provider
from tests.unit.ingest.samples import article_of

TEXT = "Pilots at the port of Brackwater voted on Tuesday to end a nine-day walkout."
ADDRESS = "https://ledger.example/1"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            {
                "title": "T",
                "maintext": TEXT,
                "description": "Port reopens",
                "date_publish": "2024-03-05 15:20:00",
                "source_domain": "ledger.example",
                "url": ADDRESS,
            },
            {"body": TEXT, "excerpt": "Port reopens", "domain": "ledger.example"},
            id="news crawler",
        ),
        pytest.param(
            {
                "title": "T",
                "content": TEXT,
                "description": "Port reopens",
                "publishedAt": "2024-03-05T15:20:00Z",
                "source": {"id": None, "name": "Harbour Ledger"},
                "url": ADDRESS,
            },
            {"body": TEXT, "excerpt": "Port reopens", "name": "Harbour Ledger"},
            id="news API",
        ),
        pytest.param(
            {
                "title": "T",
                "text": TEXT,
                "date": "2024-03-05",
                "hostname": "ledger.example",
                "sitename": "Harbour Ledger",
                "source": ADDRESS,
                "tags": "ports;strike",
            },
            {
                "body": TEXT,
                "name": "Harbour Ledger",
                "domain": "ledger.example",
                "topics": ("ports", "strike"),
            },
            id="extractor",
        ),
        pytest.param(
            {
                "title": "T",
                "content_text": TEXT,
                "content_html": f"<p>{TEXT}</p>",
                "date_published": "2024-03-05T15:20:00Z",
                "url": ADDRESS,
                "tags": ["ports"],
            },
            {"body": TEXT, "topics": ("ports",), "extra": {}},
            id="JSON Feed",
        ),
        pytest.param(
            {
                "title": "T",
                "published": "2024-03-05T15:20:00Z",
                "summary": {"content": f"<p>{TEXT}</p>"},
                "canonical": [{"href": ADDRESS}],
                "origin": {"title": "Harbour Ledger", "htmlUrl": "https://ledger.example"},
            },
            {"body": TEXT, "name": "Harbour Ledger", "domain": "ledger.example"},
            id="feed reader",
        ),
        pytest.param(
            {
                "@type": "NewsArticle",
                "headline": "T",
                "articleBody": TEXT,
                "datePublished": "2024-03-05",
                "publisher": {"@type": "Organization", "name": "Harbour Ledger"},
                "keywords": "ports, strike",
                "mainEntityOfPage": {"@id": ADDRESS},
            },
            {"body": TEXT, "name": "Harbour Ledger", "topics": ("ports", "strike")},
            id="JSON-LD",
        ),
        pytest.param(
            {
                "title": {"rendered": "T"},
                "content": {"rendered": f"<p>{TEXT}</p>\n", "protected": False},
                "excerpt": {"rendered": "<p>Port reopens</p>"},
                "date": "2024-03-05T16:20:00",
                "date_gmt": "2024-03-05T15:20:00",
                "link": ADDRESS,
            },
            {"body": TEXT, "excerpt": "Port reopens"},
            id="WordPress",
        ),
        pytest.param(
            {
                "webTitle": "T",
                "webPublicationDate": "2024-03-05T15:20:00Z",
                "webUrl": ADDRESS,
                "sectionName": "Ports",
                "fields": {"bodyText": TEXT, "trailText": "Port reopens"},
            },
            {"body": TEXT, "excerpt": "Port reopens", "category": "Ports"},
            id="content API",
        ),
        pytest.param(
            {
                "headline": {"main": "T", "kicker": "Ports"},
                "abstract": "Port reopens",
                "web_url": ADDRESS,
                "pub_date": "2024-03-05T15:20:00+0000",
                "keywords": [{"name": "subject", "value": "Strikes"}],
                "source": "Harbour Ledger",
            },
            {"excerpt": "Port reopens", "topics": ("Strikes",), "name": "Harbour Ledger"},
            id="article search",
        ),
        pytest.param(
            {
                "headlines": [{"role": "main", "value": "T"}],
                "bodies": [{"role": "main", "contenttype": "text/html", "value": f"<p>{TEXT}</p>"}],
                "versioncreated": "2024-03-05T15:20:00Z",
                "uri": ADDRESS,
                "infosources": [{"name": "Harbour Ledger"}],
                "subject": [{"name": "Ports", "rel": "about"}],
            },
            {"body": TEXT, "topics": ("Ports",), "name": "Harbour Ledger"},
            id="ninjs 2",
        ),
        pytest.param(
            {"Headline": "T", "Article Text": TEXT, "Publish Date": "2024-03-05", "URL": ADDRESS},
            {"body": TEXT},
            id="columns of a table",
        ),
    ],
)
def test_a_record_of_each_producer_is_understood(
    record: dict[str, object], expected: dict[str, object]
) -> None:
    article = article_of(**record)
    assert article.title == "T"
    assert article.published is not None
    assert article.published.date().isoformat() == "2024-03-05"
    assert article.url == ADDRESS
    found = {
        "body": article.body,
        "excerpt": article.excerpt,
        "name": article.provider.name,
        "domain": article.provider.domain,
        "topics": article.topics,
        "category": article.category,
        "extra": dict(article.extra),
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    "alias",
    [(field, name) for field, names in ALIASES.items() for name in names if "." not in name],
)
def test_our_own_name_comes_before_every_alias(alias: tuple[str, str]) -> None:
    field, name = alias
    own = {"title": "Own", "body": "Own.", "excerpt": "Own", "webUrl": "https://own.example/1"}
    if field not in own or name in ("url", "originalUrl", field):
        return
    found = understood({name: "https://other.example/2", **own})
    assert found[field] == own[field]
    assert found[name] == "https://other.example/2"


def test_what_is_not_used_stays_under_extra() -> None:
    article = article_of(title="T", body="B", content="Other", authors=["A. Person"], summary="S")
    assert (article.body, article.excerpt) == ("B", "S")
    assert article.extra == {"content": "Other", "authors": ["A. Person"]}


def test_an_object_that_holds_more_than_was_taken_stays_too() -> None:
    article = article_of(title="T", source={"id": "harbour-ledger", "name": "Harbour Ledger"})
    assert article.provider == Provider("Harbour Ledger")
    assert article.extra == {"source": {"id": "harbour-ledger", "name": "Harbour Ledger"}}


def test_the_address_of_a_whole_site_is_not_that_of_an_article() -> None:
    one = article_of(title="One", body="B", source="https://ledger.example/")
    assert one.url == ""
    assert one.provider == Provider("ledger.example", "ledger.example")
    assert article_of(title="One", guid="ledger:1").url == ""


def test_a_text_that_an_api_cut_off_is_no_body() -> None:
    article = article_of(title="T", content="Pilots at the port of... [+2345 chars]")
    assert article.body == ""
    assert "content" in article.extra


def test_the_flag_of_a_site_is_no_date() -> None:
    article = article_of(title="T", published=True, date="2024-03-05")
    assert article.published is not None
    assert article.extra == {"published": True}


def test_a_field_under_another_name_is_read_as_html_where_it_is_html() -> None:
    markup = "<p>One &amp; two.</p><script>x()</script><p>Three<br>four.</p>"
    assert article_of(title="T", content=markup).body == "One & two.\n\nThree\nfour."
    assert article_of(title="T", body=markup).body == markup
    table = "<table><tr><td>Port</td><td>Boats</td></tr><tr><td>Quay</td><td>9</td></tr></table>"
    assert article_of(title="T", content=table).body == "Port Boats\nQuay 9"
    assert article_of(title="T", content=f"<![CDATA[{markup}]]>").body.startswith("One & two.")
    assert article_of(title="T", content="Quay < pier & jetty").body == "Quay < pier & jetty"


@pytest.mark.parametrize(
    ("names", "body"),
    [
        ((("body", "artikel"),), "Text."),
        ((("body", "meta.text"),), "Deep."),
        ((("body", "missing"), ("body", "artikel")), "Text."),
        ((("body", "ARTIKEL"),), "Text."),
    ],
)
def test_the_users_own_name_comes_first(names: tuple[tuple[str, str], ...], body: str) -> None:
    record = {"title": "T", "artikel": "Text.", "meta": {"text": "Deep."}, "body": "Other."}
    assert understood(record, names)["body"] == body


@pytest.mark.parametrize("nothing", ["null", "None", "nan", "N/A", "undefined"])
def test_a_word_for_nothing_is_no_id_and_no_address(nothing: str) -> None:
    one = article_of(id=nothing, url=nothing, title="One")
    assert one.id != nothing
    assert one.url == ""


def test_a_topic_with_a_colon_is_one() -> None:
    assert article_of(title="T", topics=["Port", {"Strike": "day two"}]).topics == (
        "Port",
        "Strike: day two",
    )


def test_ids_of_others_count_only_where_there_is_no_address() -> None:
    assert article_of(title="T", guid="a-1").id == "a-1"
    assert article_of(title="T", guid="a-1", link=ADDRESS).id != "a-1"

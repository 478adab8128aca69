from datetime import UTC, datetime

from semsearch.ingest.identity import content_hash
from semsearch.ingest.records import article_from_fields
from semsearch.model.article import Article, export_record

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

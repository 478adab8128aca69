"""What users of other readers, crawlers and importers met: read as it is meant, or said."""

import json
from pathlib import Path

import pytest

from tests.unit.ingest.told import TEN, URL, read

ONE = {"title": "One", "text": "Cranes stood.", "url": URL, "date": TEN}
TWO = {"title": "Two", "text": "Ships wait.", "url": f"{URL}2", "date": TEN}
FEED = '<rss version="2.0"><channel><title>Ledger</title>%s</channel></rss>'


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("How the &lt;script&gt; tag changed", "How the <script> tag changed"),
        ("&lt;iframe&gt; is back", "<iframe> is back"),
        ("<![CDATA[A <b>bold</b> step]]>", "A bold step"),
        ("A guide to &lt;head&gt; elements", "A guide to <head> elements"),
    ],
)
def test_a_tag_that_a_feed_speaks_of_hides_nothing(tmp_path: Path, title: str, shown: str) -> None:
    text = title.replace("CDATA[", "CDATA[<i>Today:</i> ")
    item = f"<item><title>{title}</title><link>{URL}</link><description>{text}</description></item>"
    (article,) = read(tmp_path / "a.rss", FEED % item).articles
    assert article.title == shown
    assert article.excerpt.removeprefix("Today: ") == shown


@pytest.mark.parametrize(
    ("data", "note"),
    [
        ({"exported": "2024-03-06", "pressItems": [ONE, TWO]}, "pressItems"),
        ({"title": "Export of March", "noticias": [ONE, TWO]}, "noticias"),
        ({"name": "Ledger", "type": "public_channel", "id": 1, "messages": [ONE, TWO]}, ""),
        ({"2024-03-05": [ONE], "2024-03-06": [TWO]}, ""),
        (f"[\n{json.dumps(ONE)}\n][\n{json.dumps(TWO)}\n]\n", ""),
        (f"[{json.dumps(ONE)}]\n\n[]\n[{json.dumps(TWO)}]", ""),
        (f"[{json.dumps(ONE)},\n,{json.dumps(TWO)}]", ""),
    ],
    ids=["a list", "a titled list", "a channel", "days", "two runs", "an empty run", "a comma"],
)
def test_no_record_is_lost_in_what_holds_it(tmp_path: Path, data: object, note: str) -> None:
    found = read(tmp_path / "a.json", data)
    assert [(one.title, one.body) for one in found.articles] == [
        ("One", "Cranes stood."),
        ("Two", "Ships wait."),
    ]
    assert not found.skipped
    assert found.notes == ((f"the list '{note}' was taken for the records",) if note else ())


@pytest.mark.parametrize(
    "lists",
    [
        {"related": [ONE, TWO]},
        {"authors": [{"name": "Ada", "bio": "Writes.", "text": "On ports."}]},
        {"comments": [{"text": "Rubbish!", "date": TEN}]},
        {"files": [{"name": "a.jpg", "url": URL}]},
    ],
)
def test_an_article_that_holds_lists_is_one(tmp_path: Path, lists: dict[str, object]) -> None:
    found = read(tmp_path / "a.json", {"title": "Dockers walk out", **lists})
    assert [one.title for one in found.articles] == ["Dockers walk out"]
    assert not found.notes


def test_text_between_two_lists_is_said(tmp_path: Path) -> None:
    found = read(tmp_path / "a.json", f"[{json.dumps(ONE)}]\nand\n[{json.dumps(TWO)}]")
    assert [one.title for one in found.articles] == ["One"]
    assert found.skipped == ("text behind the end of the list",)


def test_drafts_of_an_export_of_ghost_are_left_out_and_said(tmp_path: Path) -> None:
    posts = [{**ONE, "status": "published"}, {**TWO, "status": "draft"}, {**TWO, "status": "sent"}]
    found = read(tmp_path / "a.json", {"db": [{"data": {"posts": posts, "tags": []}}]})
    assert [one.extra["status"] for one in found.articles] == ["published", "sent"]
    assert found.notes == ("of an export of a blog drafts were left out: 1",)


def test_columns_that_are_named_again_are_no_record(tmp_path: Path) -> None:
    table = "title,text\nOne,Cranes stood.\n"
    found = read(tmp_path / "a.csv", f"{table}title,text\nTitle,text\n{table}")
    assert [one.title for one in found.articles] == ["One", "Title", "One"]
    assert found.notes == (
        "the names of the columns stand within the table again: that line was left out",
    )

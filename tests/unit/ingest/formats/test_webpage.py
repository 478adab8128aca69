"""HTML pages."""

import json
from pathlib import Path

import pytest

from semsearch.ingest.formats.webpage import read_page
from semsearch.model.article import Article
from semsearch.model.status import Skipped
from tests.unit.ingest.samples import read_bytes

TEXT = (
    "Pilots at the port of Brackwater voted on Tuesday to end a nine-day walkout.",
    "The cranes moved again before noon, the harbour office said on Wednesday morning.",
)
PARAGRAPHS = "".join(f"<p>{one}</p>" for one in TEXT)
LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "Ledger"},
        {
            "@type": "NewsArticle",
            "headline": "Port reopens",
            "description": "The port is open.",
            "datePublished": "2024-03-05T15:20:00+01:00",
            "publisher": {"@type": "Organization", "name": "Harbour Ledger"},
            "author": [{"@type": "Person", "name": "A. Person"}],
            "keywords": ["Ports"],
        },
    ],
}
OPEN_GRAPH = """<meta property="og:title" content="Port reopens">
<meta property="og:description" content="The port is open.">
<meta property="og:site_name" content="Harbour Ledger">
<meta property="article:published_time" content="2024-03-05T14:20:00Z">
<meta property="article:tag" content="Ports"><meta name="author" content="A. Person">"""
CANONICAL = '<link rel="canonical" href="https://ledger.example/1">'


def page(head: str, body: str = PARAGRAPHS) -> str:
    return (
        f'<!doctype html>\n<html lang="en"><head><title>Port reopens | Ledger</title>{CANONICAL}'
        f"{head}</head><body><nav><a href=/>Home</a></nav><article><h1>Port reopens</h1>{body}"
        "</article><footer>All rights reserved</footer></body></html>"
    )


def linked(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def article(path: Path, text: str) -> Article:
    (found,) = read_bytes(path, text.encode())
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(linked(LINKED), id="JSON-LD"),
        pytest.param(OPEN_GRAPH, id="Open Graph"),
        pytest.param(linked(LINKED) + OPEN_GRAPH.replace("Port reopens", "Other"), id="both"),
        pytest.param('<script type="application/ld+json">{broken</script>' + OPEN_GRAPH,
                     id="broken JSON-LD"),
        pytest.param(linked({"@type": "Recipe", "name": "Soup"}) + OPEN_GRAPH, id="other JSON-LD"),
    ],
)  # fmt: skip
def test_a_page_says_what_it_is(tmp_path: Path, head: str) -> None:
    found = article(tmp_path / "a.html", page(head))
    assert (found.title, found.excerpt) == ("Port reopens", "The port is open.")
    assert found.published is not None
    assert found.published.isoformat() == "2024-03-05T14:20:00+00:00"
    assert (found.provider.name, found.provider.domain) == ("Harbour Ledger", "ledger.example")
    assert found.url == "https://ledger.example/1"
    assert (found.topics, found.language) == (("Ports",), "en")
    assert found.extra == {"authors": ["A. Person"]}
    assert "\n\n".join(TEXT) in found.body
    assert "All rights" not in found.body
    assert "Home" not in found.body


def test_a_bare_page_has_its_title_and_text(tmp_path: Path) -> None:
    text = f"<html><head><title>Port reopens</title></head><body><p>{TEXT[0]}</p></body></html>"
    found = article(tmp_path / "a.html", text)
    assert (found.title, found.body) == ("Port reopens", TEXT[0])
    assert found.published is None


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.txt", "saved"])
def test_a_page_is_found_by_content(tmp_path: Path, name: str) -> None:
    assert article(tmp_path / name, page(OPEN_GRAPH)).title == "Port reopens"


def test_a_page_in_another_encoding_is_read_as_it_declares(tmp_path: Path) -> None:
    text = page('<meta charset="iso-8859-2">').replace("Brackwater", "Przemyślu")
    (found,) = read_bytes(tmp_path / "a.html", text.encode("iso-8859-2"))
    assert isinstance(found, Article)
    assert "Przemyślu" in found.body


@pytest.mark.parametrize(
    ("canonical", "address"),
    [
        ("https://ledger.example/1", "https://ledger.example/1"),
        ("/1", "https://ledger.example/1"),
        ("https://ledger.example/", "https://ledger.example/2024/found"),
        ("javascript:x", "https://ledger.example/2024/found"),
        ("http://[::1", "https://ledger.example/2024/found"),
    ],
)
def test_the_address_is_the_canonical_one_of_a_page(canonical: str, address: str) -> None:
    html = page("").replace("https://ledger.example/1", canonical)
    assert read_page(html, "https://ledger.example/2024/found")["webUrl"] == address


def test_the_text_of_json_ld_is_taken_where_the_page_shows_none(tmp_path: Path) -> None:
    value = {"@type": "NewsArticle", "headline": "T", "articleBody": TEXT[0]}
    assert article(tmp_path / "a.html", page(linked(value), "")).body.endswith(TEXT[0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("<html></html>", "a page without a title and a text", id="empty"),
        pytest.param("<html>" + "x" * (11 * 2**20), "a page of more than 10 MiB", id="large"),
    ],
)
def test_a_page_that_cannot_be_read_is_one_plain_line(
    tmp_path: Path, text: str, reason: str
) -> None:
    (record,) = read_bytes(tmp_path / "a.html", text.encode())
    assert isinstance(record, Skipped)
    assert record.reason == reason


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<div>" * 20_000, id="deep"),
        pytest.param("<p" * 50_000, id="open tags"),
        pytest.param("<!--" * 50_000, id="comments"),
        pytest.param("<script type=application/ld+json>" * 5_000, id="scripts"),
    ],
)
def test_a_page_made_to_be_slow_or_deep_is_read_in_time(body: str) -> None:
    assert read_page(page("", body))["title"] == "Port reopens"


def test_a_heading_that_is_the_title_is_no_part_of_the_text() -> None:
    assert str(read_page(page(OPEN_GRAPH))["body"]).startswith(TEXT[0])

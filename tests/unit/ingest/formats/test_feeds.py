"""Feeds as files."""

from pathlib import Path

import pytest

from semsearch.ingest.files import SourceFile
from semsearch.ingest.reading import ReadOptions, blocks_of, records_of
from semsearch.ingest.records import Placed
from semsearch.model.article import Article
from semsearch.model.status import Note, Skipped
from tests.unit.ingest.samples import read_bytes

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Harbour Ledger</title><link>https://ledger.example/</link><language>en</language>
<item><title>Port reopens &amp;amp; pilots return</title><link>https://ledger.example/1</link>
<guid isPermaLink="false">ledger:1</guid><pubDate>Tue, 05 Mar 2024 15:20:00 GMT</pubDate>
<category>Ports</category><category>Strike</category><dc:creator>A. Person</dc:creator>
<description>&lt;p&gt;The port is open.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>Pilots voted.</p><p>Cranes moved.</p>
<script>x()</script>]]></content:encoded>
<enclosure url="https://ledger.example/1.mp3" length="9" type="audio/mpeg"/></item>
<item><title>From another</title><link>https://gazette.example/2</link>
<source url="https://gazette.example/feed">Lisk Gazette</source></item>
<item><title>Linked elsewhere</title><link>https://quay.example/3</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Ledger</title>
<link href="https://ledger.example/"/>
<entry><title type="html">Port &lt;b&gt;reopens&lt;/b&gt;</title><id>ledger:1</id>
<link href="https://ledger.example/1"/><published>2024-03-05T15:20:00Z</published>
<updated>2024-03-06T15:20:00Z</updated><summary>The port is open.</summary>
<content type="html">&lt;p&gt;Pilots voted.&lt;/p&gt;</content></entry></feed>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://ledger.example/"><title>Harbour Ledger</title>
<link>https://ledger.example/</link></channel>
<item rdf:about="https://ledger.example/1"><title>Port reopens</title>
<link>https://ledger.example/1</link><description>The port is open.</description>
<dc:date>2024-03-05T15:20:00Z</dc:date></item></rdf:RDF>"""


def articles(path: Path, text: str) -> list[Article]:
    return [one for one in read_bytes(path, text.encode()) if isinstance(one, Article)]


def test_an_item_of_rss_is_an_article_with_all_that_it_says(tmp_path: Path) -> None:
    article, _, _ = articles(tmp_path / "a.rss", RSS)
    assert article.title == "Port reopens & pilots return"
    assert (article.excerpt, article.body) == (
        "The port is open.",
        "Pilots voted.\n\nCranes moved.",
    )
    assert article.url == "https://ledger.example/1"
    assert (article.provider.name, article.provider.domain) == ("Harbour Ledger", "ledger.example")
    assert article.published is not None
    assert article.published.isoformat() == "2024-03-05T15:20:00+00:00"
    assert (article.topics, article.language) == (("Ports", "Strike"), "en")
    assert article.extra["guid"] == "ledger:1"
    assert article.extra["authors"] == ["A. Person"]
    assert article.extra["enclosures"] == [
        {"href": "https://ledger.example/1.mp3", "type": "audio/mpeg", "length": "9"}
    ]


def test_the_source_is_the_outlet_and_a_link_elsewhere_is_anothers(tmp_path: Path) -> None:
    _, other, linked = articles(tmp_path / "a.xml", RSS)
    assert (other.provider.name, other.provider.domain) == ("Lisk Gazette", "gazette.example")
    assert (linked.provider.name, linked.provider.domain) == ("quay.example", "quay.example")


@pytest.mark.parametrize("text", [ATOM, RDF], ids=["atom", "rdf"])
@pytest.mark.parametrize("name", ["a.xml", "a.atom", "a.txt", "feed.html"])
def test_atom_and_rdf_are_found_by_content(tmp_path: Path, text: str, name: str) -> None:
    (article,) = articles(tmp_path / name, text)
    assert article.title == "Port reopens"
    assert article.excerpt == "The port is open."
    assert article.published is not None
    assert article.published.isoformat() == "2024-03-05T15:20:00+00:00"
    assert article.provider.name == "Harbour Ledger"


@pytest.mark.parametrize(
    ("home", "link", "url"),
    [
        ("https://ledger.example/", "/1", "https://ledger.example/1"),
        ("https://[ledger.example/", "/1", ""),
        ("https://ledger.example/", "//[ledger.example/1", ""),
    ],
)
def test_a_link_of_a_place_on_a_site_is_one_where_the_site_has_an_address(
    tmp_path: Path, home: str, link: str, url: str
) -> None:
    text = f"""<rss version="2.0"><channel><title>Harbour Ledger</title><link>{home}</link>
<item><title>Port reopens</title><link>{link}</link></item></channel></rss>"""
    (article,) = articles(tmp_path / "a.rss", text)
    assert (article.title, article.url) == ("Port reopens", url)


def test_an_item_without_a_link_is_known_by_its_guid(tmp_path: Path) -> None:
    text = RSS.replace("<link>https://ledger.example/1</link>", "")
    assert articles(tmp_path / "a.xml", text)[0].id == "ledger:1"


def test_items_of_a_feed_that_breaks_off_are_read(tmp_path: Path) -> None:
    assert articles(tmp_path / "a.xml", RSS[: RSS.index("<item><title>From")])


LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(f"<!DOCTYPE rss [{LAUGHS}]><rss><channel><item><title>&l9;</title></item>"
                     "</channel></rss>", "it declares XML entities", id="laughs"),
        pytest.param('<!DOCTYPE rss [<!ENTITY a "' + "x" * 10_000 + '">]><rss><channel><item>'
                     f"<title>{'&a;' * 1000}</title></item></channel></rss>",
                     "it declares XML entities", id="quadratic"),
        pytest.param('<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item>'
                     "<title>&a;</title></item></channel></rss>", "it declares XML entities",
                     id="file"),
        pytest.param("<rss><channel><title>T</title></channel></rss>", "a feed without items",
                     id="empty"),
        pytest.param("<urlset><url><loc>https://ledger.example/1</loc></url></urlset>",
                     "XML that is no feed", id="sitemap"),
        pytest.param("", "XML that is no feed", id="nothing"),
        pytest.param("<rss>" * 20_000, "a feed without items", id="deep"),
    ],
)  # fmt: skip
def test_what_is_no_feed_or_a_bomb_is_one_plain_line(
    tmp_path: Path, text: str, reason: str
) -> None:
    (record,) = read_bytes(tmp_path / "a.xml", text.encode())
    assert isinstance(record, Skipped)
    assert record.reason.startswith(reason)
    assert "\n" not in record.reason


def test_entities_for_letters_are_read(tmp_path: Path) -> None:
    text = '<!DOCTYPE rss [<!ENTITY eacute "&#233;">]>' + RSS.partition("?>")[2].replace(
        "Linked elsewhere", "Caf&eacute;"
    )
    assert articles(tmp_path / "a.xml", text)[2].title == "Café"


def heads(path: Path, text: str, written: str, encoding: str = "") -> list[str]:
    """Titles of a feed, and what is said about how it was read."""
    path.write_bytes(text.encode(written))
    options = ReadOptions(encoding=encoding)
    records = [
        one
        for block in blocks_of(SourceFile(path, path.name), options)
        for one in records_of(block, options)
    ]
    placed = [one.record for one in records if isinstance(one, Placed)]
    return [one.title for one in placed if isinstance(one, Article)] + [
        one.text for one in records if isinstance(one, Note)
    ]


CYRILLIC = """<rss version="2.0"><channel><title>Порт</title><item><title>Паром вернулся</title>
<link>https://a.example/2</link><description>Паром снова ходит каждый день между берегами
реки, и пассажиры довольны.</description></item></channel></rss>"""


@pytest.mark.parametrize("declared", ["", "utf-8", "gb2312"])
def test_a_feed_that_is_not_what_it_declares_is_read_as_is_likely_and_that_is_said(
    tmp_path: Path, declared: str
) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    title, note = heads(tmp_path / "a.xml", head + CYRILLIC, "cp1251")
    assert title == "Паром вернулся"
    assert "read as cp1251" in note
    assert heads(tmp_path / "a.xml", head + CYRILLIC, "koi8-r", "koi8-r") == ["Паром вернулся"]
    assert heads(tmp_path / "a.xml", CYRILLIC, "utf-8") == ["Паром вернулся"]


@pytest.mark.parametrize(
    ("declared", "written"),
    [("cp1251", "cp1251"), ("utf-16", "utf-16"), ("iso-8859-1", "utf-8"), ("gb2312", "utf-8")],
)
def test_a_feed_that_is_utf8_or_what_it_declares_is_read_as_that(
    tmp_path: Path, declared: str, written: str
) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    assert heads(tmp_path / "a.xml", head + CYRILLIC, written) == ["Паром вернулся"]

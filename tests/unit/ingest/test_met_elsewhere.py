"""What users of other readers, crawlers and importers met: read as it is meant, or said."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from semsearch.ingest.files import SourceFile, find_files
from semsearch.ingest.reading import ReadOptions, read_file
from semsearch.ingest.records import Removed
from tests.unit.ingest.told import TEN, URL, read, told

ONE = {"title": "One", "text": "Cranes stood.", "url": URL, "date": TEN}
TWO = {"title": "Two", "text": "Ships wait.", "url": f"{URL}2", "date": TEN}
PARAGRAPHS = (
    "Cranes stood still in Brackwater harbour. The union said that nobody had been asked.",
    "The council of Dunbeck voted for a new bridge. Mayor Ada Quill called the vote a relief.",
    "The port authority said that talks would go on for a week. Nobody expects a quick end.",
)
FEED = '<rss version="2.0"><channel><title>Ledger</title>%s</channel></rss>'


def page(head: str, body: str = "") -> str:
    """A page with three paragraphs."""
    paragraphs = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    return (
        f'<!doctype html><html lang="en"><head>{head}</head><body><article>'
        f"<h1>Dockers walk out</h1>{paragraphs}{body}</article></body></html>"
    )


def linked(text: str) -> str:
    """A script of JSON-LD."""
    return f'<script type="application/ld+json">{text}</script>'


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
        {"chapters": [{"heading": "A", "text": "One."}, {"heading": "B", "text": "Two."}]},
    ],
)
def test_an_article_that_holds_lists_is_one(tmp_path: Path, lists: dict[str, object]) -> None:
    found = read(tmp_path / "a.json", {"title": "Dockers walk out", **lists})
    assert [one.title for one in found.articles] == ["Dockers walk out"]
    assert not found.notes


def test_an_item_whose_texts_are_lists_is_one(tmp_path: Path) -> None:
    item = {
        "uri": "urn:1",
        "headlines": [{"role": "main", "value": "Dockers walk out"}],
        "bodies": [{"contenttype": "text/plain", "value": "Cranes stood."}],
        "versioncreated": TEN,
        "mentions": [ONE, TWO],
    }
    found = read(tmp_path / "a.json", item)
    assert [(one.title, one.body) for one in found.articles] == [
        ("Dockers walk out", "Cranes stood.")
    ]


def test_text_between_two_lists_is_said(tmp_path: Path) -> None:
    found = read(tmp_path / "a.json", f"[{json.dumps(ONE)}]\nand\n[{json.dumps(TWO)}]")
    assert [one.title for one in found.articles] == ["One"]
    assert found.skipped == ("text behind the end of the list",)


def test_drafts_of_an_export_of_ghost_are_left_out_and_said(tmp_path: Path) -> None:
    posts = [{**ONE, "status": "published"}, {**TWO, "status": "draft"}, {**TWO, "status": "sent"}]
    found = read(tmp_path / "a.json", {"db": [{"data": {"posts": posts, "tags": []}}]})
    assert [one.extra["status"] for one in found.articles] == ["published", "sent"]
    assert found.notes == ("1 drafts of an export of a blog were left out",)


def test_columns_that_are_named_again_are_no_record(tmp_path: Path) -> None:
    table = "title,text\nOne,Cranes stood.\n"
    found = read(tmp_path / "a.csv", f"{table}title,text\nTitle,text\n{table}")
    assert [one.title for one in found.articles] == ["One", "Title", "One"]
    assert found.notes == (
        "the names of the columns stand within the table again: that line was left out",
    )


ARTICLE = (
    '{"@type": "NewsArticle", "headline": "Dockers walk out", "datePublished": "%s", '
    '"publisher": {"name": "Ledger"}%s}%s'
)


@pytest.mark.parametrize(
    ("more", "behind"),
    [(', "description": "One\n\ttwo"', ""), ("", ";"), ("", "\n;\n"),
     (', "publisher": {"name": "Ledger"}', "")],
    ids=["line breaks", "a semicolon", "on its line", "a key twice"],
)  # fmt: skip
def test_linked_data_counts_that_is_no_strict_json(tmp_path: Path, more: str, behind: str) -> None:
    (article,) = read(tmp_path / "a.html", page(linked(ARTICLE % (TEN, more, behind)))).articles
    assert told(article)[2:] == ("Ledger", TEN)


@pytest.mark.parametrize("by", ["address", "title", "neither"])
def test_of_several_articles_in_a_page_its_own_counts(tmp_path: Path, by: str) -> None:
    other = {
        "@type": "NewsArticle",
        "headline": "Bridge",
        "url": f"{URL}2",
        "datePublished": "2020-01-01",
    }
    own = {"@type": "NewsArticle", "headline": "Dockers", "url": URL, "datePublished": TEN}
    head = {
        "address": f'<link rel="canonical" href="{URL}/"><title>Bridge and others</title>',
        "title": "<title>Dockers | Ledger</title>",
        "neither": "<title>Home</title>",
    }[by]
    data = page(head + linked(json.dumps(other)) + linked(json.dumps({"@graph": [own]})))
    (article,) = read(tmp_path / "a.html", data.replace("Dockers walk out", "Today")).articles
    expected = ("Bridge", "2020-01-01") if by == "neither" else ("Dockers", TEN)
    assert (article.title, told(article)[3]) == expected


def test_when_a_page_was_changed_is_not_when_it_was_published(tmp_path: Path) -> None:
    for name in ("article:modified_time", "og:updated_time", "dateModified", "last-modified"):
        for kind in ("property", "name", "itemprop", "http-equiv"):
            changed = f'<meta {kind}="{name}" content="2024-05-01T10:00:00Z">'
            found = read(tmp_path / "a.html", page(f"<title>T</title>{changed}"))
            assert (found.articles[0].published, found.notes) == (None, ())


def test_a_day_that_a_page_only_shows_is_said_to_be_a_guess(tmp_path: Path) -> None:
    found = read(tmp_path / "a.html", page("", '<time datetime="2024-03-05T10:00:00Z">then</time>'))
    assert told(found.articles[0])[3] == "2024-03-05"
    (note,) = found.notes
    assert note.startswith("a page does not say when it was published")
    assert not read(tmp_path / "a.html", page(linked(ARTICLE % (TEN, "", "")))).notes


@pytest.mark.parametrize(
    "saved",
    [
        f"<!-- saved from url=(0024){URL} -->",
        f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Tue Mar 05 2024\n-->",
    ],
)
def test_the_address_that_a_browser_saved_with_a_page_is_its_own(
    tmp_path: Path, saved: str
) -> None:
    data = page("<title>T</title>")
    found = read(tmp_path / "a.html", data.replace("<head>", f"<head>{saved}", 1))
    assert found.articles[0].url == URL
    canonical = f'<link rel="canonical" href="/2">{saved}'
    found = read(tmp_path / "a.html", data.replace("<head>", f"<head>{canonical}", 1))
    assert found.articles[0].url == "https://ledger.example/2"


def test_pictures_in_a_page_do_not_count_for_its_length(tmp_path: Path) -> None:
    picture = f'<img src="data:image/jpeg;base64,{"QUJD" * 3_000_000}">'
    (article,) = read(tmp_path / "a.html", page("<title>T</title>", picture)).articles
    assert article.body.startswith(PARAGRAPHS[0])
    found = read(tmp_path / "a.html", page("<title>T</title>", "<p>" + "word " * 2_200_000))
    assert found.skipped == ("a page of more than 10 MiB",)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Dockers walk out - Ledger", "Dockers walk out"),
        ("Dockers walk out | LEDGER", "Dockers walk out"),
        ("Dockers walk out &amp;amp; stay", "Dockers walk out &amp; stay"),
        ("Ledger - Dockers walk out", "Ledger - Dockers walk out"),
        ("Walk-out at the Ledger", "Walk-out at the Ledger"),
        ("Ledger", "Ledger"),
    ],
)
def test_the_outlet_behind_a_title_is_none_of_it(tmp_path: Path, title: str, shown: str) -> None:
    head = f'<meta property="og:title" content="{title}">'
    head += '<meta property="og:site_name" content="Ledger">'
    (article,) = read(tmp_path / "a.html", page(head)).articles
    assert article.title == shown
    item = (
        f'<item><title>{title}</title><link>{URL}</link><source url="{URL}">Ledger</source></item>'
    )
    (article,) = read(tmp_path / "a.rss", FEED % item).articles
    assert article.title == shown.replace("&amp;", "&")


def test_entities_in_linked_data_are_characters(tmp_path: Path) -> None:
    data = linked((ARTICLE % (TEN, "", "")).replace("walk out", "&amp; &quot;crews&quot; out"))
    (article,) = read(tmp_path / "a.html", page(data)).articles
    assert article.title == 'Dockers & "crews" out'


RUNS = [{"type": "text", "text": "Cranes "}, {"type": "text", "marks": ["b"], "text": "stood."}]


@pytest.mark.parametrize(
    "body",
    [
        {"blocks": [{"type": "paragraph", "data": {"text": "Cranes stood."}}]},
        {"type": "doc", "content": [{"type": "paragraph", "content": RUNS}]},
        {"root": {"children": [{"type": "paragraph", "children": RUNS}]}},
        [{"_type": "block", "children": RUNS}, {"_type": "image", "asset": {"ref": "x"}}],
        {"nodeType": "document", "content": [
            {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": "Cranes stood."}]}
        ]},
        [{"type": "text", "content": "<p>Cranes stood.</p>"}, {"type": "image", "url": URL}],
    ],
    ids=["Editor.js", "ProseMirror", "Lexical", "Portable Text", "Contentful", "Arc"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["body", "content", "content_elements"])
def test_a_text_that_an_editor_keeps_as_a_tree_is_read(
    tmp_path: Path, body: object, name: str
) -> None:
    record = {"headlines": {"basic": "T"}, "description": {"basic": "E."}, "url": URL, name: body}
    found = read(tmp_path / "a.json", record)
    (article,) = found.articles
    assert (article.title, article.excerpt, article.body) == ("T", "E.", "Cranes stood.")
    assert not found.notes


@pytest.mark.parametrize(
    ("record", "date"),
    [
        ({"published_at": None, "created_at": TEN}, ""),
        ({"publishedAt": "", "timestamp": 1709632800}, ""),
        ({"published_at": None, "created_at": TEN, "date": TEN}, TEN),
        ({"published": False, "created": TEN}, TEN),
        ({"created_at": TEN}, TEN),
    ],
)
def test_when_a_record_was_made_is_not_when_it_was_published(
    tmp_path: Path, record: dict[str, object], date: str
) -> None:
    (article,) = read(tmp_path / "a.json", {"title": "T", "text": "B.", **record}).articles
    assert told(article)[3] == date


@pytest.mark.parametrize(
    ("record", "outlet", "topics"),
    [
        ({"container-title": "Ledger", "source": "Zotero"}, "Ledger", ()),
        ({"Publication Title": "Ledger", "Manual Tags": "ports; strikes"},
         "Ledger", ("ports", "strikes")),
        ({"medium": "Ledger", "tags": "ports|strikes"}, "Ledger", ("ports", "strikes")),
        ({"provider": "N/A", "Document tags": "['ports']"}, "", ("ports",)),
        ({"origin": {"title": "Ledger"},
          "categories": ["user/-/state/com.google/read", "user/7/label/Ports", "cranes"]},
         "Ledger", ("Ports", "cranes")),
    ],
)  # fmt: skip
def test_outlets_and_topics_of_libraries_and_readers(
    tmp_path: Path, record: dict[str, object], outlet: str, topics: tuple[str, ...]
) -> None:
    (article,) = read(tmp_path / "a.json", {"title": "T", "text": "B.", **record}).articles
    assert (article.provider.name, article.topics) == (outlet, topics)


def test_ids_that_a_table_holds_as_decimals_are_whole_numbers(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", "id,title\n1.0,T\n2.0,U\n2.5,V\n")
    assert [one.id for one in found.articles] == ["1", "2", "2.5"]
    assert len(set(found.notes)) == 1


COMMENT = "Our view: the strike is a mistake, and the Courier should know better than that."


@pytest.mark.parametrize(
    ("item", "url", "outlet"),
    [
        (f"<link>https://proxy.example/x</link><feedburner:origLink>{URL}</feedburner:origLink>",
         URL, "Ledger"),
        ("<link>https://courier.example/9</link><guid>https://ledger.example/?p=7</guid>",
         "https://ledger.example/?p=7", "Ledger"),
        ("<link>https://courier.example/9</link><guid isPermaLink='false'>4711</guid>",
         "https://courier.example/9", "courier.example"),
        ("<link>https://courier.example/9</link><guid>https://courier.example/?p=9</guid>",
         "https://courier.example/9", "courier.example"),
        ("<link>https://blogs.ledger.example/9</link><guid>https://ledger.example/?p=9</guid>",
         "https://blogs.ledger.example/9", "Ledger"),
        (f"<guid>{URL}</guid>", URL, "Ledger"),
    ],
    ids=["through a service", "a link blog", "a number", "another's", "a part of it", "guid alone"],
)  # fmt: skip
def test_an_entry_goes_by_its_own_page(tmp_path: Path, item: str, url: str, outlet: str) -> None:
    feed = (
        '<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel>'
        "<title>Ledger</title><link>https://ledger.example/</link>"
        f"<item><title>T</title><description>{COMMENT}</description>{item}</item></channel></rss>"
    )
    (article,) = read(tmp_path / "a.rss", feed).articles
    assert (article.url, article.provider.name) == (url, outlet)


def test_what_only_lists_links_is_no_comment(tmp_path: Path) -> None:
    said = f"Article URL: {URL} Comments URL: https://list.example/7 Points: 12 # Comments: 3"
    item = (
        f"<item><title>T</title><link>{URL}</link><description>{said}</description>"
        "<guid isPermaLink='false'>https://list.example/7</guid></item>"
    )
    feed = FEED.replace("</title>", "</title><link>https://list.example/</link>") % item
    (article,) = read(tmp_path / "a.rss", feed).articles
    assert (article.url, article.provider.domain) == (URL, "ledger.example")


def test_an_enclosure_is_no_page(tmp_path: Path) -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Ledger</title><entry><title>T</title>'
        f'<link rel="alternate" href="{URL}"/>'
        '<link rel="enclosure" type="image/jpeg">https://pictures.example/1.jpg</link>'
        "<summary>S.</summary></entry></feed>"
    )
    (article,) = read(tmp_path / "a.atom", feed).articles
    assert (article.url, article.provider.domain) == (URL, "ledger.example")


def test_posts_of_an_export_that_ask_for_a_password_are_left_out(tmp_path: Path) -> None:
    items = "".join(
        f"<item><title>T{n}</title><link>{URL}{n}</link><description>D.</description>"
        f"<wp:post_type>post</wp:post_type><wp:post_password>{password}</wp:post_password></item>"
        for n, password in enumerate(("", "secret"))
    )
    feed = FEED.replace("<rss ", '<rss xmlns:wp="http://wordpress.org/export/1.2/" ') % items
    found = read(tmp_path / "a.xml", feed)
    assert [one.title for one in found.articles] == ["T0"]
    assert found.notes[0].startswith("1 items were left out")


@pytest.mark.parametrize(
    ("given", "url", "domain"),
    [
        ("www.ledger.example/1", "https://www.ledger.example/1", "ledger.example"),
        ("  https://ledger.example/1 ", URL, "ledger.example"),
        ("/2024/dockers/", "", ""),
        ("../dockers", "", ""),
        ("//ledger.example/1", "//ledger.example/1", "ledger.example"),
        (f"https://web.archive.org/web/20240305100000/{URL}", None, "ledger.example"),
        (f"http://web.archive.org/web/2024id_/{URL}", None, "ledger.example"),
        ("https://web.archive.org/about/", None, "web.archive.org"),
        ("www.ledger.example", "www.ledger.example", ""),
    ],
)
def test_addresses_as_people_write_them(
    tmp_path: Path, given: str, url: str | None, domain: str
) -> None:
    found = read(tmp_path / "a.json", {"title": "T", "url": given, "text": "B."})
    (article,) = found.articles
    assert (article.url, article.provider.domain) == (given if url is None else url, domain)
    kept = {} if url or url is None else {"url_unread": given}
    assert (dict(article.extra), len(found.notes)) == (kept, len(kept))


@pytest.mark.parametrize("mark", [{"draft": True}, {"draft": "true"}, {"status": "Draft"}])
def test_a_draft_is_read_and_said(tmp_path: Path, mark: dict[str, object]) -> None:
    found = read(tmp_path / "a.json", {"title": "T", "text": "B.", **mark})
    assert [one.title for one in found.articles] == ["T"]
    assert found.notes == ("an article that is marked as a draft was read all the same",)
    other = {"title": "T", "text": "B.", "draft": False, "status": "published"}
    assert not read(tmp_path / "a.json", other).notes


@pytest.mark.parametrize(
    "text",
    [
        "\n1 of 3 DOCUMENTS\n\nLedger\n\nMarch 5, 2024\n\nDockers walk out\n\n2 of 3 DOCUMENTS\n",
        "TY  - NEWS\nTI  - Dockers walk out\nDA  - 2024/03/05\nER  - \n",
        "HD  Dockers walk out\nBY  Ada Quill\nPD  5 March 2024\nSN  Ledger\nLP\nCranes stood.\n",
    ],
)
def test_exports_of_press_databases_are_no_article(tmp_path: Path, text: str) -> None:
    found = read(tmp_path / "a.txt", text)
    assert not found.articles
    assert found.skipped[0].startswith("an export of a press database or of a reference manager")


def test_a_text_with_such_words_is_one(tmp_path: Path) -> None:
    text = "3 of 5 documents are missing\n\nHD  is short for high definition.\nUN  is another.\n"
    assert len(read(tmp_path / "a.txt", text).articles) == 1


def test_what_a_text_would_cost_is_no_text(tmp_path: Path) -> None:
    for notice in ("ONLY AVAILABLE IN PAID PLANS", "Only available for subscribers."):
        (article,) = read(tmp_path / "a.json", {"title": "T", "content": notice}).articles
        assert article.body == ""
    said = "Only available in May, the tickets went within the hour. Nobody had expected that."
    (article,) = read(tmp_path / "a.json", {"title": "T", "content": said}).articles
    assert article.body == said


@pytest.mark.parametrize(
    ("above", "table", "number"),
    [
        ("Export of the monitor\nMarch 2024\n\n", "title,text\n%s,%s\n", 3),
        ("Export;;\nMarch 2024;;\n;;\n", "title;text;url\n%s;%s;\n", 3),
        ("", "title,text,\n%s,%s,\n", 0),
        ("", "title,text\n%s,%s,\n", 0),
        ("", "title,text,\n%s,%s\n", 0),
        ("sep=;\nReport\n", "title;text;\n%s;%s\n", 1),
    ],
)
def test_tables_of_media_monitors_are_read(
    tmp_path: Path, above: str, table: str, number: int
) -> None:
    found = read(tmp_path / "a.csv", above + table % ("One", "Cranes stood."))
    assert [(one.title, one.body) for one in found.articles] == [("One", "Cranes stood.")]
    assert not found.skipped
    said = f"{number} lines above the names of the columns were left out"
    assert found.notes == ((said,) if number else ())


def test_a_line_of_a_table_is_where_it_stands(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", "Report\n\ntitle,text,\nOne,a\nTwo\nThree,c\n")
    assert [one.title for one in found.articles] == ["One", "Three"]
    assert found.skipped == ("1 values, but the first line names 2",)


def test_names_are_without_entities(tmp_path: Path) -> None:
    record = {"title": "T", "tags": ["Arts &amp; Culture"], "category": "R&amp;D"}
    found = read(tmp_path / "a.json", {**record, "source": "Day &amp; Night"})
    (article,) = found.articles
    assert (article.topics, article.category) == (("Arts & Culture",), "R&D")
    assert article.provider.name == "Day & Night"


def test_a_text_that_excel_cut_is_said(tmp_path: Path) -> None:
    for length, notes in ((32_767, 1), (32_768, 0), (32_766, 0)):
        found = read(tmp_path / "a.csv", f"title,text\nT,{'a' * length}\n")
        assert (len(found.articles), len(found.notes)) == (1, notes)


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ("en_US.UTF-8", "en_us"),
        ("de;q=0.9", "de"),
        ("de \n.", "de"),
        ("Deutsch", "de"),
        ("und", ""),
        ("null", ""),
    ],
)
def test_languages_as_programs_name_them(tmp_path: Path, given: str, language: str) -> None:
    (article,) = read(tmp_path / "a.json", {"title": "T", "text": "B.", "lang": given}).articles
    assert article.language == language


@pytest.mark.parametrize(
    "domain", ["https://www.ledger.example/news", "www.ledger.example/", " Ledger.example "]
)
def test_the_domain_of_an_outlet_is_that_of_its_address(tmp_path: Path, domain: str) -> None:
    record = {"title": "T", "text": "B.", "provider": {"name": "Ledger", "domain": domain}}
    (article,) = read(tmp_path / "a.json", record).articles
    assert article.provider.domain == "ledger.example"


def test_an_address_from_html_is_without_entities(tmp_path: Path) -> None:
    record = {"title": "T", "url": "https://ledger.example/?a=1&amp;b=2"}
    (article,) = read(tmp_path / "a.json", record).articles
    assert article.url == "https://ledger.example/?a=1&b=2"


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_what_an_agency_withdraws_leaves_the_index(tmp_path: Path, status: str) -> None:
    item = {"uri": "urn:1", "headline": "T", "body_text": "B.", "pubstatus": status}
    assert removed(tmp_path / "a.json", json.dumps(item)) == ["urn:1"]
    assert not removed(tmp_path / "a.json", json.dumps({**item, "pubstatus": "usable"}))
    item_g2 = (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:1"><itemMeta>'
        f'<pubStatus qcode="stat:{status}"/></itemMeta><contentMeta><headline>T</headline>'
        "</contentMeta></newsItem>"
    )
    assert removed(tmp_path / "a.xml", item_g2) == ["urn:1"]


def removed(path: Path, text: str) -> list[str]:
    """Ids of the records of a file that leave the index."""
    path.write_text(text, "utf-8")
    found = read_file(SourceFile(path, path.name), ReadOptions())
    return [one.id for one in found if isinstance(one, Removed)]


def test_texts_that_a_table_holds_as_bytes_are_read(tmp_path: Path) -> None:
    texts = ["Die Fähre fällt aus.".encode(), b"\xff\xd8\xff\xe0\0\x10JFIF", b"Plain."]
    table = pa.table(
        {"title": [b"K\xc3\xbcste"] * 3, "text": texts, "__index_level_0__": [1, 2, 3]}
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet", (tmp_path / "a.parquet").read_bytes())
    assert [(one.title, one.body) for one in found.articles] == [
        ("Küste", "Die Fähre fällt aus."),
        ("Küste", ""),
        ("Küste", "Plain."),
    ]
    assert "__index_level_0__" not in found.articles[0].extra


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("20240305-dockers.txt", "2024-03-05"),
        ("20240305_1.txt", "2024-03-05"),
        ("2024-03-05-dockers.txt", "2024-03-05"),
        ("20241305-dockers.txt", ""),
        ("20240305.txt", ""),
        ("2024030512-dockers.txt", ""),
    ],
)
def test_a_day_before_the_name_of_a_file(tmp_path: Path, name: str, date: str) -> None:
    (article,) = read(tmp_path / name, "Dockers walk out\n\nCranes stood.\n").articles
    assert told(article)[3] == date


def test_an_index_within_an_archive_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("T\n\nB.\n")
    for folder in ("idx/generations/1", "other/generations"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "manifest.json").write_text("{}")
    (tmp_path / "idx/catalog.db").write_bytes(b"x")
    found = [one for one in find_files([tmp_path]) if isinstance(one, SourceFile)]
    assert [one.path.relative_to(tmp_path).as_posix() for one in found] == [
        "a.txt",
        "other/generations/manifest.json",
    ]


@pytest.mark.parametrize(
    ("host", "outlet"),
    [
        ("m.ledger.example", "ledger.example"),
        ("amp.ledger.example", "ledger.example"),
        ("mobile.news.ledger.example", "news.ledger.example"),
        ("www2.ledger.example", "ledger.example"),
        ("team.ledger.example", "team.ledger.example"),
        ("m.example", "m.example"),
        ("amp.dev", "amp.dev"),
    ],
)
def test_pages_for_telephones_are_of_the_same_outlet(
    tmp_path: Path, host: str, outlet: str
) -> None:
    record = {"title": "T", "text": "B."}
    (article,) = read(tmp_path / "a.json", {**record, "url": f"https://{host}/1"}).articles
    assert (article.provider.domain, article.url) == (outlet, f"https://{host}/1")
    (article,) = read(tmp_path / "a.json", {**record, "source": f"https://{host}/"}).articles
    assert article.provider.domain == outlet


@pytest.mark.parametrize(
    "visit",
    ["/1;jsessionid=A1B2", "/1?PHPSESSID=a1", "/1?wt_mc=rss", "/1?CMP=share", "/1?ns_mchannel=rss"],
)
def test_what_belongs_to_a_visit_is_no_part_of_an_address(tmp_path: Path, visit: str) -> None:
    given = [{"title": "T", "text": "B.", "url": f"https://ledger.example{at}"}
             for at in ("/1", visit)]  # fmt: skip
    found = read(tmp_path / "a.json", given)
    assert len({one.id for one in found.articles}) == 1

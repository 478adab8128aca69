"""What news APIs, sites, exports and tables write, as they write it: nothing is lost or false."""

import csv
import json
from pathlib import Path

import pytest

from semsearch.model.article import Provider
from tests.unit.ingest.told import DAY, TEN, URL, read, told

TIME = "2024-03-05T10:00:00Z"


def envelope(name: str, **record: object) -> dict[str, object]:
    """An answer of an API with one record."""
    return {"status": "ok", "totalResults": 1, name: [record]}


REDDIT = {"id": "abc", "title": "T", "selftext": "Text.", "subreddit": "news", "url": URL,
          "created_utc": 1709632800, "permalink": "/r/news/comments/abc/t/"}  # fmt: skip
NOTE = {"id": URL, "type": "Note", "summary": None, "published": TIME, "url": URL,
        "content": "<p>Text.</p>"}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            envelope("articles", source={"id": None, "name": "Ledger"}, title="T", url=URL,
                     description="D", publishedAt=TIME, content="Cut o… [+1234 chars]"),
            ("T", "", "Ledger", TEN), id="NewsAPI"),
        pytest.param(
            envelope("articles", title="T", content="Cut o... [1234 chars]", url=URL,
                     publishedAt=TIME, source={"name": "Ledger", "url": "https://ledger.example"}),
            ("T", "", "Ledger", TEN), id="GNews"),
        pytest.param(
            {"pagination": {"limit": 1},
             "data": [{"title": "T", "source": "Ledger", "url": URL, "language": "en",
                       "published_at": "2024-03-05T10:00:00+00:00"}]},
            ("T", "", "Ledger", TEN), id="mediastack"),
        pytest.param(
            envelope("articles", url=URL, title="T", seendate="20240305T100000Z",
                     domain="ledger.example", language="English"),
            ("T", "", "ledger.example", TEN), id="GDELT"),
        pytest.param(
            {"articles": {"results": [{"uri": "1", "lang": "eng", "date": DAY, "time": "10:04:00",
                                       "dateTimePub": TIME, "url": URL, "title": "T", "body": "B.",
                                       "source": {"uri": "ledger.example", "title": "Ledger"}}]}},
            ("T", "B.", "Ledger", TEN), id="Event Registry"),
        pytest.param(
            {"@context": "https://www.w3.org/ns/activitystreams", "type": "OrderedCollection",
             "orderedItems": [{"id": "x", "type": "Create", "published": TIME, "object": NOTE}]},
            ("", "Text.", "ledger.example", TEN), id="outbox of ActivityPub"),
        pytest.param([{"id": "111", "created_at": TIME, "url": URL, "content": "<p>Text.</p>"}],
                     ("", "Text.", "ledger.example", TEN), id="Mastodon"),
        pytest.param(REDDIT, ("T", "Text.", "ledger.example", TEN), id="Reddit"),
        pytest.param({"kind": "Listing", "data": {"children": [{"kind": "t3", "data": REDDIT}]}},
                     ("T", "Text.", "ledger.example", TEN), id="listing of Reddit"),
        pytest.param(
            {"db": [{"meta": {"version": "5"},
                     "data": {"posts": [{"id": "64", "title": "T", "plaintext": "Text.",
                                         "published_at": TIME, "custom_excerpt": "E"}],
                              "tags": [{"id": "1", "name": "Ports"}]}}]},
            ("T", "Text.", "", TEN), id="Ghost"),
        pytest.param({"data": {"id": "1", "text": "Text.", "created_at": TIME}},
                     ("", "Text.", "", TEN), id="one under data"),
        pytest.param({"a1": {"title": "T", "text": "Text.", "date": DAY}},
                     ("T", "Text.", "", DAY), id="by id"),
        pytest.param({"title": {"0": "T"}, "text": {"0": "Text."}, "date": {"0": DAY}},
                     ("T", "Text.", "", DAY), id="pandas by columns"),
        pytest.param({"columns": ["title", "text"], "index": [0], "data": [["T", "Text."]]},
                     ("T", "Text.", "", ""), id="pandas split"),
        pytest.param({"schema": {"fields": []}, "data": [{"index": 0, "title": "T", "text": "B."}]},
                     ("T", "B.", "", ""), id="pandas table"),
        pytest.param({"_index": "news", "_id": "7", "_source": {"title": "T", "content": "B."}},
                     ("T", "B.", "", ""), id="elasticdump"),
        pytest.param({"data": [{"type": "node--article", "id": "7",
                                "attributes": {"title": "T", "body": {"value": "<p>B.</p>"}}}]},
                     ("T", "B.", "", ""), id="JSON:API"),
        pytest.param({"title": [{"value": "T"}], "body": [{"value": "B.", "format": "html"}],
                      "created": [{"value": TIME, "format": "Y"}]},
                     ("T", "B.", "", TEN), id="Drupal"),
        pytest.param({"sys": {"id": "x"},
                      "fields": {"title": {"en-US": "T"}, "body": {"en": "B."}}},
                     ("T", "B.", "", ""), id="Contentful"),
        pytest.param({"title": "T", "body": "B.",
                      "published": {"$date": {"$numberLong": "1709632800000"}}},
                     ("T", "B.", "", TEN), id="MongoDB"),
        pytest.param({"content": "B.", "meta": {"title": "T", "url": URL, "date": DAY}},
                     ("T", "B.", "ledger.example", DAY), id="Haystack"),
        pytest.param({"page_content": "B.", "metadata": {"source": URL, "title": "T"}},
                     ("T", "B.", "ledger.example", ""), id="LangChain"),
        pytest.param({"text": "B.", "metadata": {"headline": "T", "published": TIME}},
                     ("T", "B.", "", TEN), id="LlamaIndex"),
        pytest.param({"meta": {"canonical": URL, "lang": "en"}, "title": "T", "cleaned_text": "B.",
                      "links": ["https://other.example/x/y"], "publish_date": TIME},
                     ("T", "B.", "ledger.example", TEN), id="goose"),
        pytest.param({"title": "T", "body": "B.",
                      "links": [{"rel": "related", "href": "https://o.example/x"},
                                {"rel": "alternate", "href": URL}]},
                     ("T", "B.", "ledger.example", ""), id="links of Atom"),
        pytest.param({"id": 5, "date": TIME, "text": [{"type": "bold", "text": "B"}, ". C"]},
                     ("", "B. C", "", TEN), id="Telegram"),
        pytest.param({"headline": ["T"], "text": ["B.", "C."], "date": [DAY], "url": [URL]},
                     ("T", "B.\n\nC.", "ledger.example", DAY), id="lists of one"),
        pytest.param({"title": "T", "paragraphs": ["B.", "C."]}, ("T", "B.\n\nC.", "", ""),
                     id="paragraphs"),
        pytest.param({"title": "T", "date": DAY,
                      "content": [{"heading": "H", "text": "B."}, {"text": "C."}]},
                     ("T", "B.\n\nC.", "", DAY), id="parts of a text"),
        pytest.param({"type": "article-newspaper", "title": "T", "container-title": "Ledger",
                      "issued": {"date-parts": [[2024, 3, 5]]}},
                     ("T", "", "Ledger", DAY), id="CSL-JSON"),
        pytest.param({"title": "T", "summary": {"content": "<p>B.</p>", "direction": "ltr"}},
                     ("T", "B.", "", ""), id="one text twice"),
        pytest.param({"заголовок": "T", "текст": "B.", "дата": DAY, "источник": "Газета"},
                     ("T", "B.", "Газета", DAY), id="Russian names"),
        pytest.param({"标题": "T", "正文": "B.", "日期": DAY, "来源": "报"}, ("T", "B.", "报", DAY),
                     id="Chinese names"),
        pytest.param({"titel": "T", "volltext": "B.", "quelle": "Blatt", "datum": "05.03.2024"},
                     ("T", "B.", "Blatt", DAY), id="German names"),
        pytest.param({"título": "T", "cuerpo": "B.", "fuente": "Diario", "fecha": DAY},
                     ("T", "B.", "Diario", DAY), id="Spanish names"),
        pytest.param({"title": "T", "body": "B.", "date": DAY, "time": "10:00"},
                     ("T", "B.", "", TEN), id="time apart"),
        pytest.param({"title": "T", "body": "B.", "date": DAY, "time": "3 minutes"},
                     ("T", "B.", "", DAY), id="another time"),
    ],
)  # fmt: skip
def test_json_as_others_write_it(
    tmp_path: Path, data: object, expected: tuple[str, str, str, str]
) -> None:
    found = read(tmp_path / "a.json", data)
    assert [told(article) for article in found.articles] == [expected]
    assert not found.skipped


def test_a_text_that_is_also_the_teaser_is_kept_once(tmp_path: Path) -> None:
    summary = {"content": "<p>B.</p>", "direction": "ltr"}
    (article,) = read(tmp_path / "a.json", {"title": "T", "summary": summary}).articles
    assert (article.excerpt, article.body) == ("", "B.")


def test_a_withdrawn_article_of_an_api_is_none(tmp_path: Path) -> None:
    gone = {"source": {"name": "[Removed]"}, "title": "[Removed]", "content": "[Removed]",
            "url": "https://removed.com", "publishedAt": "1970-01-01T00:00:00Z"}  # fmt: skip
    found = read(tmp_path / "a.json", {"articles": [gone, {"title": "T", "url": URL}]})
    assert [article.title for article in found.articles] == ["T"]
    assert found.skipped == ("its source has withdrawn it: its title is [Removed]",)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param("title,text\nT,B\n", ("T", "B"), id="plain"),
        pytest.param("\ufefftitle;text\nT;B\n", ("T", "B"), id="semicolons and a mark"),
        pytest.param("sep=;\r\ntitle;text\r\nT;B\r\n", ("T", "B"), id="Excel's hint"),
        pytest.param("title|text\nT|B\n", ("T", "B"), id="bars"),
        pytest.param("title,text\rT,B\r", ("T", "B"), id="CR"),
        pytest.param("title\ttext\nT\tB\n".encode("utf-16"), ("T", "B"), id="UTF-16"),
        pytest.param('title,text\n"a ""b"" c","B\n\nC"\n', ('a "b" c', "B\n\nC"), id="doubled"),
        pytest.param('title,text\n"a \\"b\\" c","B"\n', ('a "b" c', "B"), id="MySQL"),
        pytest.param(
            'title,text\nT,"a \\"b\\" \\\\ \\n c\\\nd"\n',
            ("T", 'a "b" \\ \\n c\nd'),
            id="MySQL's line breaks",
        ),
        pytest.param('title,text\nThe 5" gun,B\n', ('The 5" gun', "B"), id="a sign of inches"),
        pytest.param("\n\r\ntitle,text\nT,B\n", ("T", "B"), id="blank lines first"),
        pytest.param("title,text,date,id\nT,B,NaT,NaN\n", ("T", "B"), id="pandas' nulls"),
        pytest.param('title,text\nC:\\dir\\,"x\\y"\n', ("C:\\dir\\", "x\\y"), id="backslashes"),
        pytest.param("title,text,published\nT,B,\\N\n", ("T", "B"), id="MySQL's null"),
        pytest.param("title,text,\nT,B,\n", ("T", "B"), id="a column more"),
        pytest.param("TITLE , Text\nT,B\n", ("T", "B"), id="blanks in names"),
        pytest.param(
            "titre,texte\nT,Le port fermé\n".encode("cp1252"),
            ("T", "Le port fermé"),
            id="code page 1252",
        ),
    ],
)
def test_csv_as_others_write_it(
    tmp_path: Path, data: bytes | str, expected: tuple[str, str]
) -> None:
    found = read(tmp_path / "a.csv", data)
    assert [(one.title, one.body) for one in found.articles] == [expected]
    assert not found.skipped


@pytest.mark.parametrize(
    ("tags", "source"),
    [
        ("['port', \"strike\"]", "{'id': None, 'name': 'Ledger'}"),
        ('["port", "strike"]', '{"id": null, "name": "Ledger"}'),
        ("[{'name': 'port'}, {'name': 'strike'}]", "{'name': 'Ledger', 'url': ''}"),
        ("port; strike", "Ledger"),
    ],
)
def test_lists_and_objects_in_cells_are_read(tmp_path: Path, tags: str, source: str) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["title", "tags", "source"], ["T", tags, source]])
    (article,) = read(path, path.read_bytes()).articles
    assert article.topics == ("port", "strike")
    assert article.provider == Provider("Ledger")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param("Port shuts,At six.\nFerry back,At ten.\n",
                     "no title and no text; its fields are Port shuts, At six.", id="no header"),
        pytest.param("title,text\nT\n", "1 values, but the first line names 2", id="short"),
        pytest.param("标题,正文\n港口,领航员\n".encode("gb18030"),
                     "not valid UTF-8, and no other encoding is likely: name it with --encoding",
                     id="encoding"),
    ],
)  # fmt: skip
def test_what_a_table_lacks_is_said(tmp_path: Path, data: bytes | str, reason: str) -> None:
    found = read(tmp_path / "a.csv", data)
    assert not found.articles
    assert found.skipped == (reason,)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("title,text,date\nT,B,2024-03-05\n", "T"),
        ("Headline\tBody\tURL\nT\tB\thttps://ledger.example/1\n", "T"),
        ("Title, Text and Date\nA story of three columns.\n", "Title, Text and Date"),
        ("Body, source, text\n\nNo column follows.\n", "Body, source, text"),
    ],
)
def test_a_table_that_is_called_a_text_is_a_table(tmp_path: Path, text: str, title: str) -> None:
    assert [one.title for one in read(tmp_path / "a.txt", text).articles] == [title]


@pytest.mark.parametrize(
    ("text", "kind"), [("%PDF-1.4\n1 0 obj\n", "PDF"), ("{\\rtf1\\ansi T\\par B}", "RTF")]
)
def test_a_file_of_another_kind_that_is_called_a_text_is_said(
    tmp_path: Path, text: str, kind: str
) -> None:
    assert read(tmp_path / "a.txt", text).skipped == (f"its content is {kind}, not a text",)


DANISH = "Færgen sejlede igen, og både børn og ældre gik om bord på kajen.\n" * 3
CODES = [
    ("cp1250", "Opět pluje trajekt: přístavní úřady oznámily, že plavba byla v úterý obnovena."),
    ("cp1250", "Władze portu ogłosiły we wtorek, że żegluga została wznowiona, śledztwo trwa."),
    ("cp1250", "Příčina nehody se vyšetřuje, řekl včera starosta přístavu."),
    ("cp1254", "Liman yetkilileri salı günü seferlerin yeniden başladığını duyurdu."),
    ("mac_roman", "Die Behörde prüfte später, ob die Fähre über die größte Förde fährt."),
    ("cp1251", "Власти порта объявили во вторник, что паром снова ходит, причина неизвестна."),
    ("cp1252", DANISH),
    ("cp1252", "L’été dernier, les élèves ont dû quitter le port où ça brûlait : « trop tôt »."),
    ("cp1252", "Stýrimaðurinn þurfti að bíða við bryggjuna í óveðri, og ferðin tók fjóra tíma."),
    ("cp1252", "O navio não pôde sair; as operações são feitas à noite, disse o capitão João."),
    ("cp1252", "“Wait…what?” asked the café’s owner."),
    ("cp1252", "Le port où l’équipage a débarqué était fermé. " * 3 + "À midiÀ demain, dit Jøran."),
    ("cp1252", "As operações são feitas à noite, disse João. " * 4 + "Há vento, Jürgen."),
    ("cp1250", "Nešťastná příhoda se stala v úterý. Loď narazila na břeh; kapitán je zraněn. " * 9),
    ("iso2022_jp", "港の当局は火曜日、運航を再開したと発表した。"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), CODES)
def test_a_text_of_another_code_page_is_read_in_it_or_not_at_all(
    tmp_path: Path, code: str, text: str
) -> None:
    found = read(tmp_path / "a.txt", f"T\n\n{text}\n".encode(code))
    assert [one.excerpt.strip() for one in found.articles] in ([text.strip()], [])
    assert len(found.notes) + len(found.skipped) == 1
    if code == "cp1252":
        assert found.articles


def test_lines_of_several_code_pages_are_read_each_in_its_own(tmp_path: Path) -> None:
    russian = next(one for one in CODES if one[0] == "cp1251")
    texts = [("cp1252", DANISH), russian, ("cp1252", DANISH)]
    lines = [json.dumps({"title": "T", "body": one}, ensure_ascii=False).encode(code)
             for code, one in texts]  # fmt: skip
    found = read(tmp_path / "a.jsonl", b"\n".join(lines))
    assert [one.body for one in found.articles] == [one for _, one in texts]
    (note,) = found.notes
    assert "read as cp1252 and cp1251" in note


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param("a.org", "#+title: T\n#+date: <2024-03-05 Tue 10:00>\n\nB.", TEN, id="org"),
        pytest.param("a.org",
                     ":PROPERTIES:\n:ID: x\n:END:\n#+title: T\n#+date: [2024-03-05 Tue]\nB.",
                     DAY, id="org-roam"),
        pytest.param("a.md", "% T\n% Ann\n% March 5, 2024\n\nB.", DAY, id="Pandoc"),
        pytest.param("a.md", "---\ncreated: 2024-03-05T10:00\n---\n# T\nB.", TEN, id="Obsidian"),
        pytest.param("2024-03-05 x.md", "---\n---\n# T\nB.", DAY, id="empty front matter"),
        pytest.param("a.md", "+++\ntitle = 'T'\ndate = 2024-03-05T11:00:00+01:00\n+++\nB.", TEN,
                     id="TOML"),
    ],
)  # fmt: skip
def test_texts_as_others_write_them(tmp_path: Path, name: str, text: str, expected: str) -> None:
    (article,) = read(tmp_path / name, text).articles
    assert told(article) == ("T", "B.", "", expected)


@pytest.mark.parametrize(
    "text",
    [
        "title: T\ndate: 2024-03-05\ntags:\n- port\n- strike\n---\nB.",
        "title: T\ndate: 2024-03-05\ntags: [port, strike]\n---\nB.",
        "<!--\n.. title: T\n.. date: 2024-03-05\n.. tags: port, strike\n-->\n\nB.",
        ".. title: T\n.. date: 2024-03-05\n.. tags: port, strike\n\nB.",
        "<!--\ntitle: T\ndate: 2024-03-05\ntags: port, strike\n-->\nB.",
        "title:: T\ndate:: 2024-03-05\ntags:: port, strike\n\nB.",
        "%YAML 1.2\n---\ntitle: T\ndate: 2024-03-05\ntags: [port, strike]\n---\nB.",
        "```yaml\n---\ntitle: T\ndate: 2024-03-05\ntags: [port, strike]\n---\nB.",
        "\u200b---\ntitle: T\ndate: '[[2024-03-05]]'\ntags: ['[[port]]', '#strike']\n---\nB.",
        "+++\ntitle = 'T'\ndate = 2024-03-05\n[taxonomies]\ntags = ['port', 'strike']\n+++\nB.",
    ],
)
def test_fields_between_other_signs_are_fields(tmp_path: Path, text: str) -> None:
    found = read(tmp_path / "a.md", text)
    assert [(told(article), article.topics) for article in found.articles] == [
        (("T", "B.", "", DAY), ("port", "strike"))
    ]
    assert not found.notes


@pytest.mark.parametrize(
    "text",
    [
        *("———\ntitle: T\n———\nB.", "–––\ntitle: T\n–––\nB.", "----\ntitle: T\n----\nB."),
        *(';;;\n"title": "T"\n;;;\nB.', "---js\n{title: 'T'}\n---\nB."),
    ],
)
def test_fields_that_are_not_read_are_no_prose(tmp_path: Path, text: str) -> None:
    found = read(tmp_path / "a.md", text)
    assert not found.articles
    assert found.skipped == ("looks like front matter, but its first line is not just ---",)


@pytest.mark.parametrize("first", ["title: T", "layout: post"])
def test_a_second_block_of_fields_is_said(tmp_path: Path, first: str) -> None:
    text = f"---\n{first}\n---\nB.\n---\ntitle: U\n---\nC."
    assert read(tmp_path / "a.md", text).notes == (
        "a second block of fields was read as text: a file holds one article",
    )
    ruled = f"---\n{first}\n---\nB.\n---\nNote: see below\n---\nC."
    assert not read(tmp_path / "a.md", ruled).notes


def test_topics_and_outlets_are_links_and_hash_tags_no_more(tmp_path: Path) -> None:
    text = '---\ntags: ["#port", "[[Strike|shown]]", news]\nsource: "[[Ledger]]"\n---\n# T\nB.'
    (article,) = read(tmp_path / "a.md", text).articles
    assert article.topics == ("port", "Strike", "news")
    assert article.provider.name == "Ledger"


def test_a_heading_is_not_followed_by_its_line(tmp_path: Path) -> None:
    (article,) = read(tmp_path / "a.md", "T\n=====\n\nOne.\n\nTwo.\n").articles
    assert (article.title, article.excerpt, article.body) == ("T", "One.", "Two.\n")


WXR = """<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Ledger</title>
<link>https://ledger.example</link>%s</channel></rss>"""


def post(number: int, kind: str, status: str) -> str:
    """An item of an export of WordPress."""
    return (
        f"<item><title>T{number}</title><link>https://ledger.example/{number}</link>"
        "<pubDate>Tue, 05 Mar 2024 10:00:00 +0000</pubDate>"
        "<content:encoded><![CDATA[<p>Text.</p>]]></content:encoded>"
        "<excerpt:encoded><![CDATA[E]]></excerpt:encoded>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type></item>"
    )


def test_of_an_export_of_wordpress_what_readers_saw_is_read(tmp_path: Path) -> None:
    kinds = [("post", "publish"), ("attachment", "inherit"), ("post", "draft"), ("page", "publish"),
             ("nav_menu_item", "publish"), ("post", "private")]  # fmt: skip
    items = "".join(post(number, *kind) for number, kind in enumerate(kinds))
    found = read(tmp_path / "a.xml", WXR % items)
    assert [one.title for one in found.articles] == ["T0", "T3"]
    assert {(one.excerpt, one.body) for one in found.articles} == {("E", "Text.")}
    assert found.notes == (
        "4 items were left out: drafts, attachments, comments and the like of an export of a blog",
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tue, 5 Mar 24 10:00 GMT", TEN), ("Tues, 05 Mar 2024 10:00:00 GMT", TEN),
        ("Tue, 05 Mar 2024 05:00:00 EST", TEN), ("Tue, 05 Mar 2024 12:00:00 CEST", TEN),
        ("Tue 5 March 2024 11:00:00 +0100", TEN), ("March 5th, 2024 at 10am", TEN),
        ("1709632800", TEN), ("2024-03-05T10:00:00", TEN), ("2024-03-05", DAY),
        ("05/03/2024 10:00", ""), ("Thu, 01 Jan 1970 00:00:00 GMT", ""), ("soon", ""),
    ],
)  # fmt: skip
def test_dates_of_feeds_are_read_or_kept(tmp_path: Path, written: str, expected: str) -> None:
    item = f"<item><title>T</title><link>{URL}</link><pubDate>{written}</pubDate></item>"
    feed = f'<rss version="2.0"><channel><title>Ledger</title>{item}</channel></rss>'
    (article,) = read(tmp_path / "a.rss", feed).articles
    assert told(article)[3] == expected
    assert article.extra.get("published_unread", "") == ("" if expected else written)


BLOGGER = "http://schemas.google.com/blogger/2008/kind#"


def test_of_an_export_of_blogger_posts_are_read(tmp_path: Path) -> None:
    entries = "".join(
        f'<entry><id>tag:blogger.com,1999:{kind}</id><category term="{BLOGGER}{kind}"/>'
        f'<category term="Port"/><title>{kind}</title><content>B.</content></entry>'
        for kind in ("settings", "post", "comment", "page")
    )
    found = read(tmp_path / "a.xml", f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>')
    assert [(one.title, one.topics, one.url) for one in found.articles] == [
        ("post", ("Port",), ""),
        ("page", ("Port",), ""),
    ]
    assert found.notes[0].startswith("2 items were left out")


def test_a_feed_that_breaks_off_is_said(tmp_path: Path) -> None:
    items = "".join(f"<item><title>T{n}</title><link>{URL}/{n}</link></item>" for n in range(3))
    feed = f'<rss version="2.0"><channel><title>Ledger</title>{items}</channel></rss>'
    assert not read(tmp_path / "a.rss", feed).notes
    found = read(tmp_path / "a.rss", feed[:-60])
    assert found.articles
    assert found.notes == (
        "its XML is broken (unclosed token): items or parts of them may be missing",
    )


def test_a_relative_link_of_a_feed_is_that_of_its_site(tmp_path: Path) -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Ledger</title>'
        '<link rel="self" href="https://ledger.example/feed"/><entry><title>T</title>'
        '<link href="/1"/><updated>2024-03-05T10:00:00Z</updated></entry></feed>'
    )
    (article,) = read(tmp_path / "a.atom", feed).articles
    assert (article.url, article.provider.domain) == (URL, "ledger.example")


@pytest.mark.parametrize(
    ("given", "code"),
    [("English", "en"), ("eng", "en"), ("german", "de"), ("fre", "fr"), ("en-GB", "en-gb"),
     ("klingon", "klingon")],
)  # fmt: skip
def test_a_language_is_named_by_its_code(tmp_path: Path, given: str, code: str) -> None:
    (article,) = read(tmp_path / "a.json", {"title": "T", "language": given}).articles
    assert article.language == code


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param("2024-03-05-a.md", "# T\nB.", DAY, id="name"),
        pytest.param("2024/03/05/a.md", "# T\nB.", DAY, id="folders"),
        pytest.param("a.md", "+++\npath = '2024/03/05/a'\ntitle = 'T'\n+++\nB.", DAY, id="Zola"),
        pytest.param("2023/01/01/a.md", f"---\ntitle: T\ndate: {DAY}\n---\nB.", DAY,
                     id="field first"),
        pytest.param("2024/31/12/a.md", "---\ntitle: T\n---\nB.", "", id="no day"),
        pytest.param("12024/03/05/a.md", "---\ntitle: T\n---\nB.", "", id="a longer number"),
        pytest.param("2024/03/a.md", "---\ntitle: T\n---\nB.", "", id="a month"),
    ],
)  # fmt: skip
def test_a_day_is_read_from_where_a_file_lies(
    tmp_path: Path, name: str, text: str, expected: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    (article,) = read(path, text).articles
    assert told(article)[3] == expected


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        pytest.param("Port shuts.md", "---\ntags: [a]\n---\nB.", "Port shuts", id="words"),
        pytest.param(
            "2024-03-05 Port shuts.md", "---\ntags: [a]\n---\nB.", "Port shuts", id="date"
        ),
        pytest.param("Port shuts.md", "---\ntags: [a]\n---\n# T\nB.", "T", id="heading first"),
        pytest.param("port-shuts.md", "---\ntags: [a]\n---\nB.", "", id="no words"),
    ],
)
def test_a_note_is_called_as_its_file_is(tmp_path: Path, name: str, text: str, title: str) -> None:
    found = read(tmp_path / name, text)
    assert [article.title for article in found.articles] == [title]
    said = ("the name of a file was taken for its title",) if title == "Port shuts" else ()
    assert found.notes == said

"""Answers in the form that a program or a person asks for."""

import csv
import io
import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import httpx
import pyarrow.parquet as pq
import pytest
import rispy
from bibtexparser.entrypoint import parse_string

from semsearch.api.app import create_app
from semsearch.export.forms import FILE_TYPES, Form
from semsearch.index import Index
from semsearch.model.search import Confidence
from semsearch.model.watch import WatchSpec
from semsearch.web import site
from tests.service.test_articles import problem
from tests.support.articles import make_article
from tests.support.coverage import report
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.markup import Markup
from tests.support.server import serving

SAID = "=1+1. “We have never seen a storm of this kind at the dam,” said Jon Vey."
TABLES = (Form.CSV, Form.CSV_BOM, Form.PARQUET)
TITLE = '=HYPERLINK("http://x")\nER  - }, <b>'


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    opened = open_index(tmp_path_factory.mktemp("forms") / "index", HashingEncoder(dimension=512))
    opened.add([report("a", "strike"), report("b/c", "strike"), report("d", "strike", "by d")])
    opened.add_watch(WatchSpec(name="ferry", similar="a", min_confidence=Confidence.LOW))
    opened.add_watch(WatchSpec(name="dam", question="storm dam", min_confidence=Confidence.LOW))
    opened.add(
        [make_article("evil", TITLE, body=f"The ferry sank in the storm at the dam. {SAID}")]
    )
    return opened


@pytest.fixture(scope="module")
def client(index: Index) -> Iterator[httpx.Client]:
    with serving(create_app(index, pages=[site.router])) as opened:
        yield opened


def cited(answer: httpx.Response, form: Form) -> int:
    """How many articles an answer cites, as the program that takes it reads it."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].split(";")[0] == FILE_TYPES[form].media_type
    match form:
        case Form.RIS:
            return len(rispy.loads(answer.text))
        case Form.BIBTEX:
            library = parse_string(answer.text)
            assert not library.failed_blocks
            return len(library.entries)
        case Form.CSL_JSON:
            return len(json.loads(answer.text))
        case Form.PARQUET:
            return int(pq.read_table(io.BytesIO(answer.content)).num_rows)
        case Form.CSV | Form.CSV_BOM:
            assert answer.content.startswith(b"\xef\xbb\xbf") == (form is Form.CSV_BOM)
            rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
            for row in rows:
                assert None not in row
                assert not any(value.startswith(("=", "+", "@")) for value in row.values())
            return len(rows)
        case Form.MD:
            _, _, sources = answer.text.partition("## Sources\n")
            return len(sources.strip().splitlines())


@pytest.mark.parametrize("form", list(Form))
def test_a_program_names_the_form_or_accepts_it(client: httpx.Client, form: Form) -> None:
    question: dict[str, str | int] = {"q": "strike ferry", "k": 10}
    number = len(client.get("/v1/search", params=question).json()["hits"])
    assert number == 4
    if form is Form.CSV_BOM:
        accept = {"Accept": "text/csv"}
        assert cited(client.get("/v1/search", params=question, headers=accept), Form.CSV) == number
        assert cited(client.get("/v1/search", params={**question, "format": form}), form) == number
        return
    accept = {"Accept": f"text/html;q=0.9, {FILE_TYPES[form].media_type}, */*;q=0.1"}
    for answer in (
        client.get("/v1/search", params={**question, "format": form}),
        client.get("/v1/search", params=question, headers=accept),
        client.post("/v1/search", json={**question, "format": form}),
        client.post("/v1/search", json=question, headers=accept),
    ):
        assert cited(answer, form) == number
    one = client.get("/v1/articles/b/c", params={"format": form})
    assert one.status_code == 422 if form in (Form.CSV, Form.PARQUET) else cited(one, form) == 1
    assert cited(client.get("/v1/articles/a/similar", params={"format": form}), form) == 3
    assert cited(client.get("/v1/articles/a/duplicates", params={"format": form}), form) == 1
    story = client.get("/v1/stories").json()["stories"][0]["id"]
    assert cited(client.get(f"/v1/stories/{story}", params={"format": form}), form) == 3


@pytest.mark.parametrize("form", ["csv", "ris"])
def test_a_file_says_where_the_next_page_is(client: httpx.Client, form: str) -> None:
    question = {"q": "strike ferry & more", "k": "1", "format": form}
    every = [
        hit["article"]["id"]
        for hit in client.get("/v1/search?q=strike+ferry+%26+more").json()["hits"]
    ]
    answer = client.get("/v1/search", params=question)
    pages = [answer.text]
    while "next" in answer.links:
        answer = client.get(str(answer.url.join(answer.links["next"]["url"])))
        assert answer.status_code == 200
        pages.append(answer.text)
    assert len(pages) == len(every) == len(set(pages))
    assert all(one in page for one, page in zip(every, pages, strict=True))
    assert "Link" not in client.get("/v1/search", params=question | {"k": "10"}).headers


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/json", "text/html", "application/json, text/markdown;q=0.5"]
)
def test_json_is_what_everybody_else_gets(client: httpx.Client, accept: str) -> None:
    answer = client.get("/v1/search", params={"q": "strike"}, headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/json"


def test_json_may_be_named_as_the_other_forms_are(client: httpx.Client) -> None:
    story = client.get("/v1/stories").json()["stories"][0]["id"]
    for path in ("/v1/search?q=strike", "/v1/articles/a", f"/v1/stories/{story}", "/v1/topics"):
        asked = path + ("&" if "?" in path else "?") + "format=json"
        answer = client.get(asked, headers={"Accept": "text/csv, text/markdown"})
        assert answer.headers["content-type"] == "application/json"
        assert answer.json().keys() == client.get(path).json().keys()


@pytest.mark.parametrize("path", ["/v1/search?q=strike&", "/v1/articles/a?", "/v1/topics?"])
def test_a_form_that_there_is_not_is_refused_by_name(client: httpx.Client, path: str) -> None:
    answer = client.get(f"{path}format=xml")
    said = problem(answer, 422, "invalid-request")["detail"]
    assert "format: Input should be 'json', 'csv'" in said
    assert "'bibtex' or 'csl-json'" in said
    assert "literal" not in answer.text


@pytest.mark.parametrize("form", [Form.CSV, Form.CSV_BOM, Form.PARQUET])
def test_lists_and_pairs_leave_as_tables(client: httpx.Client, form: Form) -> None:
    wanted = {"format": form.value}
    assert cited(client.get("/v1/stories", params=wanted), form) == 1
    assert cited(client.get("/v1/duplicates", params=wanted), form) >= 1
    pairs = {"pairs": [["a", "b/c"], ["a", "evil"]]}
    assert cited(client.post("/v1/relations", params=wanted, json=pairs), form) == 2


DRAFT = (
    "“We have never seen a storm of that kind at the dam,” said Jon Vey. @The ferry sank.\n"
    "Nobody has said “what nobody in this archive has ever said” of it."
)


@pytest.mark.parametrize("form", list(Form))
def test_alerts_and_checks_leave_in_every_form(client: httpx.Client, form: Form) -> None:
    wanted = {"format": form.value}
    for watch in ("", "dam"):
        listed = client.get("/v1/alerts", params={"watch": watch}).json()["alerts"]
        assert listed
        assert cited(client.get("/v1/alerts", params={"watch": watch, **wanted}), form) == len(
            listed if form in TABLES else {one["article"] for one in listed}
        )
    found = client.post("/v1/check", json={"text": DRAFT}).json()
    kinds = ("quotations", "figures", "sentences", "copied")
    rows = sum(len(found[kind]) for kind in kinds)
    assert rows >= 3
    number = rows if form in TABLES else len(found["articles"])
    assert number
    body = {"text": DRAFT}
    assert cited(client.post("/v1/check", params=wanted, json=body), form) == number
    accept = {"Accept": FILE_TYPES[form].media_type}
    same = Form.CSV if form is Form.CSV_BOM else form
    assert cited(client.post("/v1/check", headers=accept, json=body), same) == number
    saved = client.post(f"/save/check/{form}", data={"draft": DRAFT})
    assert cited(saved, form) == number
    assert saved.headers["content-disposition"].endswith(f'check.{FILE_TYPES[form].ending}"')


def test_the_page_of_a_check_offers_every_form(client: httpx.Client) -> None:
    page = client.post("/check", data={"draft": DRAFT}).text
    assert re.findall(r'form="draft-form" formaction="/save/check/([\w-]+)"', page) == list(Form)
    assert "/save/check/" not in client.get("/check").text
    assert client.post("/save/check/csv", data={"draft": " "}).status_code == 422


def test_what_a_check_says_stands_in_its_table(client: httpx.Client) -> None:
    answer = client.post("/v1/check", params={"format": "parquet"}, json={"text": DRAFT})
    table = pq.read_table(io.BytesIO(answer.content)).to_pylist()
    for row in table:
        assert DRAFT[row["start"] : row["end"]] == row["text"]
    altered, missing = (row for row in table if row["kind"] == "quotation")
    assert (altered["status"], altered["article"]) == ("altered", "evil")
    assert altered["changes"] == ["word: this -> that"]
    assert altered["speaker_given"] == "Jon Vey"
    assert (missing["status"], missing["article"], missing["changes"]) == ("not_found", None, [])


def test_what_cannot_be_given_is_said(client: httpx.Client) -> None:
    story = client.get("/v1/stories").json()["stories"][0]["id"]
    path = f"/v1/stories/{story}/comparison"
    assert cited(client.get(path, params={"format": "ris"}), Form.RIS) == 3
    assert cited(client.get(path, params={"format": "md"}), Form.MD) == 3
    for form in (Form.CSV, Form.PARQUET):
        for place in ("providers", "topics"):
            assert cited(client.get(f"/v1/{place}", params={"format": form}), form) >= 0
        assert cited(client.get(f"/save/relation/{form}", params={"a": "a", "b": "b/c"}), form) == 1
    refused = client.get("/v1/topics", params={"format": "md"})
    assert "There are: json, csv" in problem(refused, 422, "invalid-request")["hint"]
    assert client.get("/v1/search", params={"q": "x", "format": "doc"}).status_code == 422
    accept = {"Accept": "text/markdown;q=much"}
    problem(client.get("/v1/search", params={"q": "x"}, headers=accept), 422, "invalid-request")


@pytest.mark.parametrize(
    "path",
    [
        "/?q=strike+ferry&topic=&skip=date",
        "/articles/b/c",
        "GROUP",
        "STORY",
        "/stories?size=2",
        "/duplicates",
        "/watches",
        "/difference?a=a&b=b/c",
        "WATCH",
    ],
)
def test_every_link_of_a_menu_saves_what_is_shown(client: httpx.Client, path: str) -> None:
    kind = {"GROUP": "duplicates", "STORY": "stories"}.get(path)
    if kind:
        listed = client.get(f"/v1/{kind}").json()[{"duplicates": "groups"}.get(kind, kind)]
        path = f"/{kind}/{listed[0]['id']}"
    if path == "WATCH":
        path = f"/watches/{client.get('/v1/watches/dam').json()['id']}"
    page = Markup(client.get(path).text)
    links = [
        link
        for link in page.links()
        if "/save/" in link or "/cited." in link or "report.parquet" in link
    ]
    assert len(links) >= 3
    for link in links:
        name = re.search(r"/save/\w+/([\w-]+)|(?:cited|report)\.(.+)", link)
        assert name is not None
        form = Form(name[1] or name[2])
        answer = client.get(link)
        assert cited(answer, form) >= 1
        disposition = answer.headers["content-disposition"]
        assert disposition.endswith(f'.{FILE_TYPES[form].ending}"')


def test_a_browser_finds_the_search(client: httpx.Client) -> None:
    assert '<link rel="search" href="/opensearch.xml"' in client.get("/").text
    answer = client.get("/opensearch.xml")
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    root = ET.fromstring(answer.text)  # noqa: S314 - our own
    template = root.find(f"{space}Url").get("template")  # type: ignore[union-attr]
    assert template is not None
    found = client.get(template.replace("{searchTerms}", "strike%20ferry"))
    assert "strike ferry" in found.text
    picture = root.find(f"{space}Image")
    assert picture is not None
    assert client.get(picture.text or "").status_code == 200
    assert len(root.find(f"{space}ShortName").text) <= 16  # type: ignore[union-attr, arg-type]

"""Answers in the form that a program or a person asks for."""

import json
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import httpx
import pytest
import rispy
from bibtexparser.entrypoint import parse_string

from semsearch.api.app import create_app
from semsearch.export.forms import FILE_TYPES, Form
from semsearch.index import Index
from semsearch.web import site
from tests.service.test_articles import problem
from tests.support.articles import make_article
from tests.support.coverage import report
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.markup import Markup
from tests.support.server import serving

TITLE = '=HYPERLINK("http://x")\nER  - }, <b>'


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    opened = open_index(tmp_path_factory.mktemp("forms") / "index", HashingEncoder(dimension=512))
    opened.add([report("a", "strike"), report("b/c", "strike"), report("d", "strike", "by d")])
    opened.add([make_article("evil", TITLE, body="The ferry sank in the storm at the dam.")])
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
        case Form.MD:
            _, _, sources = answer.text.partition("## Sources\n")
            return len(sources.strip().splitlines())


@pytest.mark.parametrize("form", list(Form))
def test_a_program_names_the_form_or_accepts_it(client: httpx.Client, form: Form) -> None:
    question: dict[str, str | int] = {"q": "strike ferry", "k": 10}
    number = len(client.get("/v1/search", params=question).json()["hits"])
    assert number == 4
    accept = {"Accept": f"text/html;q=0.9, {FILE_TYPES[form].media_type}, */*;q=0.1"}
    for answer in (
        client.get("/v1/search", params={**question, "format": form}),
        client.get("/v1/search", params=question, headers=accept),
        client.post("/v1/search", json={**question, "format": form}),
        client.post("/v1/search", json=question, headers=accept),
    ):
        assert cited(answer, form) == number
    assert cited(client.get("/v1/articles/b/c", params={"format": form}), form) == 1
    assert cited(client.get("/v1/articles/a/similar", params={"format": form}), form) == 3
    assert cited(client.get("/v1/articles/a/duplicates", params={"format": form}), form) == 1
    story = client.get("/v1/stories").json()["stories"][0]["id"]
    assert cited(client.get(f"/v1/stories/{story}", params={"format": form}), form) == 3


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/json", "text/html", "application/json, text/markdown;q=0.5"]
)
def test_json_is_what_everybody_else_gets(client: httpx.Client, accept: str) -> None:
    answer = client.get("/v1/search", params={"q": "strike"}, headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/json"


def test_what_cannot_be_given_is_said(client: httpx.Client) -> None:
    story = client.get("/v1/stories").json()["stories"][0]["id"]
    path = f"/v1/stories/{story}/comparison"
    assert cited(client.get(path, params={"format": "ris"}), Form.RIS) == 3
    refused = client.get(path, params={"format": "md"})
    assert "There are: json, ris" in problem(refused, 422, "invalid-request")["hint"]
    assert client.get("/v1/search", params={"q": "x", "format": "doc"}).status_code == 422
    accept = {"Accept": "text/markdown;q=much"}
    problem(client.get("/v1/search", params={"q": "x"}, headers=accept), 422, "invalid-request")


@pytest.mark.parametrize(
    "path", ["/?q=strike+ferry&topic=&skip=date", "/articles/b/c", "GROUP", "STORY"]
)
def test_every_link_of_a_menu_saves_what_is_shown(client: httpx.Client, path: str) -> None:
    kind = {"GROUP": "duplicates", "STORY": "stories"}.get(path)
    if kind:
        listed = client.get(f"/v1/{kind}").json()[{"duplicates": "groups"}.get(kind, kind)]
        path = f"/{kind}/{listed[0]['id']}"
    page = Markup(client.get(path).text)
    links = [link for link in page.links() if "/save/" in link or "/cited." in link]
    assert len(links) >= 3
    for link in links:
        form = next(form for form in Form if f"/{form}" in link or link.endswith(f".{form}"))
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

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from semsearch.api.app import create_app
from semsearch.index import Index
from semsearch.model.article import Article, Provider, Related
from semsearch.web import site
from semsearch.web.problems import ProblemPages
from tests.service.conftest import empty_index
from tests.support.articles import HERALD, make_article, make_link
from tests.support.markup import Markup
from tests.support.server import serving

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'
REPORT = (
    "The ferry Maid of Esk ran aground in fog outside the harbour early on Thursday. "
    "All passengers were brought ashore by lifeboats, the coastguard said. "
    "The master had reported trouble with the engine an hour before the grounding. "
    "An inquiry into the storm warning will open at the town hall next week."
)


def held() -> list[Article]:
    """What the pages are looked at with: copies, a story, and texts that try to break out."""
    related = Related("a1", "Mentioned", "https://herald.example/a1")
    others = [
        make_article(
            f"n{number:02}",
            f"Harbour notice {number}",
            body=f"Budget line {number} for the dam is open. The mayor spoke.",
            provider=Provider(f"Outlet {number % 12}", f"outlet{number % 12}.example"),
            published=datetime(2024, 1 + number % 7, 3, tzinfo=UTC),
            topics=(f"Topic {number % 14}",),
        )
        for number in range(40)
    ]
    return [
        make_article("a1", "Ferry aground in fog", body=REPORT, topics=("Ports",)),
        make_article("a2", "Ferry runs aground", body=REPORT, provider=HERALD, related=(related,)),
        make_article("evil", EVIL, body=EVIL, url="javascript:alert(3)", topics=(EVIL,)),
        make_article("right", "غرق العبارة ferry", body="قال خفر السواحل ferry", url=""),
        make_article("long", "ferry" * 200, body="x" * 3_000),
        make_article("odd/id?#%", "Odd ferry", extra={"note": EVIL}, published=None),
        make_article("linking", "A list of links", related=(make_link("stub"),)),
        *others,
    ]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    opened = empty_index(tmp_path_factory.mktemp("pages") / "index")
    opened.add(held())
    return opened


@pytest.fixture(scope="module")
def reader(index: Index) -> Iterator[httpx.Client]:
    """What a browser sees of an index that no test changes."""
    app = create_app(index, pages=[site.router])
    app.add_middleware(site.ProblemPages)
    with serving(app) as client:
        client.headers.update(BROWSER)
        yield client


PAGES = [
    "/",
    "/?q=ferry",
    "/?q=ferry&topic=Ports&provider=gazette.example&from=2024-01-01&to=2024-12-31",
    "/?q=" + quote(EVIL) + "&topic=" + quote(EVIL) + "&skip=" + quote(EVIL),
    "/?q=%22ferry%22+in+march+2024&skip=date",
    "/articles/a1",
    "/articles/a2?marks=1",
    "/articles/evil?marks=1",
    "/articles/right",
    "/articles/long",
    "/articles/" + quote("odd/id?#%"),
    "/articles/stub",
    "/add",
    "/status",
]


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_sound(reader: httpx.Client, address: str) -> None:
    answer = reader.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Markup(answer.text)
    assert page.faults == []
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in page.elements}
    assert page.links()[0] == "#main"
    assert len(answer.content) < 150_000


@pytest.mark.parametrize("address", [*PAGES, "/articles/none", "/nowhere", "/?q=x&from=soon"])
def test_every_page_forbids_what_it_does_not_need(reader: httpx.Client, address: str) -> None:
    headers = reader.get(address).headers
    policy = dict(
        one.strip().split(" ", 1) for one in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/articles/evil", "/?q=" + quote(EVIL)])
def test_html_in_texts_stays_text(reader: httpx.Client, address: str) -> None:
    page = Markup(reader.get(address).text)
    assert EVIL in page.text
    assert page.all("script") == [given for given in page.all("script") if given.get("src")]
    assert not any("onerror" in given for _, given in page.elements)
    assert not any(link.lower().startswith("javascript") for link in page.links())


def test_originals_are_linked_where_they_are_on_the_web(reader: httpx.Client) -> None:
    assert "https://gazette.example/a1" in Markup(reader.get("/articles/a1").text).links()
    page = Markup(reader.get("/articles/evil").text)
    assert not [given for given in page.all("a") if "nofollow" in given.get("rel", "")]


def test_an_answer_shows_its_evidence(reader: httpx.Client) -> None:
    answer = reader.get("/", params={"q": "ferry aground"}).text
    page = Markup(answer)
    assert '<mark class="word">ferry</mark>' in answer
    assert "+1 with this text" in page.text
    assert "/articles/a2" in page.links() or "/articles/a1" in page.links()
    bars = [given for given in page.all("svg") if given.get("class") == "bar"]
    assert bars
    assert all(re.match(r"Score -?\d", given["aria-label"]) for given in bars)
    assert "words in the headline" in page.text
    assert "articles nearest to the question" in page.text


def test_hits_are_those_of_the_interface_for_programs(reader: httpx.Client) -> None:
    for question in ("ferry aground", "budget for the dam"):
        asked = {"q": question, "collapse": "duplicates"}
        hits = reader.get("/v1/search", params=asked, headers={"Accept": "*/*"}).json()["hits"]
        shown = re.findall(r'<h3><a href="/articles/([^"]+)"', reader.get("/", params=asked).text)
        assert shown == [quote(hit["article"]["id"]) for hit in hits]


def test_pages_of_an_answer_go_on_where_the_last_ended(reader: httpx.Client) -> None:
    address, seen = "/?q=harbour+notice", list[str]()
    for _ in range(3):
        text = reader.get(address).text
        seen += re.findall(r'<h3><a href="/articles/([^"]+)"', text)
        (address,) = [
            given["href"] for given in Markup(text).all("a") if given.get("rel") == "next"
        ]
    assert len(seen) == len(set(seen)) == 30


def test_filters_in_use_can_be_taken_out(reader: httpx.Client) -> None:
    asked = "/?q=ferry&provider=gazette.example&topic=Ports&from=2024-01-01"
    page = Markup(reader.get(asked).text)
    removals = [given["href"] for given in page.all("a") if given.get("class") == "remove"]
    assert removals == [
        "/?q=ferry&topic=Ports&from=2024-01-01",
        "/?q=ferry&provider=gazette.example&from=2024-01-01",
        "/?q=ferry&provider=gazette.example&topic=Ports",
    ]
    boxes = {
        given["value"]: "checked" in given
        for given in page.all("input")
        if given.get("type") == "checkbox" and given["form"] == "ask"
    }
    assert boxes == {"gazette.example": True, "Ports": True}


def test_what_was_read_from_the_question_can_be_left_out(reader: httpx.Client) -> None:
    asked = {"q": "ferry in March 2024"}
    page = Markup(reader.get("/", params=asked).text)
    (leave,) = [link for link in page.links() if "skip=date" in link]
    without = Markup(reader.get(leave).text)
    assert "Switched off: date." in without.text
    assert "/?q=ferry+in+March+2024" in without.links()


def test_what_answers_poorly_can_be_left_out(reader: httpx.Client) -> None:
    asked = {"q": "quantum zebra upholstery", "min_confidence": "high", "min_score": "0.1"}
    page = Markup(reader.get("/", params=asked).text)
    assert "No article is shown: it is not sure enough" in page.text
    assert "/?q=quantum+zebra+upholstery&min_score=0.1" in page.links()
    everything = Markup(reader.get("/", params={"q": asked["q"], "min_score": "-5"}).text)
    assert "No article is shown" not in everything.text
    (given,) = [one for one in everything.all("input") if one.get("name") == "min_score"]
    assert given["value"] == "-5"
    for wrong in ("much", "nan", "inf"):
        assert reader.get("/", params={"q": "ferry", "min_score": wrong}).status_code == 422


def test_it_is_said_where_nothing_answers(reader: httpx.Client) -> None:
    page = Markup(reader.get("/", params={"q": "ferry", "topic": "Nothing has it"}).text)
    assert "Nothing in this index answers this." in page.text
    low = reader.get("/v1/search?q=quantum+zebra+upholstery", headers={"Accept": "*/*"}).json()
    text = Markup(reader.get("/?q=quantum+zebra+upholstery").text).text
    expected = {
        "none": "Nothing in this index answers this. The nearest articles:",
        "low": "Perhaps not answered here. The nearest articles:",
    }
    assert expected[low["answer_confidence"]] in text


def test_an_article_shows_what_else_is_like_it(reader: httpx.Client) -> None:
    text = reader.get("/articles/a1").text
    page = Markup(text)
    assert "/difference?a=a1&b=a2" in page.links()
    assert "The same text with probability" in page.text
    assert "Similar articles" in page.text
    assert REPORT in page.text
    assert "/articles/a1" in Markup(reader.get("/articles/a2").text).links()


def test_an_id_of_any_form_leads_to_its_article(reader: httpx.Client) -> None:
    found = [link for link in Markup(reader.get("/?q=odd+ferry").text).links() if "odd" in link]
    assert "Odd ferry" in reader.get(found[0]).text


def test_errors_are_pages_for_browsers_and_documents_for_programs(reader: httpx.Client) -> None:
    for address, status in (
        ("/articles/none", 404),
        ("/nowhere", 404),
        ("/?q=x&from=soon", 422),
        ("/?q=" + "x" * 5_000, 422),
        ("/?q=x&start=broken", 422),
        ("/articles/a1?marks=perhaps", 422),
        ("/v1/articles/none", 404),
    ):
        page = reader.get(address)
        problem = reader.get(address, headers={"Accept": "application/json"})
        assert page.status_code == problem.status_code == status
        assert problem.headers["content-type"] == "application/problem+json"
        shown = Markup(page.text)
        assert shown.faults == []
        assert problem.json()["detail"] in shown.text
        assert "semsearch search" not in shown.text
        assert "/" in shown.links()
        assert "Accept" in page.headers["vary"]


def shown_problem(**problem: object) -> Markup:
    """A problem document as its page."""
    document = {"title": "Title", "status": 404, "detail": "It is gone.", **problem}
    app = ProblemPages(JSONResponse(document, 404, media_type="application/problem+json"))
    return Markup(TestClient(app).get("/x", headers=BROWSER).text)


@pytest.mark.parametrize(
    ("kind", "hint", "link", "said"),
    [
        ("no-such-story", "List them: semsearch stories.", "/stories", "All stories"),
        ("no-such-story", "It was merged into abc123.", "/stories/abc123", "merged into"),
        ("no-such-watch", "List them: semsearch watches list.", "/watches", "All watches"),
        ("invalid-filter", "Write dates as 2024-03-05.", "/", "Write dates as 2024-03-05."),
        ("model-changed", "Run: semsearch rebuild.", "/", "For whoever runs this service: Run"),
        ("not-found", "", "/", "Ask something"),
    ],
)
def test_pages_of_problems_name_pages(kind: str, hint: str, link: str, said: str) -> None:
    page = shown_problem(type=f"urn:semsearch:problem:{kind}", hint=hint)
    assert link in page.links()
    assert said in page.text
    assert "semsearch stories" not in page.text
    assert "semsearch watches" not in page.text


def test_what_nobody_expected_is_a_page_too(tmp_path: Path) -> None:
    opened = empty_index(tmp_path / "index")
    app = create_app(opened, pages=[site.router])

    @app.get("/breaks")
    def breaks() -> None:
        raise RuntimeError("no reader should see this")

    app.add_middleware(site.ProblemPages)
    with serving(app) as client:
        answer = client.get("/breaks", headers=BROWSER)
    assert answer.status_code == 500
    assert "Something went wrong inside semsearch." in answer.text
    assert "no reader should see this" not in answer.text


def test_files_of_the_pages_are_kept_for_long(reader: httpx.Client) -> None:
    page = Markup(reader.get("/").text)
    addresses = [given["href"] for given in page.all("link") if given["rel"] != "search"]
    addresses += [given["src"] for given in page.all("script")]
    for address in addresses:
        answer = reader.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert reader.get(re.sub("[0-9a-f]{12}", "0" * 12, address)).status_code == 404
    assert reader.get("/static/../page.py").status_code == 404


def test_lines_of_a_form_are_lines(reader: httpx.Client) -> None:
    answer = reader.post("/add", data={"text": "The ferry sat on a bank.\r\n\r\nIt came free."})
    assert "\ufffd" not in answer.text
    assert "bank.\n\nIt came free." in answer.text


def test_a_pasted_text_is_compared(reader: httpx.Client) -> None:
    found = reader.post("/add", data={"title": "", "text": REPORT})
    page = Markup(found.text)
    assert page.faults == []
    assert "2 articles have this text" in page.text
    assert "/articles/a1" in page.links()
    assert "In both (kept)" in page.text
    other = "The violin orchestra met in the glacier forest. Copper lanterns burned all night long."
    nothing = Markup(reader.post("/add", data={"text": other}).text)
    assert nothing.faults == []
    assert "No article here has this text" in nothing.text or "Nothing can be said" in nothing.text
    assert other in nothing.text


@pytest.mark.parametrize(
    "text", ["", "   ", EVIL, "\x00", "é" * 10, "\ud800".encode("utf-8", "surrogatepass")]
)
def test_any_text_may_be_pasted(reader: httpx.Client, text: str | bytes) -> None:
    body = b"text=" + quote(text).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = reader.post("/add", content=body, headers=kind)
    assert answer.status_code in (200, 422)
    assert Markup(answer.text).faults == []


def test_a_file_is_read_without_being_written(reader: httpx.Client, index: Index) -> None:
    before = index.library.catalog.sequence
    answer = reader.post("/add/read?name=a.jsonl", content=b'{"id": "new", "title": "T"}\nx\n')
    assert [record["id"] for record in answer.json()["records"]] == ["new"]
    assert len(answer.json()["skipped"]) == 1
    assert index.library.catalog.sequence == before
    refused = reader.post("/add/read?name=a.exe", content=b"x", headers={"Accept": "*/*"})
    assert refused.status_code == 422
    assert "unknown ending" in refused.json()["detail"]


def test_status_says_what_is_in_the_index_and_what_is_not(
    served_index: Index, tmp_path: Path
) -> None:
    (tmp_path / "bad.md").write_bytes(b"---\ntopics: [Ports]\n---\n")
    served_index.add_files(tmp_path / "bad.md")
    served_index.add([make_article("a", topics=("Ports",))])
    app = create_app(served_index, pages=[site.router])
    with serving(app) as client:
        page = Markup(client.get("/status", headers=BROWSER).text)
    assert page.faults == []
    assert "bad.md" in page.text
    assert "skipped 1 record" in page.text
    assert "all of them are searchable" in page.text
    assert "Lisk Gazette" in page.text
    assert "hashing" in page.text


def test_what_is_encrypted_is_never_shown(reader: httpx.Client) -> None:
    blob = "c2VjcmV0IGJsb2I"
    data = f'{{"id": "s", "title": "T", "secured": "{blob}", "x": {{"secured": "{blob}"}}}}'
    answer = reader.post("/add/read?name=a.jsonl", content=data.encode())
    assert blob not in answer.text


def test_an_empty_index_can_be_looked_at(served_index: Index) -> None:
    with serving(create_app(served_index, pages=[site.router])) as client:
        for address in ("/", "/?q=ferry", "/status", "/add"):
            answer = client.get(address, headers=BROWSER)
            assert answer.status_code == 200
            assert Markup(answer.text).faults == []


def test_the_front_page_says_how_far_the_archive_reaches_and_offers_questions_with_answers(
    reader: httpx.Client, index: Index
) -> None:
    page = reader.get("/").text
    span = index.span()
    assert span is not None
    assert f"{span[0].date()} to {span[1].date()}" in Markup(page).text
    questions = re.findall(r'<li><a href="(/\?q=[^"]+)">[^<]+</a></li>', page)
    assert questions
    for address in questions:
        assert '<li class="hit"' in reader.get(unescape(address)).text

"""What a request may cost: what is refused is refused early, in few words, and delays nobody."""

import lzma
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from semsearch.api.app import create_app
from semsearch.api.request_kinds import RequestKind, asks_for_many, request_kind
from semsearch.config import ServiceSettings
from semsearch.web import site
from tests.service.conftest import empty_index, notices
from tests.service.test_articles import problem
from tests.support.server import serving

NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}
MAX_TEXT = 300_000
DEEP = b"[" * 900 + b"]" * 900


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Sixty articles, with pages."""
    opened = empty_index(tmp_path_factory.mktemp("costs") / "index")
    settings = ServiceSettings(max_text_bytes=MAX_TEXT, max_body_bytes=2 * MAX_TEXT)
    with serving(create_app(opened, settings=settings, pages=[site.router])) as client:
        assert client.post("/v1/articles", json=list(notices())).status_code == 200
        yield client


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/relations", {"pairs": [[1, 2]] * 900}),
        ("/v1/relations", {"pairs": [[]] * 900}),
        ("/v1/relations", {"pairs": [["n00", 1]] * 900, "x": 1}),
        ("/v1/compare", {"articles": [1] * 200}),
        ("/v1/search", {"q": "a", "topic": [1] * 1_000, "provider": [[]] * 1_000}),
        ("/v1/search", {"q": "a"} | {f"x{number}": 1 for number in range(90)}),
        ("/v1/search", {"q": "a"} | {f"x{number}": 1 for number in range(20_000)}),
        ("/v1/similar", {"text": [1] * 50_000}),
    ],
)
def test_many_errors_are_told_in_few_words(
    served: httpx.Client, path: str, body: dict[str, Any]
) -> None:
    answer = served.post(path, json=body)
    document = problem(answer, 422, "invalid-request")
    assert len(document.get("errors", ())) <= 10
    assert len(answer.content) < 10_000


def test_how_many_errors_there_are_is_told(served: httpx.Client) -> None:
    body = {"q": "a"} | {f"x{number}": 1 for number in range(50)}
    document = problem(served.post("/v1/search", json=body), 422, "invalid-request")
    assert "the first of 50 errors" in document["detail"]


def test_more_pairs_than_any_service_takes_are_not_looked_at(served: httpx.Client) -> None:
    for pair in ([1, 2], ["n00", "n01"]):
        answer = served.post("/v1/relations", json={"pairs": [pair] * 1_001})
        assert "At most 1,000 pairs" in problem(answer, 413, "batch-too-large")["detail"]


@pytest.mark.parametrize("name", ["provider", "topic", "category", "type", "language", "read"])
def test_lists_are_bounded_in_number_and_length(served: httpx.Client, name: str) -> None:
    many = served.post("/v1/search", json={"q": "a", name: ["x"] * 1_001})
    document = problem(many, 422, "invalid-request")
    assert f"body.{name}: At most 1,000 values may be given, not 1,001" in document["detail"]
    long = served.post("/v1/search", json={"q": "a", name: ["x" * 1_001]})
    assert "at most 1000 characters" in problem(long, 422, "invalid-request")["detail"]
    if name != "read":
        right = served.post("/v1/search", json={"q": "a", name: ["x" * 200] * 1_000})
        assert right.status_code == 200


def test_a_comparison_takes_so_many_articles(served: httpx.Client) -> None:
    document = problem(
        served.post("/v1/compare", json={"articles": ["n00"] * 201}), 422, "invalid-request"
    )
    assert "At most 200" in document["detail"]


@pytest.mark.parametrize(
    "tree",
    [
        {"field": "topic", "operator": "in", "value": ["x"] * 1_001},
        {"field": "quality", "operator": "in", "value": [1] * 1_001},
        {"field": "topic", "operator": "==", "value": "x" * 1_001},
        {
            "operator": "OR",
            "conditions": [{"field": "topic", "operator": "in", "value": ["x"] * 200}] * 6,
        },
    ],
)
def test_a_filter_is_bounded(served: httpx.Client, tree: dict[str, Any]) -> None:
    problem(served.post("/v1/search", json={"q": "a", "filter": tree}), 422, "invalid-filter")


@pytest.mark.parametrize(
    "path", ["/add", "/add/read?name=a.jsonl", "/v1/search", "/v1/similar", "/v1/compare"]
)
def test_what_a_body_says_of_itself_makes_it_no_larger(served: httpx.Client, path: str) -> None:
    for kind in ("application/x-ndjson", "application/jsonl"):
        sent = served.post(path, content=b"x" * (MAX_TEXT + 1), headers={"Content-Type": kind})
        problem(sent, 413, "body-too-large")


def test_only_routes_that_take_articles_take_large_bodies(served: httpx.Client) -> None:
    for method, path in (("PATCH", "/v1/anything"), ("POST", "/v1/nowhere"), ("POST", "/add")):
        sent = served.request(method, path, content=b"x" * (MAX_TEXT + 1))
        problem(sent, 413, "body-too-large")
    lines = b"\n".join(b'{"title": "A notice", "body": "%s"}' % (b"a " * 9_000) for _ in range(20))
    assert served.post("/v1/duplicates", content=lines, headers=NDJSON).status_code == 200


def test_an_upload_expands_to_no_more_than_it_could_be(served: httpx.Client) -> None:
    packed = lzma.compress(b'{"title": "A", "x": "%s"}\n' % (b"a" * 1_000) * 50_000)
    assert len(packed) < MAX_TEXT
    answer = served.post("/add/read?name=a.jsonl.xz", content=packed)
    assert "expands to more than" in problem(answer, 422, "invalid-article")["detail"]
    little = lzma.compress(b'{"title": "A"}\n')
    read = served.post("/add/read?name=a.jsonl.xz", content=little)
    assert [each["title"] for each in read.json()["records"]] == ["A"]
    assert read.headers["content-type"] == "application/json"


def test_a_form_of_eleven_fields_is_no_error_of_ours(served: httpx.Client) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    problem(served.post("/add", content="a=b&" * 11, headers=form), 422, "invalid-request")
    assert served.post("/add", content="title=Harbour&text=a", headers=form).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/search", b'{"q": "a", "filter": %s}'),
        ("POST", "/v1/relations", b'{"pairs": [[{"title": "a", "x": %s}, "n00"]]}'),
        ("POST", "/v1/compare", b'{"articles": [{"title": "a", "x": %s}, "n00"]}'),
        ("POST", "/v1/duplicates", b'{"title": "a", "x": %s}'),
        ("POST", "/v1/similar", b'{"title": "a", "x": %s}'),
        ("POST", "/v1/articles", b'{"title": "a", "x": %s}'),
        ("PUT", "/v1/articles/deep", b'{"title": "a", "x": %s}'),
    ],
)
@pytest.mark.parametrize("depth", [60, 70, 300, 900, 5_000])
def test_deep_json_is_refused(
    served: httpx.Client, method: str, path: str, body: bytes, depth: int
) -> None:
    sent = body.replace(b"%s", b"[" * depth + b"]" * depth)
    assert served.request(method, path, content=sent, headers=JSON).status_code == 422


def test_deep_lines_are_skipped(served: httpx.Client) -> None:
    line = b'{"title": "a", "x": %s}\n' % DEEP
    written = served.post("/v1/articles", content=line, headers=NDJSON)
    assert "nested too deep" in written.json()["skipped"][0]["reason"]
    found = served.post("/v1/duplicates", content=line, headers=NDJSON)
    assert "nested too deep" in found.text
    read = served.post("/add/read?name=a.jsonl", content=line)
    assert "nested too deep" in read.json()["skipped"][0]["reason"]


def test_a_refusal_repeats_little_of_what_was_sent(served: httpx.Client) -> None:
    for method, path, body in (
        ("PUT", "/v1/articles/a", {"id": "b" * 200_000, "title": "x"}),
        ("POST", "/v1/search", {"q": "a", "from": "2" * 200_000}),
        ("POST", "/v1/search", {"q": "a", "filter": {"field": "x" * 200_000}}),
        ("POST", "/v1/compare", {"story": "s" * 200_000}),
        ("POST", "/v1/compare", {"articles": ["s" * 200_000, "n00"]}),
    ):
        answer = served.request(method, path, json=body)
        assert answer.status_code in (404, 422)
        assert len(answer.content) < 3_000


def test_texts_of_too_many_sentences_are_not_compared(served: httpx.Client) -> None:
    articles = [
        {"id": name, "title": name, "body": "The ferry sank on Monday. " * 5_700} for name in "ab"
    ]
    refused = served.post("/v1/compare", json={"articles": articles})
    assert "too long to be compared" in problem(refused, 422, "invalid-query")["detail"]


@pytest.mark.parametrize(
    ("query", "body", "many"),
    [
        (b"q=a", b"", False),
        (b"q=a&k=100", b"", False),
        (b"k=101", b"", True),
        (b"q=a&k=0001000", b"", True),
        (b"q=k=1000", b"", False),
        (b"", b'{"q": "a", "k": 50}', False),
        (b"", b'{"q": "a", "k" : 1000}', True),
        (b"", b'{"q": "a", "\\u006B": 1000}', True),
        (b"", b'{"q": "' + b"a" * 70_000 + b'"}', True),
        (b"k=" + b"9" * 5_000, b"", True),
    ],
)
def test_a_question_for_a_long_list_is_told_by_what_it_asks(
    query: bytes, body: bytes, *, many: bool
) -> None:
    assert asks_for_many({"query_string": query}, body) is many


def test_what_reads_whole_texts_waits_beside_questions() -> None:
    for method, path in (
        ("POST", "/v1/similar"),
        ("POST", "/v1/compare"),
        ("POST", "/add"),
        ("POST", "/add/read"),
        ("GET", "/difference"),
    ):
        assert request_kind({"method": method, "path": path}) is RequestKind.COMPARISON
    for path in ("/v1/search", "/", "/v1/articles/a/similar", "/address"):
        assert request_kind({"method": "GET", "path": path}) is RequestKind.QUESTION


@pytest.mark.parametrize(
    ("path", "headers", "body", "parser"),
    [
        ("/v1/similar", JSON, b'{"text": "%s"}', "semsearch.api.parsing.parse_json"),
        ("/v1/duplicates", JSON, b'{"text": "%s"}', "semsearch.api.parsing.parse_json"),
        ("/v1/articles", JSON, b'{"title": "%s"}', "semsearch.api.parsing.parse_json"),
        ("/add", {}, b"text=%s", "semsearch.web.add.read_form"),
    ],
)
def test_large_bodies_are_parsed_beside_the_event_loop(
    served: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    headers: dict[str, str],
    body: bytes,
    parser: str,
) -> None:
    """Others are answered while one is parsed, and one is parsed at a time."""
    parsing, goes_on = threading.Semaphore(0), threading.Event()

    def held_up(*_given: object, **_options: object) -> object:
        parsing.release()
        assert goes_on.wait(60)
        return {"title": "A notice", "text": "A notice"}

    monkeypatch.setattr(parser, held_up)
    content = body % (b"a" * 100_000)
    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(served.post, path, content=content, headers=headers) for _ in "ab"]
        try:
            assert parsing.acquire(timeout=60)
            with httpx.Client(base_url=served.base_url, timeout=60) as other:
                for _ in range(3):
                    assert other.get("/livez").status_code == 200
                    assert other.get("/v1/search?q=notice").status_code == 200
            assert not parsing.acquire(blocking=False)
        finally:
            goes_on.set()
        assert all(one.result().status_code in (200, 422) for one in sent)

"""Asking over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jsonschema
import pytest
from pydantic import TypeAdapter

from semsearch.model.search import SearchResults
from tests.service.conftest import OUTLETS, notices
from tests.service.test_articles import problem


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [hit["article"]["id"] for hit in answer.json()["hits"]]


def test_an_answer_follows_the_published_schema(archive: httpx.Client) -> None:
    answer = archive.get("/v1/search", params={"q": "storm harbour", "explain": True}).json()
    schema = TypeAdapter(SearchResults).json_schema(mode="serialization")
    jsonschema.validate(answer, schema)


def test_parts_sum_to_scores_and_offsets_slice_the_text(archive: httpx.Client) -> None:
    answer = archive.get("/v1/search", params={"q": "mayor dam budget 7", "k": 20}).json()
    assert len(answer["hits"]) == 20
    for rank, hit in enumerate(answer["hits"], start=1):
        assert hit["rank"] == rank
        assert hit["score"] == pytest.approx(sum(hit["score_parts"].values()), abs=1e-6)
        article = archive.get(f"/v1/articles/{hit['article']['id']}").json()
        passage = hit["passage"]
        assert article[passage["field"]][passage["start"] : passage["end"]] == passage["text"]
        for start, end in passage["highlights"]:
            assert passage["text"][start:end].lower() in {"mayor", "dam", "budget", "7"}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"provider": "herald.example"}, lambda n: n % 3 == 1),
        ({"provider": "HERALD"}, lambda n: n % 3 == 1),
        ({"provider": ["herald.example", "Courier"]}, lambda n: n % 3 != 0),
        ({"topic": "water"}, lambda n: n % 2 == 0),
        ({"category": "opinion"}, lambda n: n % 5 == 0),
        ({"min_quality": 57}, lambda n: n >= 57),
        ({"from": "2024-03-10", "to": "2024-03-12"}, lambda n: n % 28 in (9, 10, 11)),
        ({"type": "video"}, lambda _: False),
        ({"stub": "true"}, lambda _: False),
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_filters_hold_in_every_mode(
    archive: httpx.Client, parameters: dict[str, Any], expected: Any, mode: str
) -> None:
    answer = archive.get(
        "/v1/search", params={"q": "harbour", "k": 100, "mode": mode, **parameters}
    )
    assert sorted(ids(answer)) == [f"n{n:02}" for n in range(60) if expected(n)]


def test_a_filter_tree_holds(archive: httpx.Client) -> None:
    tree = {
        "operator": "AND",
        "conditions": [
            {"field": "quality", "operator": "in", "value": [3, 4, 5, 6]},
            {
                "operator": "NOT",
                "conditions": [{"field": "provider", "operator": "==", "value": "gazette"}],
            },
        ],
    }
    answer = archive.post("/v1/search", json={"q": "ferry", "filter": tree})
    assert sorted(ids(answer)) == ["n04", "n05"]


def test_pages_join_to_the_whole_answer_whatever_is_written_between(client: httpx.Client) -> None:
    assert client.post("/v1/articles", json=list(notices())).status_code == 200
    whole = ids(client.get("/v1/search", params={"q": "harbour storm", "k": 60}))
    token, pages = None, []
    for number in range(12):
        parameters: dict[str, Any] = {"q": "harbour storm", "k": 5}
        if token:
            parameters["page_token"] = token
        answer = client.get("/v1/search", params=parameters)
        pages += ids(answer)
        token = answer.json()["next_page_token"]
        if number == 3:
            client.delete(f"/v1/articles/{whole[0]}")
    assert token is None
    assert pages == whole


def test_a_page_token_of_another_question_is_refused(archive: httpx.Client) -> None:
    token = archive.get("/v1/search", params={"q": "harbour", "k": 5}).json()["next_page_token"]
    for q, given in (
        ("ferry", token),
        ("harbour", token[:-2] + "AA"),
        ("harbour", "é"),
        ("a", "!"),
    ):
        answer = archive.get("/v1/search", params={"q": q, "k": 5, "page_token": given})
        problem(answer, 422, "invalid-page-token")


@pytest.mark.parametrize(
    "question",
    [
        'AND ( " *',
        "title:harbour^99 OR NOT (",
        "港のストライキ",
        "مرفأ",
        "🚢🚢🚢",
        "a",
        "the of and",
        "\u202egnirts\u202c",
        "' ; DROP TABLE articles --",
        "x " * 1500,
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_strange_questions_are_answered(archive: httpx.Client, question: str, mode: str) -> None:
    answer = archive.post("/v1/search", json={"q": question, "mode": mode})
    assert answer.status_code == 200, answer.text
    assert answer.json()["query"]["text"] == question


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"q": ""}, "invalid-query"),
        ({"q": " \n\t "}, "invalid-query"),
        ({"q": "x" * 100_000}, "question-too-long"),
        ({}, "invalid-request"),
        ({"q": "a", "k": 0}, "invalid-request"),
        ({"q": "a", "k": 1001}, "too-many-hits"),
        ({"q": "a", "mode": "psychic"}, "invalid-request"),
        ({"q": "a", "from": "yesterday"}, "invalid-filter"),
        (
            {"q": "a", "filter": {"field": "secured", "operator": "==", "value": "x"}},
            "invalid-filter",
        ),
        ({"q": "a", "filter": {"operator": "AND", "conditions": []}}, "invalid-filter"),
        ({"q": "a", "nonsense": 1}, "invalid-request"),
        ([1], "invalid-request"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(
    archive: httpx.Client, body: Any, kind: str
) -> None:
    document = problem(archive.post("/v1/search", json=body), 422, kind)
    assert "Traceback" not in json.dumps(document)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", None])
def test_json_that_is_not_called_json_is_told_so(archive: httpx.Client, kind: str | None) -> None:
    """As ``curl -d`` sends it."""
    headers = {} if kind is None else {"content-type": kind}
    for path, sent in (("/v1/search", b'{"q": "storm"}'), ("/v1/check", b'{"text": "A storm."}')):
        answer = archive.post(path, content=sent, headers=headers)
        detail = problem(answer, 415, "unsupported-media-type")["detail"]
        assert "Content-Type: application/json" in detail
        named = {"content-type": "Application/JSON; charset=utf-8"}
        assert archive.post(path, content=sent, headers=named).status_code == 200


def test_half_a_surrogate_pair_is_refused(archive: httpx.Client) -> None:
    answer = archive.post(
        "/v1/search", content=b'{"q": "\\ud800"}', headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_score_is_made_of_named_parts(archive: httpx.Client) -> None:
    dense = {"passage"}
    lexical = {"lexical_title", "lexical_lead", "lexical_body"}
    expected = {"hybrid": dense | lexical, "dense": dense, "lexical": lexical}
    for mode, parts in expected.items():
        answer = archive.get("/v1/search", params={"q": "harbour storm", "mode": mode}).json()
        assert all(set(hit["score_parts"]) == parts for hit in answer["hits"])
    asked = {"q": "harbour storms in the Herald's own words since 2024", "asked_at": "2024-03-20"}
    answer = archive.get("/v1/search", params=asked).json()
    assert set(answer["hits"][0]["score_parts"]) == dense | lexical | {"provider", "freshness"}
    assert answer["hits"][0]["article"]["provider"]["domain"] == "herald.example"
    assert answer["query"]["interpreted"]["filters"] == {
        "provider": ["herald.example"],
        "from": "2024-01-01",
    }


def test_equal_texts_are_folded_on_request(client: httpx.Client) -> None:
    same = [
        {"id": key, "title": f"Ferry {key}", "body": "The harbour froze over."} for key in "abc"
    ]
    other = {"id": "d", "title": "Ferry d", "body": "The harbour thawed."}
    assert client.post("/v1/articles", json=[*same, other]).status_code == 200
    plain = client.post("/v1/search", json={"q": "harbour"})
    assert sorted(ids(plain)) == ["a", "b", "c", "d"]
    assert all(hit["folded"] == [] for hit in plain.json()["hits"])
    folded = client.post("/v1/search", json={"q": "harbour", "collapse": "duplicates"})
    found = {hit["article"]["id"]: hit["folded"] for hit in folded.json()["hits"]}
    best = next(key for key in ids(plain) if key != "d")
    assert found == {best: [key for key in ids(plain) if key not in (best, "d")], "d": []}


def test_an_answer_says_how_sure_it_is_and_why(archive: httpx.Client) -> None:
    answer = archive.get("/v1/search", params={"q": "harbour storm"}).json()
    assert answer["answer_confidence"] in {"high", "low", "none"}
    assert "logit" in answer["confidence_evidence"]
    worded = archive.get("/v1/search", params={"q": "harbour storm", "mode": "lexical"}).json()
    assert (worded["answer_confidence"], worded["confidence_evidence"]) == ("low", {})


def test_the_answer_ends_with_a_row_per_provider(archive: httpx.Client) -> None:
    answer = archive.get("/v1/search", params={"q": "harbour", "k": 12}).json()
    rows = answer["providers"]
    assert sorted(rank for row in rows for rank in row["ranks"]) == list(range(1, 13))
    assert [row["ranks"][0] for row in rows] == sorted(row["ranks"][0] for row in rows)
    lags = [row["framing"]["lag_hours"] for row in rows]
    assert all(lag is None or lag >= 0 for lag in lags)
    for row in rows:
        best = answer["hits"][row["ranks"][0] - 1]
        assert row["hits"] == len(row["ranks"])
        assert row["domain"] == best["article"]["provider"]["domain"]
        assert row["framing"]["headline"] == best["article"]["title"]
        assert row["framing"]["passage"] == best["passage"]


def test_the_same_question_has_the_same_answer_alone_and_among_others(
    archive: httpx.Client,
) -> None:
    questions = [f"harbour budget {n}" for n in range(8)] * 3

    def answer(q: str) -> dict[str, Any]:
        found: dict[str, Any] = archive.get("/v1/search", params={"q": q}).json()
        found.pop("took_ms")
        return found

    alone = {q: answer(q) for q in questions[:8]}
    with ThreadPoolExecutor(8) as pool:
        for q, found in zip(questions, pool.map(answer, questions), strict=True):
            assert found == alone[q]


def test_providers_topics_and_status_count_the_articles(archive: httpx.Client) -> None:
    providers = archive.get("/v1/providers").json()["providers"]
    assert {row["provider"]["domain"]: row["articles"] for row in providers} == {
        f"{outlet}.example": 20 for outlet in OUTLETS
    }
    topics = archive.get("/v1/topics").json()["topics"]
    assert topics == [{"topic": "Ports", "articles": 60}, {"topic": "Water", "articles": 30}]
    status = archive.get("/v1/status").json()
    assert (status["articles"], status["stubs"], status["providers"]) == (60, 0, 3)
    assert status["sequence"] == status["catalog_sequence"]
    assert status["model"]["name"] == "hashing"


def test_health_is_answered(archive: httpx.Client) -> None:
    assert archive.get("/livez").json()["status"] == "ok"
    ready = archive.get("/readyz").json()
    assert ready["status"] == "ok"
    assert ready["generation"] == archive.get("/v1/status").json()["generation"]


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/v1/nothing", 404, "not-found"),
        ("DELETE", "/v1/search", 405, "method-not-allowed"),
        ("GET", "/v1/search", 422, "invalid-request"),
    ],
)
def test_other_errors_are_problems_too(
    client: httpx.Client, method: str, path: str, status: int, kind: str
) -> None:
    problem(client.request(method, path), status, kind)


@pytest.mark.parametrize(("name", "part"), [("prefer_quality", "quality"), ("diversity",) * 2])
def test_what_is_preferred_is_a_part_of_the_score(
    archive: httpx.Client, name: str, part: str
) -> None:
    plain = archive.get("/v1/search", params={"q": "harbour"}).json()
    assert all(part not in hit["score_parts"] for hit in plain["hits"])
    asked: dict[str, str | bool] = {"q": "harbour", name: True}
    found = archive.get("/v1/search", params=asked)
    assert any(hit["score_parts"][part] for hit in found.json()["hits"])
    assert ids(archive.post("/v1/search", json=asked)) == ids(found)


def test_a_question_is_not_read_on_request(archive: httpx.Client) -> None:
    question = "harbour storms in the Herald's own words since 2024"
    read = archive.get("/v1/search", params={"q": question}).json()["query"]["interpreted"]
    assert read["filters"]
    unread = archive.get("/v1/search", params={"q": question, "read": "none"}).json()
    assert unread["query"]["interpreted"]["filters"] == {}

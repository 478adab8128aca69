"""How providers tell one story, over HTTP."""

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
from pydantic import TypeAdapter

from semsearch.api.app import create_app
from semsearch.model.comparison import Comparison
from tests.service.test_articles import problem
from tests.service.test_coverage import COPIES, fields
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.server import serving
from tests.unit.compare.samples import MARKETS, STOPPAGE, STRIKE

SCHEMA = TypeAdapter(Comparison).json_schema(mode="serialization")
TEXTS = [{"text": text} for text in (STRIKE, STOPPAGE, MARKETS)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Three copies and another text on a strike, and a lone article."""
    folder = tmp_path_factory.mktemp("comparison") / "index"
    with serving(create_app(open_index(folder, HashingEncoder(dimension=512)))) as client:
        sent = [
            *(fields(identity, "strike") for identity in COPIES),
            fields("d", "strike", "told by d"),
            fields("h", "otter"),
        ]
        assert client.post("/v1/articles", json=sent).status_code == 200
        yield client


def compared(client: httpx.Client, **body: Any) -> Any:
    response = client.post("/v1/compare", json=body)
    assert response.status_code == 200, response.text
    document = response.json()
    jsonschema.validate(document, SCHEMA)
    return document


def test_a_story_is_compared(served: httpx.Client) -> None:
    (story,) = served.get("/v1/stories").json()["stories"]
    path = f"/v1/stories/{story['id']}/comparison"
    found = served.get(path).json()
    jsonschema.validate(found, SCHEMA)
    assert {one["id"] for one in found["articles"]} == {*COPIES, "d"}
    assert sorted(len(voice["carriers"]) for voice in found["voices"]) == [1, 3]
    assert found["sentences"] is None
    assert compared(served, story=story["id"]) == found
    detailed = served.get(path, params={"detail": "sentences"}).json()
    assert {**detailed, "sentences": None} == found
    assert detailed["sentences"]
    assert compared(served, story=story["id"], detail="sentences") == detailed


def test_texts_that_nobody_holds_are_compared(served: httpx.Client) -> None:
    found = compared(served, articles=TEXTS, detail="sentences")
    assert len(found["articles"]) == 3
    assert len(found["shared_facts"]) > 0
    assert compared(served, articles=TEXTS[::-1], detail="sentences") == found
    texts = {row["text"] for row in found["sentences"]}
    assert all(any(text in given["text"] for given in TEXTS) for text in texts)
    mixed = compared(served, articles=["a", "d", fields("x", "strike")])
    assert max(len(voice["carriers"]) for voice in mixed["voices"]) == 2


def test_an_answer_is_compared(served: httpx.Client) -> None:
    found = compared(served, question="seen by")
    assert {one["id"] for one in found["articles"]} >= {"d", "h"}
    assert len(found["articles"]) == 3


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"articles": ["a"]},
        {"articles": []},
        {"articles": ["a", "a"]},
        {"articles": ["a", "d"], "story": "x"},
        {"story": "x", "question": "y"},
        {"question": ""},
        {"articles": [{"text": STRIKE}, {"text": STRIKE}]},
        {"articles": ["a", {"id": "a", "text": STRIKE}]},
        {"articles": ["a", {}]},
        {"articles": ["a", {"removed": True, "id": "z"}]},
        {"articles": ["a", {"body": {"x": 1}}]},
        {"articles": ["a", 7]},
        {"articles": ["a", ["b"]]},
        {"articles": "a"},
        {"articles": [str(number) for number in range(201)]},
        {"articles": ["a", "d"], "detail": "everything"},
        {"articles": ["a", "d"], "frames": "/etc/passwd"},
        {"story": 7},
        [],
        "a",
    ],
)
def test_what_cannot_be_compared_is_a_problem(served: httpx.Client, body: Any) -> None:
    response = served.post("/v1/compare", json=body)
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_what_is_not_there_is_not_found(served: httpx.Client) -> None:
    for body in ({"articles": ["a", "nowhere"]}, {"articles": ["a", "\x00"]}):
        problem(served.post("/v1/compare", json=body), 404, "no-such-article")
    problem(served.post("/v1/compare", json={"story": "nowhere"}), 404, "no-such-story")
    problem(served.get("/v1/stories/nowhere/comparison"), 404, "no-such-story")
    response = served.get("/v1/stories/nowhere/comparison", params={"form": "html"})
    problem(response, 422, "invalid-request")


def test_broken_unicode_is_a_problem(served: httpx.Client) -> None:
    for body in (
        b'{"articles": ["a", "\\ud800"]}',
        b'{"story": "\\ud800"}',
        b'{"question": "\\ud800 x"}',
    ):
        response = served.post(
            "/v1/compare", content=body, headers={"content-type": "application/json"}
        )
        assert response.status_code in (404, 422), response.text
        assert response.headers["content-type"] == "application/problem+json"

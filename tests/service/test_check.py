"""Drafts against the archive, over HTTP: the endpoint and the page."""

from collections.abc import Iterator

import httpx
import jsonschema
import pytest
from pydantic import TypeAdapter

from semsearch.api.app import create_app
from semsearch.model.check import DraftCheck
from semsearch.web import site
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.server import serving

SCHEMA = TypeAdapter(DraftCheck).json_schema(mode="serialization")
ARTICLE = {
    "id": "pier",
    "title": "Pier <b>stays</b> shut",
    "body": "It is shut. “We will not open it before the nine beams are new,” said Jon Vey.",
    "provider": {"name": "Quay Post", "domain": "quaypost.example"},
    "published": "2024-03-05T10:00:00Z",
}
DRAFT = "“We will now open it before the nine beams are new,” said Jon Vey on <i>Monday</i>."


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("check") / "index"
    with serving(create_app(open_index(folder, HashingEncoder()), pages=[site.router])) as client:
        assert client.post("/v1/articles", json=[ARTICLE]).status_code == 200
        yield client


def test_a_draft_is_checked(served: httpx.Client) -> None:
    response = served.post("/v1/check", json={"text": DRAFT})
    assert response.status_code == 200, response.text
    found = response.json()
    jsonschema.validate(found, SCHEMA)
    (quotation,) = found["quotations"]
    assert quotation["status"] == "altered"
    (change,) = quotation["changes"]
    assert (change["kind"], change["was"], change["is"]) == ("negation", "not", "now")
    assert quotation["source"]["article"] == "pier"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": ""}, 422),
        ({}, 422),
        ({"text": 5}, 422),
        ({"text": "a", "more": 1}, 422),
        ({"text": "word " * 50_000}, 413),
    ],
)
def test_what_cannot_be_checked_is_refused(
    served: httpx.Client, body: dict[str, object], status: int
) -> None:
    response = served.post("/v1/check", json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_the_page_shows_the_draft_marked_with_its_evidence(served: httpx.Client) -> None:
    assert 'name="draft"' in served.get("/check").text
    shown = served.post("/check", data={"draft": DRAFT}).text
    assert '<span class="is-altered of-quotation">' in shown
    assert 'href="/articles/pier"' in shown
    assert "not" in shown.partition("<del>")[2].partition("</del>")[0]
    assert "now" in shown.partition("<ins>")[2].partition("</ins>")[0]
    assert "<i>Monday" not in shown
    assert "<b>stays" not in shown


def test_the_page_refuses_a_draft_that_is_too_long(served: httpx.Client) -> None:
    response = served.post("/check", data={"draft": "word " * 30_000})
    assert response.status_code == 413

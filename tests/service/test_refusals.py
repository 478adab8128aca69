"""What a stranger tried and should not have got away with."""

import json
import re
from typing import Any

import httpx
import pytest

from tests.service.test_articles import STRIKE, problem, put


@pytest.mark.parametrize("path", ["/v1/search?q=a&provder=x", "/v1/status?verbose=1"])
def test_a_misspelt_parameter_is_refused_rather_than_ignored(
    archive: httpx.Client, path: str
) -> None:
    assert "There is no parameter" in problem(archive.get(path), 422, "invalid-request")["detail"]


def test_a_single_value_given_twice_is_refused(archive: httpx.Client) -> None:
    problem(archive.get("/v1/search?q=a&q=b"), 422, "invalid-request")
    assert archive.get("/v1/search?q=a&provider=gazette&provider=herald").status_code == 200


@pytest.mark.parametrize("bounds", [{"to": "9999-12-31"}, {"from": "0001-01-01"}])
def test_the_ends_of_the_calendar_are_dates(archive: httpx.Client, bounds: dict[str, str]) -> None:
    answer = archive.get("/v1/search", params={"q": "harbour", "k": 100, **bounds})
    assert len(answer.json()["hits"]) == 60


def test_nothing_found_is_said_with_no_confidence(archive: httpx.Client) -> None:
    answer = archive.get("/v1/search", params={"q": "harbour", "provider": "nobody.example"}).json()
    assert (answer["hits"], answer["answer_confidence"]) == ([], "none")


@pytest.mark.parametrize("identity", ["a/similar", "a/duplicates", "a%0Ab"])
def test_ids_that_no_address_reaches_are_refused(client: httpx.Client, identity: str) -> None:
    answer = client.put(f"/v1/articles/{identity}", json=STRIKE)
    assert answer.status_code in (404, 405, 422)


def test_an_address_without_an_id_holds_no_article(client: httpx.Client) -> None:
    assert client.put("/v1/articles/", json=STRIKE).status_code in (404, 405)


@pytest.mark.parametrize(
    "key",
    [
        *("secured ", " SECURED", "se\u00adcured", "ｓecured", "Secured:", "ѕесurеd"),
        "ｓｅｃｕｒｅｄ".encode().decode("latin-1"),
    ],
)
def test_a_secured_key_is_dropped_however_it_is_dressed(client: httpx.Client, key: str) -> None:
    put(client, "a", **{key: "TOPSECRETBLOB"})
    assert "TOPSECRETBLOB" not in client.get("/v1/articles/a").text


@pytest.mark.parametrize("path", ["articles/a", "articles", "duplicates", "articles as lines"])
def test_a_sealed_field_in_a_text_is_left_out_and_not_quoted(
    client: httpx.Client, path: str
) -> None:
    record = {"title": "T", "body": f"A line.\n\nsecured: {'TOPSECRETBLOB' * 3}\n"}
    if path == "articles as lines":
        headers = {"content-type": "application/x-ndjson"}
        lines = json.dumps(record) + '\n{"title": "T", "secured": 1, "secured": "TOPSECRETBLOB"}'
        answer = client.post("/v1/articles", content=lines, headers=headers)
        assert len(answer.json()["skipped"]) == 1
    else:
        method = "PUT" if path == "articles/a" else "POST"
        answer = client.request(method, f"/v1/{path}", json=record)
        assert answer.is_success
    assert "TOPSECRETBLOB" not in answer.text
    for identity in client.get("/v1/search", params={"q": "A line"}).json()["hits"]:
        shown = client.get(f"/v1/articles/{identity['article']['id']}")
        assert "TOPSECRETBLOB" not in shown.text


def test_the_id_in_a_body_is_not_quoted_where_it_is_no_text(client: httpx.Client) -> None:
    answer = client.put("/v1/articles/a", json={**STRIKE, "id": {"secured": "TOPSECRETBLOB"}})
    assert "TOPSECRETBLOB" not in problem(answer, 422, "invalid-article")["detail"]


def test_values_out_of_range_count_as_unknown(client: httpx.Client) -> None:
    put(client, "a", quality=-500, heat="high", published="someday")
    shown = client.get("/v1/articles/a").json()
    assert (shown["quality"], shown["heat"], shown["published"]) == (None, None, None)
    assert shown["extra"]["published_unread"] == "someday"


def test_a_broken_page_token_is_called_broken(archive: httpx.Client) -> None:
    answer = archive.get("/v1/search", params={"q": "a", "page_token": "foo"})
    assert "broken" in problem(answer, 422, "invalid-page-token")["detail"]


def test_the_documentation_fetches_nothing_from_elsewhere(archive: httpx.Client) -> None:
    page = archive.get("/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert not re.findall(r"(?:src|href)=\"(?![/#])", page.text)
    document: dict[str, Any] = archive.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        assert path in page.text
        for operation in methods.values():
            assert operation["summary"] in page.text
    assert "<td>csv, csv-bom, parquet, md, ris, bibtex, csl-json or json</td>" in page.text
    assert "<td>hybrid, dense or lexical</td>" in page.text
    assert not re.findall(r"<td>(?:[A-Z]\w+|)</td>", page.text)  # no name of ours, no empty type

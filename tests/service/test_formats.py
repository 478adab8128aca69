"""Articles that are sent in the formats that files have."""

import gzip
import json

import httpx
import pytest

from tests.docs.test_formats import EXAMPLES

TYPES = {
    "news.jsonl": "application/x-ndjson",
    "list.json": "application/json",
    "answer.json": "application/json; charset=utf-8",
    "feed.json": "application/feed+json",
    "page.jsonld": "application/ld+json",
    "news.csv": "text/csv",
    "news.rss": "application/rss+xml",
    "item.xml": "text/xml",
    "dockers.html": "text/html; charset=utf-8",
    "dockers.md": "text/markdown",
    "dockers-toml.md": "text/plain",
}


@pytest.mark.parametrize("name", TYPES)
def test_an_article_is_read_by_the_type_of_its_body(client: httpx.Client, name: str) -> None:
    headers = {"content-type": TYPES[name]}
    written = client.post("/v1/articles", content=EXAMPLES[name], headers=headers)
    assert written.status_code == 200, written.text
    answer = written.json()
    (identity,) = answer["added"] + answer["unchanged"] + answer["updated"]
    article = client.get(f"/v1/articles/{identity}").json()
    assert (article["title"], article["body"].strip()) == (
        "Dockers walk out",
        "Cranes stood still.",
    )
    assert article["provider"]["name"] == "Harbour Ledger"
    assert article["topics"] == ["Ports"]


@pytest.mark.parametrize("name", ["dockers.html", "dockers.md", "dockers-toml.md", "news.rss"])
def test_one_article_is_put_in_any_format(client: httpx.Client, name: str) -> None:
    headers = {"content-type": TYPES[name]}
    written = client.put("/v1/articles/sent", content=EXAMPLES[name], headers=headers)
    assert written.status_code in (200, 201), written.text
    assert client.get("/v1/articles/sent").json()["title"] == "Dockers walk out"


@pytest.mark.parametrize(
    ("kind", "body", "status", "detail"),
    [
        pytest.param("image/png", b"x", 415, "Send application/json or one of", id="type"),
        pytest.param("text/csv", b"title\nOne\nTwo\n", 422, "must hold one article", id="two"),
        pytest.param("text/html", b"<html></html>", 422, "without a title", id="no text"),
        pytest.param("application/rss+xml", b'<!DOCTYPE rss [<!ENTITY a SYSTEM "x">]><rss/>', 422,
                     "XML entities", id="entities"),
        pytest.param("application/vnd.apache.parquet", b"PAR1x", 422, "not a table", id="parquet"),
        pytest.param("text/plain", b"", 422, "empty file", id="empty"),
    ],
)  # fmt: skip
def test_what_is_not_one_article_is_refused(
    client: httpx.Client, kind: str, body: bytes, status: int, detail: str
) -> None:
    answer = client.put("/v1/articles/x", content=body, headers={"content-type": kind})
    assert answer.status_code == status, answer.text
    assert detail in answer.json()["detail"]


def test_rows_that_cannot_be_read_are_listed(client: httpx.Client) -> None:
    body = "title,text\nOne,a\nTwo\n"
    answer = client.post("/v1/articles", content=body, headers={"content-type": "text/csv"}).json()
    assert len(answer["added"]) == 1
    (skipped,) = answer["skipped"]
    assert (skipped["line"], skipped["reason"]) == (3, "1 values, but the first line names 2")


def test_the_charset_of_a_body_is_that_of_its_type(client: httpx.Client) -> None:
    page = "<html><head><title>Zürich reopens</title></head><body><p>Text.</p></body></html>"
    headers = {"content-type": "text/html; charset=iso-8859-1"}
    client.put("/v1/articles/z", content=page.encode("iso-8859-1"), headers=headers)
    assert client.get("/v1/articles/z").json()["title"] == "Zürich reopens"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/csv", "id,title,body\npl,Łódź wita,Żółty prom wrócił późno.\n"),
        ("application/x-ndjson", '{"id": "pl", "title": "Łódź wita", "body": "Żółty prom."}\n'),
    ],
)
def test_the_charset_of_lines_is_that_of_their_type(
    client: httpx.Client, kind: str, body: str
) -> None:
    for charset, declared in (("iso-8859-2", "iso-8859-2"), ("utf-8", "iso-8859-2")):
        headers = {"content-type": f"{kind}; charset={declared}"}
        answer = client.post("/v1/articles", content=body.encode(charset), headers=headers).json()
        assert not answer["notes"]
        assert client.get("/v1/articles/pl").json()["title"] == "Łódź wita"


def test_a_body_that_is_compressed_is_refused(client: httpx.Client) -> None:
    headers = {"content-type": "text/csv", "content-encoding": "gzip"}
    answer = client.post("/v1/articles", content=gzip.compress(b"title\nT\n"), headers=headers)
    assert answer.status_code == 415
    assert answer.json()["detail"] == (
        "Send the body as it is, not compressed (Content-Encoding: gzip)."
    )


def test_an_envelope_is_its_records(client: httpx.Client) -> None:
    body = {"articles": [{"headline": "One", "content": "a"}, {"headline": "Two", "content": "b"}]}
    answer = client.post("/v1/articles", content=json.dumps(body)).json()
    assert len(answer["added"]) == 2


@pytest.mark.parametrize("put", [True, False])
def test_what_was_read_otherwise_than_it_stands_is_said(client: httpx.Client, *, put: bool) -> None:
    page = b"---\ntitle: Strike: day two\ntopics: 7\n---\nThe port stood still.\n"
    headers = {"Content-Type": "text/markdown"}
    if put:
        written = client.put("/v1/articles/a", content=page, headers=headers).json()
    else:
        written = client.post("/v1/articles", content=page, headers=headers).json()
    assert len(written["added"] + written["updated"] + written["unchanged"]) == 1
    assert any("as they are written" in note["text"] for note in written["notes"])


def test_an_encoding_that_was_guessed_is_said(client: httpx.Client) -> None:
    rows = "title,body\nDöcker,Die Fähre kam spät zurück.\nFähre,Äpfel für Köln.\n"
    answer = client.post(
        "/v1/articles", content=rows.encode("cp1252"), headers={"Content-Type": "text/csv"}
    ).json()
    assert len(answer["added"]) == 2
    assert answer["notes"]

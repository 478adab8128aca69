"""Writing, reading and removing articles over HTTP."""

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from semsearch.index import Index
from tests.service.conftest import MAX_BODY

STRIKE: dict[str, Any] = {
    "title": "Harbour crews down tools",
    "excerpt": "Cranes stand still at the copper dock.",
    "body": "The crews left at dawn.\n\nNobody was hurt. (MNA)",
    "provider": "Lisk Gazette",
    "provider_domain": "www.gazette.example",
    "url": "https://gazette.example/strike",
    "published": "2024-03-05T15:20:00Z",
    "topics": ["Ports", "Labour"],
    "quality": 40,
    "heat": -1,
    "colour": "blue",
}


def put(client: httpx.Client, identity: str, **fields: Any) -> httpx.Response:
    return client.put(f"/v1/articles/{identity}", json={**STRIKE, **fields})


def problem(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["type"] == f"urn:semsearch:problem:{kind}"
    assert document["status"] == status
    assert document["detail"]
    return document


def test_a_new_article_is_created_and_an_old_one_replaced(client: httpx.Client) -> None:
    first = put(client, "a")
    assert first.status_code == 201
    assert first.json()["added"] == ["a"]
    second = put(client, "a", title="Another headline")
    assert second.status_code == 200
    assert second.json()["updated"] == ["a"]
    assert second.json()["sequence"] > first.json()["sequence"]
    assert client.get("/v1/articles/a").json()["title"] == "Another headline"


def test_writing_the_same_again_changes_nothing(client: httpx.Client) -> None:
    first = put(client, "a").json()
    second = put(client, "a").json()
    assert second["unchanged"] == ["a"]
    assert second["generation"] == first["generation"]


def test_everything_that_was_sent_comes_back(client: httpx.Client) -> None:
    put(client, "a")
    shown = client.get("/v1/articles/a").json()
    assert shown["body"] == STRIKE["body"]
    assert shown["provider"] == {"name": "Lisk Gazette", "domain": "gazette.example"}
    assert shown["published"] == "2024-03-05T15:20:00Z"
    assert shown["topics"] == ["Ports", "Labour"]
    assert (shown["quality"], shown["heat"], shown["basis"]) == (40, None, "full")
    assert shown["extra"] == {"colour": "blue"}
    marked = [shown[m["field"]][m["start"] : m["end"]] for m in shown["boilerplate"]]
    assert marked == ["(MNA)"]


@pytest.mark.parametrize("identity", ["a/b/c", "über 東京", "q?x=1&y", "100%", "a.b~c"])
def test_ids_of_any_kind_can_be_written_and_read(client: httpx.Client, identity: str) -> None:
    path = "/v1/articles/" + quote(identity, safe="")
    assert client.put(path, json=STRIKE).status_code == 201
    assert client.get(path).json()["id"] == identity
    assert client.delete(path).status_code == 200
    problem(client.get(path), 404, "no-such-article")


def test_an_id_is_found_at_the_address_that_it_was_written_to(client: httpx.Client) -> None:
    for address in ("cafe%CC%81", "%20ab%20"):  # decomposed; with blanks around
        path = f"/v1/articles/{address}"
        assert client.put(path, json=STRIKE).status_code == 201
        assert client.get(path).json()["id"] in ("caf\u00e9", "ab")
        assert client.delete(path).json()["removed"]
        problem(client.get(path), 404, "no-such-article")


def test_a_write_is_visible_to_the_next_search(client: httpx.Client) -> None:
    for number in range(5):
        put(client, f"n{number}", title=f"Otter number {number}", url="")
        hits = client.get("/v1/search", params={"q": "otter", "mode": "lexical"}).json()["hits"]
        assert {hit["article"]["id"] for hit in hits} == {f"n{i}" for i in range(number + 1)}


def test_a_removed_article_is_gone_from_search_and_reading(client: httpx.Client) -> None:
    put(client, "a")
    assert client.delete("/v1/articles/a").json()["removed"] == ["a"]
    assert client.get("/v1/search", params={"q": "harbour"}).json()["hits"] == []
    problem(client.get("/v1/articles/a"), 404, "no-such-article")
    problem(client.delete("/v1/articles/a"), 404, "no-such-article")


def test_removed_true_removes(client: httpx.Client) -> None:
    put(client, "a")
    assert put(client, "a", removed=True).json()["removed"] == ["a"]
    problem(client.get("/v1/articles/a"), 404, "no-such-article")


def test_many_articles_can_be_written_as_a_list(client: httpx.Client) -> None:
    items = [{**STRIKE, "id": f"m{i}", "title": f"Tram {i}"} for i in range(30)]
    written = client.post("/v1/articles", json=items)
    assert written.status_code == 200
    assert written.json()["added"] == [f"m{i}" for i in range(30)]


def test_of_a_list_with_a_broken_article_nothing_is_written(client: httpx.Client) -> None:
    problem(
        client.post("/v1/articles", json=[{**STRIKE, "id": "ok"}, {"nothing": 1}]),
        422,
        "invalid-article",
    )
    problem(client.get("/v1/articles/ok"), 404, "no-such-article")


def test_a_stream_is_written_and_its_broken_lines_are_listed(client: httpx.Client) -> None:
    lines = [
        json.dumps({**STRIKE, "id": "s1"}),
        "{broken",
        "",
        '{"id": "s2", "title": "\\ud800"}',
        json.dumps({**STRIKE, "id": "s3"}),
    ]
    written = client.post(
        "/v1/articles",
        content="\n".join(lines).encode(),
        headers={"content-type": "application/x-ndjson"},
    )
    assert written.status_code == 200
    assert written.json()["added"] == ["s1", "s3"]
    assert [(one["line"], bool(one["reason"])) for one in written.json()["skipped"]] == [
        (2, True),
        (4, True),
    ]


def test_the_secured_blob_is_dropped_at_the_door(client: httpx.Client, served_index: Index) -> None:
    marker = "TOPSECRETBLOB"
    put(client, "a", secured=marker, nested={"Secured": marker, "deep": [{"SECURED": marker}]})
    related = [{"title": "Mention", "webUrl": "https://herald.example/1", "secured": marker}]
    put(client, "b", related=related)
    for path in ("/v1/articles/a", "/v1/articles/b", f"/v1/search?q={marker}&explain=true"):
        answer = client.get(path).json()
        answer.pop("query", None)
        for hit in answer.get("hits", []):
            (hit["explanation"] or {}).pop("terms", None)
        assert marker not in json.dumps(answer)
    for file in served_index.library.folder.rglob("*"):
        if file.is_file():
            assert marker.encode() not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "invalid-article"),
        (b"[]", "invalid-article"),
        (b"null", "invalid-article"),
        (b'{"title": NaN}', "invalid-article"),
        (b'{"title": ""}', "invalid-article"),
        (b'{"title": {"a": 1}}', "invalid-article"),
        (b'{"title": "a\\u0000b"}', "invalid-article"),
        (b'{"title": "\\udfff"}', "invalid-article"),
        (b'{"id": "other", "title": "x"}', "invalid-article"),
        (b"\xff\xfe\xfa", "invalid-article"),
        (b"[" * 5000 + b"]" * 5000, "invalid-article"),
        (b'{"title": "x", "deep": ' + b"[" * 500 + b"]" * 500 + b"}", "invalid-article"),
    ],
)
def test_a_body_that_is_no_article_is_refused_in_a_sentence(
    client: httpx.Client, content: bytes, kind: str
) -> None:
    problem(client.put("/v1/articles/a", content=content), 422, kind)


def test_an_unknown_content_type_is_refused(client: httpx.Client) -> None:
    response = client.post("/v1/articles", content=b"x", headers={"content-type": "image/png"})
    problem(response, 415, "unsupported-media-type")


def test_a_body_over_the_limit_is_refused(client: httpx.Client) -> None:
    problem(put(client, "a", body="x" * (MAX_BODY + 1)), 413, "body-too-large")

    def chunks() -> Any:
        for _ in range(50):
            yield b" " * (MAX_BODY // 20)

    problem(client.put("/v1/articles/a", content=chunks()), 413, "body-too-large")
    assert client.get("/livez").status_code == 200


def test_similar_articles_leave_out_the_article_itself(client: httpx.Client) -> None:
    put(client, "a")
    put(client, "b", title="Harbour crews down tools again", url="")
    put(client, "c", title="Glacier orchid", excerpt="violin", body="engine forest", url="")
    found = client.get("/v1/articles/a/similar", params={"k": 2}).json()
    assert found["article"] == "a"
    assert [hit["article"]["id"] for hit in found["hits"]] == ["b", "c"]
    for hit in found["hits"]:
        assert hit["score"] == pytest.approx(sum(hit["score_parts"].values()), abs=1e-6)
    problem(client.get("/v1/articles/nope/similar"), 404, "no-such-article")


def test_a_pasted_text_finds_its_like_under_filters(client: httpx.Client) -> None:
    put(client, "a")
    put(client, "b", url="", provider="Senn Herald", provider_domain="herald.example")
    body = {"text": "Cranes stand still at the copper dock.", "k": 5}
    found = client.post("/v1/similar", json=body).json()["hits"]
    assert {hit["article"]["id"] for hit in found} == {"a", "b"}
    body["provider"] = ["herald.example"]
    found = client.post("/v1/similar", json=body).json()["hits"]
    assert [hit["article"]["id"] for hit in found] == ["b"]
    problem(client.post("/v1/similar", json={"text": " "}), 422, "invalid-article")

"""Who reports the same, over HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from semsearch.api.app import create_app
from semsearch.api.parsing import articles_from
from semsearch.index import Index
from tests.service.conftest import empty_index
from tests.service.test_articles import problem
from tests.support.coverage import report, text_of
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.server import serving

NDJSON = {"content-type": "application/x-ndjson"}
COPIES = ("a", "b", "c/with/slashes")


def fields(identity: str, event: str, telling: str = "") -> dict[str, Any]:
    """A report as it is sent."""
    given = report(identity, event, telling)
    assert given.published is not None
    return {
        "id": identity,
        "title": given.title,
        "body": given.body,
        "provider": given.provider.name,
        "provider_domain": f"{identity[0]}.example",
        "published": given.published.isoformat(),
        "secured": "TOPSECRETBLOB",
    }


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Three copies and another text on a strike, two copies on a ferry, and a lone article."""
    return open_index(tmp_path_factory.mktemp("coverage") / "index", HashingEncoder(dimension=512))


@pytest.fixture(scope="module")
def covered(opened: Index) -> Iterator[httpx.Client]:
    with serving(create_app(opened)) as client:
        sent = [
            *(fields(identity, "strike") for identity in COPIES),
            fields("d", "strike", "told by d"),
            *(fields(identity, "ferry") for identity in "fg"),
            fields("h", "otter"),
        ]
        assert client.post("/v1/articles", json=sent).status_code == 200
        yield client


def lines(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


def ndjson(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


# --- groups and stories -------------------------------------------------------------------------


def test_groups_name_their_original_and_every_member(covered: httpx.Client) -> None:
    found = covered.get("/v1/duplicates").json()
    assert (found["total"], found["next_page_token"]) == (2, None)
    first = found["groups"][0]
    assert {member["article"]["id"] for member in first["members"]} == set(COPIES)
    assert (first["size"], first["providers"]) == (3, 3)
    original, *others = first["members"]
    assert original["article"]["id"] == first["original"]
    assert (original["relation"], original["p_duplicate"]) == (None, None)
    for member in others:
        assert member["relation"] in ("copy", "edited")
        assert member["p_duplicate"] >= 0.5
        assert member["lag_hours"] >= 0


def test_a_story_counts_copies_once(covered: httpx.Client) -> None:
    found = covered.get("/v1/stories", params={"sort": "origins"}).json()
    assert [(one["size"], one["origins"]) for one in found["stories"]] == [(4, 2), (2, 1)]
    head = found["stories"][0]
    whole = covered.get(f"/v1/stories/{head['id']}").json()
    assert whole["story"] == head
    assert {member["article"]["id"] for member in whole["members"]} == {*COPIES, "d"}
    groups = {member["article"]["id"]: member["group"] for member in whole["members"]}
    assert groups["d"] is None
    assert groups["a"] == groups["b"] is not None
    dates = [member["article"]["published"] for member in whole["members"]]
    assert dates == sorted(dates)
    assert (head["first_seen"], head["last_seen"]) == (dates[0], dates[-1])
    lags = [row["lag_hours"] for row in whole["providers"]]
    assert lags == sorted(lags)
    assert lags[0] == 0
    assert whole["events"] == []


@pytest.mark.parametrize(
    ("wanted", "sizes"),
    [
        ({}, [4, 2]),
        ({"k": 1}, [4]),
        ({"min_size": 3}, [4]),
        ({"min_size": 5}, []),
        ({"min_origins": 2}, [4]),
        ({"provider": "f.example"}, [2]),
        ({"provider": "www.F.Example"}, [2]),
        ({"provider": "THE F"}, [2]),
        ({"provider": "nobody.example"}, []),
        ({"from": "2024-03-05", "to": "2024-03-07"}, [4, 2]),
        ({"from": "2024-03-08"}, []),
        ({"to": "2024-03-04"}, []),
        ({"to": "9999-12-31"}, [4, 2]),
        ({"from": "0001-01-01"}, [4, 2]),
        ({"sort": "recent", "min_size": 3}, [4]),
    ],
)
def test_stories_are_filtered(
    covered: httpx.Client, wanted: dict[str, Any], sizes: list[int]
) -> None:
    found = covered.get("/v1/stories", params=wanted).json()
    assert [one["size"] for one in found["stories"]] == sizes


@pytest.mark.parametrize("path", ["/v1/stories", "/v1/duplicates"])
@pytest.mark.parametrize(
    "wanted",
    [
        {"k": 0},
        {"k": 1001},
        {"k": "many"},
        {"sort": "beauty"},
        {"min_size": 1},
        {"min_origins": 0},
        {"from": "soon"},
        {"to": "2024-13-01"},
        {"page_token": "zzz"},
        {"page_token": ""},
        {"minsize": 2},
    ],
)
def test_a_list_that_cannot_be_given_is_refused(
    covered: httpx.Client, path: str, wanted: dict[str, Any]
) -> None:
    response = covered.get(path, params=wanted)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_pages_are_pinned_to_a_generation_and_to_their_list(tmp_path: Path) -> None:
    opened = empty_index(tmp_path / "index")
    with serving(create_app(opened)) as client:
        for event in ("strike", "ferry", "otter"):
            sent = [fields(f"{event}{n}", event) for n in range(2)]
            assert client.post("/v1/articles", json=sent).status_code == 200
        for path, name in (("/v1/duplicates", "groups"), ("/v1/stories", "stories")):
            whole = client.get(path, params={"k": 3}).json()
            first = client.get(path, params={"k": 1}).json()
            token = first["next_page_token"]
            identity = first[name][0]["id"]
            gone = client.get("/v1/duplicates").json()["groups"][0]["members"][0]["article"]["id"]
            assert client.delete(f"/v1/articles/{gone}").status_code < 300
            rest = []
            while token is not None:
                page = client.get(path, params={"k": 1, "page_token": token}).json()
                assert (page["generation"], page["total"]) == (first["generation"], whole["total"])
                rest += [one["id"] for one in page[name]]
                last, token = token, page["next_page_token"]
            assert [identity, *rest] == [one["id"] for one in whole[name]]
            others = {"/v1/duplicates", "/v1/stories", "/v1/search?q=a"} - {path}
            for other in others:
                joined = f"{other}{'&' if '?' in other else '?'}k=1&page_token={last}"
                problem(client.get(joined), 422, "invalid-page-token")
            changed = {"k": 1, "page_token": last, "sort": "recent"}
            problem(client.get(path, params=changed), 422, "invalid-page-token")
            event = gone.rstrip("01")
            client.put(f"/v1/articles/{gone}", json=fields(gone, event))


@pytest.mark.parametrize("identity", ["nope", "%00", "🚋", "x" * 3000])
def test_a_story_that_is_not_there_is_not_found(covered: httpx.Client, identity: str) -> None:
    problem(covered.get(f"/v1/stories/{quote(identity, safe='%')}"), 404, "no-such-story")


# --- have we got this already? --------------------------------------------------------------------


@pytest.mark.parametrize("identity", COPIES)
def test_duplicates_of_an_article_leave_out_the_article(
    covered: httpx.Client, identity: str
) -> None:
    found = covered.get(f"/v1/articles/{quote(identity, safe='')}/duplicates").json()
    assert found["article"] == identity
    assert {one["article"]["id"] for one in found["duplicates"]} == set(COPIES) - {identity}
    assert found["group"] is not None
    for one in found["duplicates"]:
        assert one["lineage"]["kind"] in ("copy_of", "edited_from", "common_source", "unknown")
        assert sum(one["probabilities"].values()) == pytest.approx(1)
    likely = [one["p_duplicate"] for one in found["duplicates"]]
    assert likely == sorted(likely, reverse=True)


def test_an_article_without_duplicates_has_none(covered: httpx.Client) -> None:
    found = covered.get("/v1/articles/h/duplicates").json()
    assert (found["duplicates"], found["group"]) == ([], None)
    problem(covered.get("/v1/articles/nope/duplicates"), 404, "no-such-article")


@pytest.mark.parametrize("given", ["-0.1", "1.1", "nan", "inf", "much"])
def test_a_probability_out_of_range_is_refused(covered: httpx.Client, given: str) -> None:
    params = {"min_probability": given}
    problem(covered.get("/v1/articles/a/duplicates", params=params), 422, "invalid-request")
    for headers in ({}, NDJSON):
        sent = covered.post(
            "/v1/duplicates", params=params, content=ndjson({"text": "x"}), headers=headers
        )
        problem(sent, 422, "invalid-request")


def test_a_pasted_text_is_recognised(covered: httpx.Client) -> None:
    found = covered.post("/v1/duplicates", json={"text": text_of("strike")}).json()
    assert {one["article"]["id"] for one in found["duplicates"]} == set(COPIES)
    assert (found["article"], found["group"]) == (None, None)
    none = covered.post("/v1/duplicates", json={"text": text_of("glacier")}).json()
    assert none["duplicates"] == []
    every = covered.post(
        "/v1/duplicates", json={"text": text_of("strike")}, params={"min_probability": 0}
    ).json()
    assert len(every["duplicates"]) == every["compared"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b'"text"', b"{", b"{}", b'{"text": ""}', b'{"text": 3}', b"\xff\xfe"],
)
def test_what_is_no_text_is_refused(covered: httpx.Client, content: bytes) -> None:
    problem(covered.post("/v1/duplicates", content=content), 422, "invalid-article")


def test_a_removed_article_is_refused(covered: httpx.Client) -> None:
    sent = {"title": "x", "body": "y", "removed": True}
    problem(covered.post("/v1/duplicates", json=sent), 422, "invalid-article")


def test_an_unknown_content_type_is_refused(covered: httpx.Client) -> None:
    sent = covered.post("/v1/duplicates", content=b"x", headers={"content-type": "text/csv"})
    problem(sent, 415, "unsupported-media-type")


def test_lines_are_answered_line_by_line(covered: httpx.Client) -> None:
    content = (
        ndjson({"text": text_of("strike")})
        + b"{broken\n\n"
        + ndjson(fields("f", "ferry"), {"title": ""}, ["no"], {"title": "x", "removed": True})
        + b"\xff\n"
        + ndjson({"text": text_of("glacier")}).strip()
    )
    answers = lines(covered.post("/v1/duplicates", content=content, headers=NDJSON))
    found = [
        sorted(hit["article"]["id"] for hit in one["duplicates"]) if "duplicates" in one else None
        for one in answers
    ]
    assert found == [sorted(COPIES), None, ["f", "g"], None, None, None, None, []]
    unread = [one for one in answers if "duplicates" not in one]
    assert [one["line"] for one in unread] == [2, 5, 6, 7, 8]
    assert all(one["reason"] for one in unread)


def test_an_empty_stream_has_an_empty_answer(covered: httpx.Client) -> None:
    for content in (b"", b"\n\n", b" "):
        assert lines(covered.post("/v1/duplicates", content=content, headers=NDJSON)) == []


def test_a_stream_is_answered_before_it_is_read_to_its_end(
    covered: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many lines there are, no more than a batch of them is held."""
    held = most = 0

    def counting(stream: Any) -> Iterator[Any]:
        nonlocal held, most
        for record in articles_from(stream):
            held += 1
            most = max(most, held)
            yield record

    monkeypatch.setattr("semsearch.api.relations.articles_from", counting)
    content = ndjson({"text": text_of("strike")}, {"text": "A tram. " * 9}) * 150
    with covered.stream("POST", "/v1/duplicates", content=content, headers=NDJSON) as response:
        count = 0
        for _ in response.iter_lines():
            count += 1
            held -= 1
    assert count == 300
    assert most < 300


def test_a_stream_to_an_empty_index_is_a_problem(tmp_path: Path) -> None:
    opened = open_index(tmp_path / "index", HashingEncoder())
    with serving(create_app(opened)) as client:
        content = ndjson({"text": text_of("strike")})
        sent = client.post("/v1/duplicates", content=content, headers=NDJSON)
        problem(sent, 503, "no-such-index")
        for path in ("/v1/duplicates", "/v1/stories", "/v1/stories/x", "/v1/articles/a/duplicates"):
            problem(client.get(path), 503, "no-such-index")


def test_nothing_secured_is_ever_answered(covered: httpx.Client) -> None:
    blob = {"secured": "TOPSECRETBLOB", "nested": {"Secured": "TOPSECRETBLOB"}}
    sent = {**fields("x", "strike"), **blob}
    story = covered.get("/v1/stories").json()["stories"][0]["id"]
    answers = [
        covered.get("/v1/duplicates"),
        covered.get("/v1/stories"),
        covered.get(f"/v1/stories/{story}"),
        covered.get("/v1/articles/a/duplicates"),
        covered.post("/v1/duplicates", json=sent),
        covered.post("/v1/duplicates", content=ndjson(sent, blob), headers=NDJSON),
        covered.post("/v1/relations", json={"pairs": [["a", sent], [sent, sent]]}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert "TOPSECRETBLOB" not in answer.text


# --- relations ----------------------------------------------------------------------------------


def test_pairs_of_ids_and_articles_are_answered_in_their_order(covered: httpx.Client) -> None:
    pairs = [
        ["a", "b"],
        ["a", fields("x", "strike")],
        [{"text": text_of("strike", "told by y")}, "d"],
        [{"text": text_of("ferry")}, {"text": text_of("otter")}],
        ["c/with/slashes", "c/with/slashes"],
    ]
    found = covered.post("/v1/relations", json={"pairs": pairs}).json()["relations"]
    assert [one["relation"] for one in found[:2]] == ["copy", "copy"]
    assert found[3]["relation"] in ("related", "unrelated")
    assert found[4]["relation"] == "copy"
    for one in found:
        assert sum(one["probabilities"].values()) == pytest.approx(1)
        both = one["probabilities"]["copy"] + one["probabilities"]["edited"]
        assert one["p_duplicate"] == pytest.approx(both)
        assert one["calibration"]
    texts = [covered.get(f"/v1/articles/{identity}").json() for identity in "ab"]
    for span in found[0]["evidence"]["shared"]:
        one = texts[0][span["field_a"]][span["start_a"] : span["end_a"]]
        other = texts[1][span["field_b"]][span["start_b"] : span["end_b"]]
        assert one == span["text"]
        assert one.casefold().split() == other.casefold().split()


def test_the_sides_may_be_swapped(covered: httpx.Client) -> None:
    one, other = covered.post("/v1/relations", json={"pairs": [["a", "d"], ["d", "a"]]}).json()[
        "relations"
    ]
    assert one["probabilities"] == pytest.approx(other["probabilities"])
    assert one["evidence"]["containment_a"] == other["evidence"]["containment_b"]


def test_no_pairs_have_no_relations(covered: httpx.Client) -> None:
    assert covered.post("/v1/relations", json={"pairs": []}).json() == {"relations": []}


def test_an_unknown_id_is_not_found(covered: httpx.Client) -> None:
    sent = covered.post("/v1/relations", json={"pairs": [["a", "b"], ["a", "nope"]]})
    assert "nope" in problem(sent, 404, "no-such-article")["detail"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, "invalid-request"),
        ({"pairs": [["a"]]}, "invalid-request"),
        ({"pairs": [["a", "b", "c"]]}, "invalid-request"),
        ({"pairs": [["a", 3]]}, "invalid-request"),
        ({"pairs": [["a", "b"]], "k": 3}, "invalid-request"),
        ({"pairs": [["a", {"title": ""}]]}, "invalid-article"),
        ({"pairs": [["a", {}]]}, "invalid-article"),
        ({"pairs": [["a", {"title": "x", "removed": True}]]}, "invalid-article"),
        ({"pairs": [["a", {"title": {"deep": 1}}]]}, "invalid-article"),
    ],
)
def test_pairs_that_are_none_are_refused(covered: httpx.Client, body: Any, kind: str) -> None:
    problem(covered.post("/v1/relations", json=body), 422, kind)


def test_a_thousand_pairs_are_answered(covered: httpx.Client) -> None:
    found = covered.post("/v1/relations", json={"pairs": [["a", "h"]] * 1000})
    assert len(found.json()["relations"]) == 1000
    more = covered.post("/v1/relations", json={"pairs": [["a", "h"]] * 1001})
    problem(more, 413, "batch-too-large")


def test_articles_are_compared_without_an_index(tmp_path: Path) -> None:
    opened = open_index(tmp_path / "index", HashingEncoder(dimension=512))
    with serving(create_app(opened)) as client:
        pair = [fields("x", "strike"), fields("y", "strike")]
        (found,) = client.post("/v1/relations", json={"pairs": [pair]}).json()["relations"]
        assert found["relation"] == "copy"


@pytest.mark.parametrize("name", ["min_size", "min_origins", "k"])
@pytest.mark.parametrize("listing", ["stories", "duplicates"])
def test_numbers_beyond_any_archive_are_refused(
    covered: httpx.Client, listing: str, name: str
) -> None:
    answer = covered.get(f"/v1/{listing}", params={name: 10**23})
    assert answer.status_code == 422
    kind = "too-many-hits" if name == "k" else "invalid-request"
    assert answer.json()["type"].endswith(kind)


def test_half_a_character_is_no_id(covered: httpx.Client) -> None:
    answer = covered.post(
        "/v1/relations",
        content=b'{"pairs":[["\\ud800","x"]]}',
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 422
    assert "half a character" in answer.text


def test_an_answer_is_one_line_however_lines_are_split(covered: httpx.Client) -> None:
    """Some readers also end lines at separators that JSON does not have to escape."""
    title = "Half\u2028a\u2029head\u0085line"
    one = {"title": title, "body": text_of("separated"), "provider_domain": "split.example"}
    assert covered.put("/v1/articles/separated", json=one).is_success
    answer = covered.post(
        "/v1/duplicates", content=ndjson({"text": text_of("separated")}), headers=NDJSON
    )
    (line,) = answer.text.splitlines()
    (found,) = json.loads(line)["duplicates"]
    assert found["article"]["title"] == covered.get("/v1/articles/separated").json()["title"]

"""The quick route answers, and refuses, as the framework does where it takes its whole way."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from semsearch.api.app import create_app
from semsearch.api.quick import QuickRoute
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

QUESTIONS = [
    "",
    "q=",
    "q=%F0%9F%98%80&explain=1&facets=on",
    "q=%00",
    "q=harbour&q=ferry",
    "q=harbour&k=0",
    "q=harbour&k=",
    "q=harbour&k=%205",
    "q=harbour&provider=a.example&provider=b.example",
    "q=harbour&provider=",
    "q=harbour&from=2024-03-05&to=",
    "q=harbour&since=2024-03-05",
    "q=harbour&from=2024-03-05&from=2024-03-06",
    "q=harbour&read=date&read=provider",
    "q=harbour&read=bogus",
    "q=harbour&min_score=nan",
    "q=harbour&stub=2&bogus=1",
    "q=harbour&format=csv",
    "q=harbour&format=",
]


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> tuple[TestClient, TestClient]:
    """One of a service with the quick route, one without."""
    folder: Path = tmp_path_factory.mktemp("quick") / "index"
    index = open_index(folder, HashingEncoder())
    index.add([make_article("a", "The harbour is shut"), make_article("b", "A ferry sank")])
    quick = TestClient(create_app(index, insecure=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(QuickRoute, "get_route_handler")
        plain = TestClient(create_app(index, insecure=True))
        plain.get("/v1/search")  # its routes are made now
    return quick, plain


def answered(client: TestClient, question: str, accept: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, without what is another each time."""
    answer = client.get(f"/v1/search?{question}", headers={"Accept": accept})
    own = ("x-request-id", "content-length")
    headers = {name: value for name, value in answer.headers.items() if name not in own}
    text = re.sub(r'"(took_ms|request_id)":[^,}]+', "", answer.text)
    return answer.status_code, headers, text


@pytest.mark.parametrize(
    ("question", "accept"),
    [
        *((one, "*/*") for one in QUESTIONS),
        ("q=harbour", "text/csv"),
        ("q=harbour&format=md", "text/csv"),
        ("q=harbour", "text/csv;q=x"),
    ],
)
def test_an_answer_is_that_of_the_framework(
    clients: tuple[TestClient, TestClient], question: str, accept: str
) -> None:
    quick, plain = (answered(client, question, accept) for client in clients)
    assert quick == plain

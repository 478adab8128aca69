#!/usr/bin/env python
"""Write semsearch/api/examples.json: requests and answers of the sample corpus, shortened.

scripts/write_examples.py   indexes the sample, which takes half a minute, and asks it.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from starlette.testclient import TestClient

import semsearch
from semsearch import Index
from semsearch.api.app import create_app
from semsearch.assembly import open_index
from semsearch.config import ServiceSettings, Settings

FILE = Path(__file__).resolve().parent.parent / "semsearch" / "api" / "examples.json"
QUESTION = "Why did the dockers walk out at Brackwater?"
TEXT = "Dock workers at Brackwater have stopped work and all container berths are closed."
FEED = "https://harbourledger.example/rss"
MOMENT = datetime(2026, 3, 2, 8, tzinfo=UTC)
DRAFT = (
    "“We want to come home at night and we want to know there is a post in the morning,” said "
    "Bettina Rusk. The port director called the walkout “a wound the town inflicts on itself”."
)
FILTERED = {
    "q": "port strike",
    "from": "2024-03-01",
    "to": "2024-03-31",
    "filter": {
        "operator": "AND",
        "conditions": [
            {"field": "provider", "operator": "!=", "value": "dailyblare.example"},
            {"field": "quality", "operator": ">=", "value": 30},
        ],
    },
}
_LONGEST = 240
_ITEMS_BY_DEPTH = (1, 2, 1)  # of lists of objects


def examples(sample: Index, scratch: Index) -> dict[str, Any]:
    """The example of each operation by its method and path.

    Args:
        sample: An index of the sample corpus, which is only read.
        scratch: An empty index, which is written to.
    """
    best = sample.search(QUESTION, k=1).hits[0].article.id
    story = sample.story_of(best)
    if story is None:
        raise LookupError(f"{best} is in no story")
    record = next(each for each in sample.records() if each["id"] == best)
    del record["id"]
    record["body"] = str(record["body"]).partition("\n")[0]

    def article(path: str = "") -> str:
        return f"/v1/articles/{quote(best, safe='')}{path}"

    patient = ServiceSettings(request_seconds=900)  # the machine may be busy
    reader, writer = (TestClient(create_app(one, settings=patient)) for one in (sample, scratch))
    found: dict[str, Any] = {}

    def ask(operation: str, path: str = "", client: TestClient = reader, **requests: Any) -> None:
        method, address = operation.split()
        body = next(iter(requests.values()), None)
        answer = client.request(method, path or address, json=body).raise_for_status()
        found[operation] = {"answer": shortened(answer.json())}
        if requests:
            found[operation] = {"requests": requests, **found[operation]}

    ask("GET /v1/search", f"/v1/search?k=5&q={quote(QUESTION)}")
    ask("POST /v1/search", question={"q": QUESTION, "k": 5}, filtered=FILTERED)
    ask("GET /v1/articles/{article_id}/similar", article("/similar?k=3"))
    ask("POST /v1/similar", text={"text": TEXT, "k": 3})
    ask("POST /v1/relations", pair={"pairs": [[best, {"text": TEXT}]]})
    ask("GET /v1/duplicates")
    ask("GET /v1/articles/{article_id}/duplicates", article("/duplicates"))
    ask("POST /v1/duplicates", text={"text": str(record["body"])})
    ask("POST /v1/check", draft={"text": DRAFT})
    ask("GET /v1/stories")
    ask("GET /v1/stories/{story_id}", f"/v1/stories/{story.id}")
    ask("GET /v1/stories/{story_id}/comparison", f"/v1/stories/{story.id}/comparison")
    ask(
        "POST /v1/compare",
        articles={"articles": [best, {"text": TEXT}], "detail": "sentences"},
        story={"story": story.id},
        question={"question": QUESTION},
    )
    ask("GET /v1/articles/{article_id}", article())
    for operation in ("providers", "topics", "status"):
        ask(f"GET /v1/{operation}")
    ask("GET /livez")
    ask("GET /readyz")
    watching = {"name": "dockers", "question": QUESTION, "min_confidence": "low"}
    ask("POST /v1/watches", "", writer, question=watching)
    ask("PUT /v1/articles/{article_id}", article(), writer, article=record)
    _of_a_watch(ask, found, writer, watching)
    ask("POST /v1/articles", "", writer, articles=[record])
    ask("DELETE /v1/articles/{article_id}", article(), writer)
    ask("POST /v1/feeds", "", writer, feed={"url": FEED, "every": "30m", "full_text": True})
    one = f"/v1/feeds/{found['POST /v1/feeds']['answer']['id']}"
    ask("GET /v1/feeds", "", writer)
    ask("GET /v1/feeds/{feed_id}", one, writer)
    ask("POST /v1/feeds/{feed_id}/poll", f"{one}/poll", writer)
    ask("PUT /v1/feeds/{feed_id}", one, writer, every={"every": "1h"})
    ask("DELETE /v1/feeds/{feed_id}", one, writer)
    return found


def _of_a_watch(
    ask: Callable[..., None], found: dict[str, Any], writer: TestClient, watching: dict[str, Any]
) -> None:
    """The examples of a watch that has an alert."""
    one = "/v1/watches/dockers"
    ask("GET /v1/watches", "", writer)
    ask("GET /v1/watches/{name}", one, writer)
    ask("GET /v1/alerts", "", writer)
    alert = found["GET /v1/alerts"]["answer"]["alerts"][0]["id"]
    ask("GET /v1/alerts/{alert_id}", f"/v1/alerts/{alert}", writer)
    ask("POST /v1/alerts/read", "", writer, alerts={"ids": [alert]})
    ask("POST /v1/watches/{name}/test", f"{one}/test", writer)
    ask("GET /v1/watches/{name}/deliveries", f"{one}/deliveries", writer)
    ask("PUT /v1/watches/{name}", one, writer, every={**watching, "new_only": False})
    ask("DELETE /v1/watches/{name}", one, writer)


def shortened(value: Any, depth: int = 0) -> Any:
    """JSON with long lists and texts cut short."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else value[:_LONGEST].rpartition(" ")[0] + " ..."
    if isinstance(value, dict):
        return {key: shortened(each, depth) for key, each in value.items()}
    if isinstance(value, list):
        objects = bool(value) and isinstance(value[0], dict)
        items = _ITEMS_BY_DEPTH[min(depth, len(_ITEMS_BY_DEPTH) - 1)] if objects else 2
        return [shortened(each, depth + 1) for each in value[:items]]
    return value


def main() -> int:
    with (
        TemporaryDirectory() as folder,
        semsearch.open(Path(folder) / "sample", create=True) as sample,
        open_index(
            Settings(index=Path(folder) / "scratch"), create=True, now=lambda: MOMENT
        ) as scratch,
    ):
        sample.add_files(str(files("semsearch.sample") / "articles"))
        found = examples(sample, scratch)
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

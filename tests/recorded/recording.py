"""What a running service answers, in a form that can be kept beside the tests.

Texts of archives that cannot be shipped are never kept: their questions are named by their ids.
"""

import hashlib
import json
import lzma
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import httpx
import yaml

from semsearch.api.app import create_app
from semsearch.assembly import build_encoder
from semsearch.config import ServiceSettings, load_settings
from tests.support.indexes import open_index
from tests.support.server import serving

HITS = 5
SAMPLE = Path(str(package_files("semsearch.sample")))
Line = dict[str, Any]
_MODEL = load_settings().model.model_copy(update={"precision": "f32"})


@contextmanager
def served(folder: Path, archive: Path | None = None) -> Iterator[httpx.Client]:
    """A client of a new index in a folder, of the sample or of an archive as a tar.

    It encodes in single precision, which every processor has: bfloat16 gives other scores.
    """
    articles = SAMPLE / "articles"
    if archive is not None:
        articles = folder / "articles"
        with tarfile.open(archive) as files:
            files.extractall(articles, filter="data")
    index = open_index(folder / "index", build_encoder(_MODEL))
    index.add_files(articles)
    # What is recorded does not depend on how busy the machine is.
    with serving(create_app(index, settings=ServiceSettings(request_seconds=900))) as client:
        client.timeout = httpx.Timeout(900)
        yield client


def recorded(path: Path) -> list[Line]:
    """The lines of a file that ``write`` made."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write(path: Path, lines: Iterable[Line]) -> None:
    """Keep lines in a file."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def sample_questions() -> dict[str, dict[str, Any]]:
    """Two hundred questions about the sample corpus, by name."""
    truth = yaml.safe_load((SAMPLE / "truth.yaml").read_text("utf-8"))
    asked = [{"q": one["text"]} for one in truth["questions"]]
    for number, path in enumerate(sorted((SAMPLE / "articles").glob("*.md"))):
        _, header, *_ = path.read_text("utf-8").split("---\n", 2)
        record = yaml.safe_load(header)
        filters: dict[str, Any] = (
            {},
            {"mode": "dense"},
            {"mode": "lexical"},
            {"from": "2024-01-01"},
            {"collapse": "story"},
            {"collapse": "duplicates", "prefer_quality": "true"},
        )[number % 6]
        asked.append({"q": record["title"]} | filters)
        if number % 3 == 0 and record["excerpt"]:
            asked.append({"q": record["excerpt"]} | filters)
    return {f"{number:03} {one['q']}": one for number, one in enumerate(asked[:200])}


def archive_questions(questions: Path, archive: Path) -> dict[str, dict[str, Any]]:
    """Two hundred questions over an archive: read ones, and titles of its articles, by stem."""
    asked: dict[str, dict[str, Any]] = {}
    for name in ("queries.jsonl", "none_extra.jsonl"):
        for line in (questions / name).read_text("utf-8").splitlines():
            one = json.loads(line)
            asked[one["id"]] = {"q": one["text"]}
    modes = ("hybrid", "dense", "lexical")
    paths = sorted(archive.rglob("*.md"))
    for number, path in enumerate(paths[:: len(paths) // 142][: 200 - len(asked)]):
        title = yaml.safe_load(path.read_text("utf-8").split("---\n", 2)[1])["title"]
        asked[path.stem] = {"q": title, "mode": modes[number % 3]}
    return asked


def answers(client: httpx.Client, questions: dict[str, dict[str, Any]]) -> Iterator[Line]:
    """Hits with scores and parts, confidence and outlets of every question."""
    for name, parameters in questions.items():
        found = client.get("/v1/search", params={"k": HITS} | parameters).raise_for_status().json()
        yield {
            "question": name,
            "confidence": found["answer_confidence"],
            "hits": [_hit(hit) for hit in found["hits"]],
            "providers": [[one["domain"], one["ranks"]] for one in found["providers"]],
        }


def _hit(hit: dict[str, Any]) -> list[Any]:
    passage = hit["passage"]
    story = hit["story"]
    return [
        hit["article"]["id"],
        hit["score"],
        hit["score_parts"],
        None if passage is None else [passage["field"], passage["start"], passage["end"]],
        hit["duplicates"]["count"],
        None if story is None else story["id"],
    ]


def relations(client: httpx.Client, data: Path, every: int = 1) -> Iterator[Line]:
    """Class and probabilities of every so manieth read pair that is an article with a body."""
    rows = [
        line.split("\t") for line in (data / "pairs/dev.tsv").read_text("utf-8").splitlines()[1:]
    ]
    wanted: dict[tuple[str, str], Any] = {}
    for row in rows:
        wanted |= {(row[0], row[1]): None, (row[2], row[3]): None}
    for kind, name in {
        "abp": "abp",
        "reuters21578": "reuters21578",
        "realtimeqa": "realtimeqa",
        "ecbplus": "ecbplus_dev",
        "helsinki2018": "helsinki_dev",
    }.items():
        with lzma.open(data / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if (kind, record["id"]) in wanted:
                    wanted[kind, record["id"]] = {
                        key: record.get(key) or ""
                        for key in ("title", "excerpt", "body", "published", "provider")
                    }
    pairs = [
        (f"{row[1]} {row[3]}", [wanted[row[0], row[1]], wanted[row[2], row[3]]]) for row in rows
    ]
    usable = [(name, pair) for name, pair in pairs if None not in pair]
    chosen = usable[::every]
    for first in range(0, len(chosen), 20):
        some = chosen[first : first + 20]
        answer = client.post("/v1/relations", json={"pairs": [pair for _, pair in some]})
        for (name, _), one in zip(some, answer.raise_for_status().json()["relations"], strict=True):
            yield {
                "pair": name,
                "relation": one["relation"],
                "probabilities": one["probabilities"],
                "p_duplicate": one["p_duplicate"],
                "lineage": one["lineage"] and [one["lineage"]["kind"], one["lineage"]["first"]],
            }


def coverage(client: httpx.Client) -> Iterator[Line]:
    """Duplicate groups, stories and their comparisons."""
    for kind in ("duplicates", "stories"):
        page = client.get(f"/v1/{kind}", params={"k": 500}).raise_for_status().json()
        for one in page["groups" if kind == "duplicates" else "stories"]:
            yield {
                "kind": kind,
                "id": one["id"],
                "size": one["size"],
                "members": sorted(each["article"]["id"] for each in one.get("members", ())),
                "lead": one.get("original") or one.get("article"),
            }
            if kind == "stories":
                compared = client.get(f"/v1/stories/{one['id']}/comparison").raise_for_status()
                parts = compared.json()
                yield {
                    "kind": "comparison",
                    "id": one["id"],
                    **{name: _digest(part) for name, part in sorted(parts.items())},
                }


def _digest(value: Any) -> str:
    whole = json.dumps(_without_scores(value), sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def _without_scores(value: Any) -> Any:
    """Without numbers that are not whole, whose last digits differ by processor."""
    match value:
        case dict():
            return {name: _without_scores(each) for name, each in value.items()}
        case list():
            return [_without_scores(each) for each in value]
        case float():
            return None
        case _:
            return value

"""Articles and pairs that research/fit_relations.py learns from.

Read pairs are few, so causes are added that need no reader: edits made to real texts (one text,
whatever was done to it), different texts given the same caption or notice block (two texts,
however long the block), notices from one mould that are weeks apart (two texts), and the gold
stories of ecbplus.
"""

import csv
import hashlib
import json
import lzma
import random
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from semsearch.assembly import build_encoder
from semsearch.config import load_settings
from semsearch.errors import UnreadableError
from semsearch.ingest.reading import ReadOptions, read_document
from semsearch.ingest.records import NOBODY, article_from_fields
from semsearch.model.article import Article
from semsearch.relate.profile import Profile
from semsearch.text.passages import split_article

Key = tuple[str, str]

FILES = {
    "abp": "abp",
    "reuters21578": "reuters21578",
    "realtimeqa": "realtimeqa",
    "ecbplus": "ecbplus_dev",
    "helsinki2018": "helsinki_dev",
    "agnews_test": "agnews_test",
}
AZURE = "everyday_azure"
PAIRS = "pairs/dev.tsv"
OWN_PAIRS = sorted((Path(__file__).parent / "relations").glob("*.tsv"))
_WORD_LIMITS = 80, 900
_ENDING = 3
_FEWEST_PARAGRAPHS = 4


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles and what is known about them.

    Attributes:
        label: One of the five classes, or ``duplicate``, ``apart`` where only that is known.
        group: Pairs of one group are never in two folds.
        source: Where the label is from.
    """

    a: Key
    b: Key
    label: str
    group: str
    source: str


def digest(data: Path) -> str:
    """SHA-256 of the read pairs and of the archives that pairs are drawn from."""
    total = hashlib.sha256()
    names = [PAIRS, "everyday_azure_md.tar.xz", *(f"{name}.jsonl.xz" for name in FILES.values())]
    for path in (*(data / name for name in names), *OWN_PAIRS):
        total.update(path.read_bytes())
    return total.hexdigest()


class Archive:
    """All records of all sets; a record is made an article when it is asked for."""

    def __init__(self, data: Path, work: Path) -> None:
        self._articles = _azure(data, work)
        self.records: dict[Key, dict[str, object]] = {}
        for name, file in FILES.items():
            with lzma.open(data / f"{file}.jsonl.xz", "rt", encoding="utf-8") as stream:
                for line in stream:
                    fields = json.loads(line)
                    if any(str(fields[text]).strip() for text in ("title", "excerpt", "body")):
                        self.records[name, str(fields["id"])] = fields
        self.keys = sorted([*self._articles, *self.records])

    def __getitem__(self, key: Key) -> Article:
        if key not in self._articles:
            made = article_from_fields(self.records[key], fallback_id="", default_provider=NOBODY)
            assert isinstance(made, Article)  # noqa: S101
            self._articles[key] = made
        return self._articles[key]

    def of(self, name: str) -> list[Key]:
        """The articles of one set."""
        return [key for key in self.keys if key[0] == name]


def _azure(data: Path, work: Path) -> dict[Key, Article]:
    folder = work / "azure"
    if not folder.is_dir():
        with tarfile.open(data / "everyday_azure_md.tar.xz") as archive:
            archive.extractall(folder, filter="data")
    found = {}
    for path in sorted(folder.rglob("*.md")):
        try:
            article = read_document(path.read_text("utf-8"), path.stem, ReadOptions(stubs=False))
        except UnreadableError:
            continue
        if isinstance(article, Article):
            found[AZURE, path.stem] = article
    return found


def read_pairs(data: Path) -> list[Pair]:
    """The read pairs, grouped by connected documents; an ecbplus or helsinki event is one group.

    Those of DATA come first, whose source is "read"; then, as "read twice", those of
    research/relations on which both readers agree.
    """
    rows = _rows(data / PAIRS)
    count = len(rows)
    for path in OWN_PAIRS:
        for row in _rows(path):
            if row["reader_1"] == row["reader_2"]:
                rows.append({**row, "label": row["reader_1"]})
    ends = [((row["set_a"], row["id_a"]), (row["set_b"], row["id_b"])) for row in rows]
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for a, b in ends:
        parent[root(_unit(a))] = root(_unit(b))
    return [
        Pair(a, b, row["label"], root(_unit(a)), "read" if place < count else "read twice")
        for place, ((a, b), row) in enumerate(zip(ends, rows, strict=True))
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def _unit(key: Key) -> str:
    name, identity = key
    if name in ("ecbplus", "helsinki2018"):
        return f"{name}:{identity.split('_')[0]}"
    return f"{name}:{identity}"


def story_pairs(archive: Archive, per_kind: int, seed: int) -> list[Pair]:
    """Pairs of ecbplus: one story; two events of one kind; two kinds."""
    draw = random.Random(seed)
    by_topic: dict[str, list[Key]] = defaultdict(list)
    for key in archive.of("ecbplus"):
        by_topic[key[1].split("_")[0]].append(key)

    def one_story(pair: tuple[Key, Key]) -> bool:
        a, b = (archive.records[key]["story"] for key in pair)
        return a == b

    same, near = [], []
    for topic, keys in sorted(by_topic.items()):
        pairs = list(combinations(keys, 2))
        group = f"ecbplus:{topic}"
        one = [pair for pair in pairs if one_story(pair)]
        two = [pair for pair in pairs if not one_story(pair)]
        count = per_kind // len(by_topic)
        same += [Pair(*p, "same", group, "ecbplus") for p in draw.sample(one, min(count, len(one)))]
        near += [
            Pair(*p, "related", group, "ecbplus") for p in draw.sample(two, min(count, len(two)))
        ]
    topics = sorted(by_topic)
    far = []
    for _ in range(per_kind // 2):
        one_topic, other_topic = draw.sample(topics, 2)
        a, b = draw.choice(by_topic[one_topic]), draw.choice(by_topic[other_topic])
        far.append(Pair(a, b, "unrelated", f"ecbplus:{one_topic}", "ecbplus"))
    return same + near + far


def mould_pairs(archive: Archive, count: int, seed: int) -> list[Pair]:
    """Items of one outlet whose titles end alike, weeks apart: two texts from one mould."""
    draw = random.Random(seed)
    found: list[Pair] = []
    for name, weeks in (("reuters21578", 1), (AZURE, 4)):
        alike: dict[tuple[str, ...], list[Key]] = defaultdict(list)
        for key in archive.of(name):
            article = archive[key]
            ending = re.findall(r"[a-z]+", article.title.casefold())[-_ENDING:]
            if len(ending) == _ENDING and article.published is not None and _text(article):
                alike[*ending, article.provider.key].append(key)
        pairs = [
            Pair(a, b, "apart", f"{name}:{a[1]}", "mould")
            for keys in alike.values()
            for a, b in combinations(keys[:6], 2)
            if _days(archive[a], archive[b]) >= 7 * weeks and _text(archive[a]) != _text(archive[b])
        ]
        found += draw.sample(pairs, min(count, len(pairs)))
    return found


def _days(a: Article, b: Article) -> float:
    assert a.published is not None  # noqa: S101
    assert b.published is not None  # noqa: S101
    return abs((a.published - b.published).total_seconds()) / 86_400


def _text(article: Article) -> str:
    return article.body or article.excerpt


def edited_pairs(
    archive: Archive, taken: set[Key], count: int, seed: int
) -> tuple[dict[Key, Article], list[Pair]]:
    """Edits of real texts, and different texts with one block in common."""
    draw = random.Random(seed)
    made: dict[Key, Article] = {}
    pairs: list[Pair] = []
    for name in ("abp", "realtimeqa", "reuters21578"):
        pool = [
            key
            for key in archive.of(name)
            if key not in taken
            and _WORD_LIMITS[0] <= len(str(archive.records[key]["body"]).split()) <= _WORD_LIMITS[1]
        ]
        for key in draw.sample(pool, count):
            own = archive[key]
            other, third = (archive[each] for each in draw.sample(pool, 2))
            for kind, label, a, b in _edits(draw, own, other, third):
                keys = [(name, f"{key[1]}/{kind}/{side}") for side in "ab"]
                made[keys[0]], made[keys[1]] = a, b
                pairs.append(Pair(keys[0], keys[1], label, f"{name}:{key[1]}", f"made {kind}"))
    return made, pairs


def _edits(
    draw: random.Random, own: Article, other: Article, third: Article
) -> Iterator[tuple[str, str, Article, Article]]:
    """Kind of edit, class, and the two articles."""
    text, strange, block = (_paragraphs(each.body) for each in (own, other, third))
    title = other.title if draw.random() < 1 / 2 else own.title

    def made(paragraphs: list[str]) -> Article:
        return replace(own, title=title, body="\n\n".join(paragraphs))

    share = draw.uniform(0.25, 0.8)
    kept = text[: max(1, round(share * len(text)))]
    yield "cut", "edited", own, made(kept)
    shuffled = draw.sample(text, len(text))
    yield "moved", "edited", own, made(shuffled)
    extra = strange[: max(1, round(draw.uniform(0.2, 1.0) * len(strange)))]
    yield "extended", "edited", own, made(text + extra)
    yield (
        "new top",
        "edited",
        own,
        made(strange[: max(1, len(strange) // 4)] + text[len(text) // 4 :]),
    )
    yield "retouched", "copy", own, made([_retouched(draw, part, 0.02) for part in text])
    yield (
        "rewritten",
        "edited",
        own,
        made([_retouched(draw, part, draw.uniform(0.05, 0.12)) for part in text]),
    )
    teaser = " ".join(own.body.split()[: draw.randint(15, 45)])
    yield "teaser", "edited", own, replace(own, title=title, body="", excerpt=teaser)
    ends = " ".join(own.body.split()[: draw.randint(30, 60)])
    yield (
        "teasers",
        "copy",
        replace(own, body="", excerpt=teaser),
        replace(own, title=title, body="", excerpt=ends),
    )
    shared = block[: max(1, round(draw.uniform(0.3, 1.0) * len(block)))]
    theirs = replace(other, body="\n\n".join([*strange, *shared]))
    middle = len(text) // 2 or 1
    yield "block", "apart", made([*text[:middle], *shared, *text[middle:]]), theirs
    quote = shared[:2]
    yield (
        "quote",
        "apart",
        made([*text, *quote]),
        replace(other, body="\n\n".join([*strange, *quote])),
    )


def _paragraphs(text: str) -> list[str]:
    parts = [part for part in text.split("\n\n") if part.strip()]
    if len(parts) >= _FEWEST_PARAGRAPHS:
        return parts
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", text) if part.strip()]


def _retouched(draw: random.Random, text: str, share: float) -> str:
    """The text with some words left out or put twice."""
    kept: list[str] = []
    for word in text.split(" "):
        chance = draw.random()
        if chance >= share:
            kept.append(word)
        elif chance < share / 2:
            kept += [word, draw.choice(["also", "then", "reportedly", "now"])]
    return " ".join(kept)


def profiles(articles: dict[Key, Article], work: Path) -> dict[Key, Profile]:
    """Profile articles; vectors are kept in WORK under the hash of their text."""
    encoder = build_encoder(load_settings().model)
    store = work / "vectors.npz"
    known: dict[str, np.ndarray] = {}
    if store.exists():
        with np.load(store) as loaded:
            known = dict(zip(loaded["keys"].tolist(), loaded["vectors"], strict=True))
    cut = {
        key: split_article(each, encoder.count_tokens, encoder.passage_budget, 1)
        for key, each in articles.items()
    }
    texts = {_hash(piece.text): piece.text for pieces in cut.values() for piece in pieces}
    missing = [key for key in texts if key not in known]
    for start in range(0, len(missing), 2000):
        keys = missing[start : start + 2000]
        known.update(zip(keys, encoder.encode_documents([texts[key] for key in keys]), strict=True))
    if missing:
        np.savez(store, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    empty = np.empty((0, encoder.spec.dimension), np.float32)
    return {
        key: Profile.of(
            articles[key],
            [piece.passage for piece in pieces],
            np.array([known[_hash(piece.text)] for piece in pieces]) if pieces else empty,
        )
        for key, pieces in cut.items()
    }


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

"""Evaluate duplicate coverage: relations on pairs that were read, stories on labelled articles.

articles -> profiles -> judged pairs and found stories -> measures -> CoverageReport
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from semsearch.encode.encoder import Encoder
from semsearch.errors import InvalidRequestError
from semsearch.evaluation.clusters import ClusterFigures, evaluate_stories
from semsearch.evaluation.pairs import LabelledPair, PairFigures, evaluate_pairs
from semsearch.ingest.reading import ReadOptions, SourceFile, find_files, read_file
from semsearch.model.article import Article
from semsearch.relate.classify import fitted
from semsearch.relate.profile import Profile
from semsearch.text.passages import split_article

STORY = "story"
_TOGETHER = 64
_LEAST = 3


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """What was found.

    Attributes:
        articles: How many were read.
        missing: Articles of pairs that are not among them; their pairs are left out.
        pairs: On the pairs; None where there are none.
        stories: On the articles whose ``story`` is given, ours first; empty where none has one.
        labelled: How many these are.
        calibration: The data that the probabilities were fitted on.
    """

    articles: int
    missing: tuple[str, ...]
    pairs: PairFigures | None
    stories: tuple[ClusterFigures, ...]
    labelled: int
    calibration: str
    seconds: float


def evaluate_coverage(
    paths: Sequence[Path], pairs: Sequence[LabelledPair], encoder: Encoder
) -> CoverageReport:
    """Measure relations and stories.

    Args:
        paths: Files and folders of articles; an article whose source has a field ``story`` is
            labelled with it.
        pairs: Pairs that were read; may be none.
        encoder: As the index uses it.

    Raises:
        NotFoundError: A path is not there.
        InvalidRequestError: There is nothing to measure.
    """
    started = time.perf_counter()
    wanted = {article for pair in pairs for article in (pair.a, pair.b)}
    count = 0
    kept: dict[str, Article] = {}
    for article in _articles(paths):
        count += 1
        if article.id in wanted or STORY in article.extra:
            kept.setdefault(article.id, article)
    labelled = [one for one in kept.values() if STORY in one.extra]
    judged = [pair for pair in pairs if pair.a in kept and pair.b in kept]
    if not judged and len(labelled) < _LEAST:
        raise InvalidRequestError(
            "There is nothing to measure.",
            "Name pairs with --pairs FILE, or articles that have a field story.",
        )
    profiles = dict(_profiles(kept.values(), encoder))
    return CoverageReport(
        articles=count,
        missing=tuple(sorted(wanted - kept.keys())),
        pairs=evaluate_pairs(judged, profiles) if judged else None,
        stories=tuple(
            evaluate_stories(
                [profiles[one.id] for one in labelled], [str(one.extra[STORY]) for one in labelled]
            )
            if len(labelled) >= _LEAST
            else ()
        ),
        labelled=len(labelled),
        calibration=fitted().calibration,
        seconds=round(time.perf_counter() - started, 3),
    )


def _articles(paths: Sequence[Path]) -> Iterator[Article]:
    for file in find_files(paths):
        if isinstance(file, SourceFile):
            for record in read_file(file, ReadOptions()):
                if isinstance(record, Article) and not record.stub:
                    yield record


def _profiles(articles: Iterable[Article], encoder: Encoder) -> Iterator[tuple[str, Profile]]:
    rest = iter(articles)
    while some := list(islice(rest, _TOGETHER)):
        pieces = [
            split_article(one, encoder.count_tokens, encoder.passage_budget, overlap=1)
            for one in some
        ]
        vectors = encoder.encode_documents([piece.text for those in pieces for piece in those])
        start = 0
        for article, those in zip(some, pieces, strict=True):
            rows = vectors[start : start + len(those)]
            yield article.id, Profile.of(article, [piece.passage for piece in those], rows)
            start += len(those)

"""Look up what a draft states: its sentences in the articles that they retrieve.

sentences -> articles near them by words and by meaning -> aligned as comparisons align -> the
status of each sentence -> its figures
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from semsearch.check.figures import check_figures, figures_of
from semsearch.check.matching import Archive
from semsearch.check.quotations import Quotation
from semsearch.compare.alignment import Alignment, align, probability, published_scorer
from semsearch.compare.comparer import Comparer
from semsearch.compare.facts import sentence_status
from semsearch.compare.sentences import Sentences
from semsearch.deadline import go_on
from semsearch.library import Library
from semsearch.model.article import Article
from semsearch.model.check import (
    CheckedFigure,
    CheckedSentence,
    FigureStatus,
    SentenceCheck,
    SentenceEvidence,
)
from semsearch.model.comparison import Status
from semsearch.model.filters import EVERYTHING
from semsearch.store.snapshot import Snapshot
from semsearch.text.language import with_language
from semsearch.text.sentences import article_sentences
from semsearch.text.shingles import MAX_CHARS

DRAFT = "draft"
_NEAR = 8  # articles that a sentence, or a passage, retrieves
_FEWEST, _MOST = 8, 24  # articles that a draft is compared with
_SENTENCES_AN_ARTICLE = 8
_PASSAGE_WEIGHT = 2.0
_SHOWN = 5  # articles beside a sentence
_MOST_SENTENCES = 400  # of a text that is compared
_UNSPACED_FIGURE = re.compile(
    "[0-9０-９][\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af][0-9０-９]"
)


@dataclass(frozen=True, slots=True)
class Looked:
    """The draft laid beside sentences of one article: its text, or title and excerpt above it.

    Attributes:
        lacking: Whether they are all that the article says, so that absence can be told.
    """

    sentences: Sentences
    alignment: Alignment
    lacking: bool


def check_statements(
    text: str,
    quotations: Sequence[Quotation],
    archive: Archive,
    library: Library,
    comparer: Comparer,
    snapshot: Snapshot,
    notes: list[str],
) -> tuple[tuple[CheckedSentence, ...], tuple[CheckedFigure, ...]]:
    """The sentences of a draft that state something, and their figures; notes take what is cut."""
    draft = with_language(Article(DRAFT, title="", body=text))
    held = archive.articles(_retrieved(draft, archive, library, snapshot))
    stored = {pk: one for pk, one in held.items() if len(one.body) <= MAX_CHARS}
    texts = comparer.prepared(stored, [draft], snapshot)
    own = next((one for one in texts if one.article.body is draft.body), None)
    others = [one for one in texts if one is not own and len(one.main) <= _MOST_SENTENCES]
    if left_out := len(held) - len(others):
        notes.append(
            f"{left_out} long article{'s' if left_out > 1 else ''} that the draft resembles "
            f"{'were' if left_out > 1 else 'was'} not compared sentence by sentence."
        )
    quoted = [(one.start, one.end) for one in quotations]
    if own is None:
        notes += _figures_not_read(text, quoted)
        return (), ()
    scorer = published_scorer()
    looked = []
    for other in others:
        for part in (other.main, other.teaser):
            go_on()
            if len(part):
                lacking = part is other.main and other.is_whole
                looked.append(Looked(part, align(own.main, part, scorer), lacking))
    sentences: list[CheckedSentence] = []
    figures: list[CheckedFigure] = []
    for number in range(len(own.main)):
        go_on()
        span = own.main.span(number)
        evidence = _best_of_each(_evidence(number, looked))
        status = _status(evidence)
        found = check_figures(
            span,
            number,
            len(sentences),
            [(one.sentences, one.alignment) for one in looked],
            quotations,
        )
        told = {one.status for one in found}
        if FigureStatus.DIFFERS in told:
            status = SentenceCheck.DIFFERS
        elif status is SentenceCheck.STATED and FigureStatus.NOT_FOUND in told:
            status = SentenceCheck.UNCLEAR
        figures += found
        sentences.append(
            CheckedSentence(span.start, span.end, span.text, status, tuple(evidence[:_SHOWN]))
        )
    notes += _figures_not_read(text, [*quoted, *((one.start, one.end) for one in sentences)])
    return tuple(sentences), tuple(figures)


def _figures_not_read(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Which figures of a text were not looked up: those in none of some spans, and others."""
    within = bytearray(len(text))
    for start, end in spans:
        within[start:end] = b"\1" * (end - start)
    if beside := sum(not within[start] for start, _ in figures_of(text)):
        yield (
            "Figures in headings and in sentences of less than five words were not looked up: "
            f"{beside:,}."
        )
    if _UNSPACED_FIGURE.search(text):
        yield "Figures beside Chinese, Japanese or Korean letters were not looked up."


def _retrieved(draft: Article, archive: Archive, library: Library, snapshot: Snapshot) -> list[int]:
    """Keys of the articles that the sentences and the passages of a draft retrieve most."""
    scores: dict[int, float] = {}

    def vote(pks: Sequence[int], weight: float) -> None:
        for rank, pk in enumerate(pks):
            scores[pk] = scores.get(pk, 0.0) + weight / (1 + rank)

    passages = library.split(draft)
    vectors = library.encode([passage.text for passage in passages])
    for vector in vectors:
        go_on()
        vote([pk for pk, _ in snapshot.vectors.nearest(vector, _NEAR, EVERYTHING)], _PASSAGE_WEIGHT)
    sentences = 0
    for span in article_sentences(draft):
        go_on()
        sentences += 1
        vote(archive.by_words(draft.body[span.start : span.end], _NEAR), 1.0)
    most = min(_MOST, max(_FEWEST, sentences // _SENTENCES_AN_ARTICLE))
    return sorted(scores, key=lambda pk: (-scores[pk], pk))[:most]


def _evidence(number: int, looked: Sequence[Looked]) -> Iterator[SentenceEvidence]:
    scorer = published_scorer()
    for one in looked:
        best = int(one.alignment.best[number])
        logit = float(one.alignment.logits[number, best])
        status = sentence_status(
            logit,
            scorer,
            shared=bool(one.alignment.shared[number, best]),
            lacking=one.lacking,
        )
        absent = status in (Status.NOT_FOUND, Status.UNKNOWN)
        match = None if absent else one.sentences.span(best)
        yield SentenceEvidence(one.sentences.article.id, status, probability(logit), match)


def _best_of_each(evidence: Iterable[SentenceEvidence]) -> list[SentenceEvidence]:
    """Of each article where it states the sentence, or its likeliest place; the likeliest first."""

    def order(one: SentenceEvidence) -> tuple[bool, float, str]:
        return one.status is not Status.STATED, -one.score, one.article

    best: dict[str, SentenceEvidence] = {}
    for one in sorted(evidence, key=order):
        best.setdefault(one.article, one)
    return list(best.values())


def _status(evidence: Sequence[SentenceEvidence]) -> SentenceCheck:
    """Stated where one article states it; not found where the likeliest place of all is none."""
    found = {one.status for one in evidence}
    if Status.STATED in found:
        return SentenceCheck.STATED
    if Status.UNCLEAR in found:
        return SentenceCheck.UNCLEAR
    return SentenceCheck.NOT_FOUND

"""Check a draft: everything in it that the archive can confirm or contradict, with evidence.

draft -> its quotations, each looked up by its words -> runs of words outside them that were copied
-> its sentences and their figures in the articles that they retrieve -> the articles that are cited
-> how far the archive reaches
"""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from semsearch.check.copied import copied_runs
from semsearch.check.judging import judge_quotation
from semsearch.check.matching import Archive
from semsearch.check.quotations import Quotation, block_quotations, find_quotations
from semsearch.check.statements import check_statements
from semsearch.check.words import words_of
from semsearch.compare.comparer import Comparer
from semsearch.deadline import go_on, stage
from semsearch.errors import DraftTooLongError, InvalidArticleError
from semsearch.library import Library, consistent_read
from semsearch.model.article import by_time
from semsearch.model.check import (
    ArchiveReach,
    CheckedFigure,
    CheckedQuotation,
    CheckedSentence,
    CopiedRun,
    DraftCheck,
    SentenceCheck,
    WordChange,
    WordChangeKind,
)
from semsearch.model.filters import from_timestamp
from semsearch.model.search import ArticleSummary, summary
from semsearch.store.snapshot import Snapshot
from semsearch.text.markup import looks_like_html

MAX_CHARS = 100_000
"""Characters of a draft: some 16,000 words."""
MIN_WORDS = 5
"""Words of a quotation that is looked up."""
_MAX_WORDS = 400  # of one quotation
_MAX_QUOTATIONS = 300
_LARGEST = 5


class Checker:
    """Checks drafts against the newest generation of an index."""

    def __init__(self, library: Library, comparer: Comparer) -> None:
        self._library = library
        self._comparer = comparer

    @consistent_read
    def check(self, text: str) -> DraftCheck:
        """What the archive holds of a draft."""
        if not text.strip():
            raise InvalidArticleError("There is no text to check.")
        if len(text) > MAX_CHARS:
            raise DraftTooLongError(
                f"A draft may have {MAX_CHARS:,} characters, and this one has {len(text):,}."
            )
        started = time.perf_counter()
        snapshot = self._library.snapshot()
        archive = Archive(self._library, snapshot)
        notes: list[str] = []
        body = _without_front_matter(text, notes)
        if looks_like_html(body):
            notes.append(_HTML)
        found = find_quotations(body)
        looked_up = [one for one in found if words_of(body[one.start : one.end]).count >= MIN_WORDS]
        blocks = block_quotations(body, looked_up)
        found = sorted([*found, *blocks], key=lambda one: (one.start, -one.end))
        with stage("quotations"):
            quotations = tuple(_quotations(body, found, archive, notes))
        with stage("copied"):
            copied = tuple(copied_runs(body, found, archive))
        with stage("sentences"):
            sentences, figures = check_statements(
                body, found, archive, self._library, self._comparer, snapshot, notes
            )
        return DraftCheck(
            quotations=quotations,
            figures=figures,
            sentences=tuple(_with_quotations(one, quotations, body) for one in sentences),
            copied=copied,
            articles=_cited(archive, quotations, copied, sentences, figures),
            archive=reach(snapshot),
            notes=tuple(notes),
            generation=snapshot.generation,
            took_ms=round(1_000 * (time.perf_counter() - started), 1),
        )


_FRONT_MATTER = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n"
    r"(?=(?:[ \t]*(?:#[^\n]*)?\n)*[\w\"'-][^\n:]{0,100}:(?:\s|$))"  # a field: no rule in the text
    r".*?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)",
    re.DOTALL,
)

_WORD = re.compile(r"\w")

_HTML = (
    "The text looks like HTML, and its tags were read as words: check its text alone, or save it "
    "as a file that ends with .html and check that with the command."
)


def _without_front_matter(text: str, notes: list[str]) -> str:
    """The draft with blanks in place of the fields above it, so that offsets stay."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return text
    notes.append("The fields above the text were not checked.")
    return re.sub(r"[^\n]", " ", match[0]) + text[match.end() :]


def _quotations(
    text: str, found: Sequence[Quotation], archive: Archive, notes: list[str]
) -> Iterable[CheckedQuotation]:
    counts = {one: words_of(text[one.start : one.end]).count for one in found}
    wanted = [one for one in found if MIN_WORDS <= counts[one] <= _MAX_WORDS]
    notes += _passed_over(found, counts, len(wanted))
    for one in wanted[:_MAX_QUOTATIONS]:
        go_on()
        yield judge_quotation(text, one, archive)


def _with_quotations(
    sentence: CheckedSentence, quotations: Sequence[CheckedQuotation], text: str
) -> CheckedSentence:
    """A sentence with what was changed in the part of quotations that stands in it.

    With another number it differs; with a negation it is not stated.
    """
    kinds = {
        change.kind
        for one in quotations
        for change in one.changes
        if change.start <= sentence.end and sentence.start <= _end(change, text)
    }
    if WordChangeKind.NUMBER in kinds:
        return replace(sentence, status=SentenceCheck.DIFFERS)
    if WordChangeKind.NEGATION in kinds and sentence.status is SentenceCheck.STATED:
        return replace(sentence, status=SentenceCheck.UNCLEAR)
    return sentence


def _end(change: WordChange, text: str) -> int:
    """Where a change ends in the draft; what was left out may begin the sentence that follows."""
    following = None if change.is_ else _WORD.search(text, change.end)
    return change.end if following is None else following.start()


def _cited(
    archive: Archive,
    quotations: Iterable[CheckedQuotation],
    copied: Iterable[CopiedRun],
    sentences: Iterable[CheckedSentence],
    figures: Iterable[CheckedFigure],
) -> tuple[ArticleSummary, ...]:
    """The articles that anything cites, in order of time."""
    ids = {span.article for one in quotations for span in (one.source, *one.also) if span}
    ids |= {span.article for run in copied for span in (run.source, *run.also)}
    ids |= {each.article for one in sentences for each in one.others}
    ids |= {each for one in figures for each in one.also}
    ids |= {one.source.article for one in figures if one.source is not None}
    held = {article.id: article for article in archive.held()}
    return tuple(summary(one) for one in sorted((held[each] for each in ids), key=by_time))


def _passed_over(
    found: Sequence[Quotation], counts: dict[Quotation, float], wanted: int
) -> Iterable[str]:
    short = sum(counts[one] < MIN_WORDS for one in found)
    long = sum(counts[one] > _MAX_WORDS for one in found)
    open_ = sum(not one.closed for one in found)
    if short:
        yield f"Quotations of fewer than {MIN_WORDS} words were not looked up: {short:,}."
    if long:
        yield (
            f"Quotations of more than {_MAX_WORDS} words were not looked up as one: {long:,}. "
            "Quote less at a time."
        )
    if open_:
        yield f"Quotations that are never closed were read to their paragraph's end: {open_:,}."
    if wanted > _MAX_QUOTATIONS:
        yield (
            f"Only the first {_MAX_QUOTATIONS} of {wanted:,} quotations were looked up. "
            "Check the draft in parts."
        )


def reach(snapshot: Snapshot) -> ArchiveReach:
    """How far an archive reaches."""
    span = snapshot.span
    providers = [provider for provider, _ in snapshot.providers if provider.key]
    return ArchiveReach(
        articles=len(snapshot),
        first=None if span is None else from_timestamp(span[0]),
        last=None if span is None else from_timestamp(span[1]),
        outlets=len(providers),
        largest=tuple(one.name or one.domain for one in providers[:_LARGEST]),
    )

"""Check a draft: everything in it that the archive can confirm or contradict, with evidence.

draft -> its quotations, each looked up by its words -> the articles that are cited -> how far the
archive reaches
"""

import time
from collections.abc import Iterable

from semsearch.check.judging import cited, judge_quotation
from semsearch.check.matching import Archive
from semsearch.check.quotations import Quotation, find_quotations
from semsearch.check.words import words_of
from semsearch.deadline import go_on, stage
from semsearch.errors import DraftTooLongError, InvalidArticleError
from semsearch.library import Library, consistent_read
from semsearch.model.article import by_time
from semsearch.model.check import ArchiveReach, CheckedQuotation, DraftCheck
from semsearch.model.filters import from_timestamp
from semsearch.model.search import ArticleSummary, summary
from semsearch.store.snapshot import Snapshot

MAX_CHARS = 100_000
"""Characters of a draft: some 16,000 words."""
MIN_WORDS = 5
"""Words of a quotation that is looked up."""
_MAX_WORDS = 400  # of one quotation
_MAX_QUOTATIONS = 300
_LARGEST = 5


class Checker:
    """Checks drafts against the newest generation of an index."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @consistent_read
    def check(self, text: str) -> DraftCheck:
        """What the archive holds of a draft.

        Raises:
            InvalidArticleError: There is no text.
            DraftTooLongError: It has more than ``MAX_CHARS`` characters.
            NoSuchIndexError: Nothing has been indexed yet.
            TimeLimitError: It takes longer than it may.
        """
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
        with stage("quotations"):
            quotations = tuple(self._quotations(text, archive, notes))
        return DraftCheck(
            quotations=quotations,
            figures=(),
            sentences=(),
            copied=(),
            articles=self._cited(archive, cited(quotations)),
            archive=reach(snapshot),
            notes=tuple(notes),
            generation=snapshot.generation,
            took_ms=round(1_000 * (time.perf_counter() - started), 1),
        )

    def _quotations(
        self, text: str, archive: Archive, notes: list[str]
    ) -> Iterable[CheckedQuotation]:
        found = find_quotations(text)
        counts = {one: words_of(text[one.start : one.end]).count for one in found}
        wanted = [one for one in found if MIN_WORDS <= counts[one] <= _MAX_WORDS]
        notes += _passed_over(found, counts, len(wanted))
        for one in wanted[:_MAX_QUOTATIONS]:
            go_on()
            yield judge_quotation(text, one, archive)

    def _cited(self, archive: Archive, ids: Iterable[str]) -> tuple[ArticleSummary, ...]:
        held = {article.id: article for article in archive.held()}
        return tuple(summary(one) for one in sorted((held[each] for each in ids), key=by_time))


def _passed_over(
    found: list[Quotation], counts: dict[Quotation, float], wanted: int
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

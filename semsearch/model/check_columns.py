"""The tables of a checked draft: what was found of each thing, and each sentence's evidence."""

from collections.abc import Iterator
from dataclasses import dataclass

from semsearch.model.check import (
    CheckedQuotation,
    CheckedSentence,
    DraftCheck,
    SentenceCheck,
    WordChange,
)
from semsearch.model.comparison import Span
from semsearch.model.search import ArticleSummary
from semsearch.tables import NUMBER, TEXT, TEXTS, TIME, WHOLE, Pair, Table, column

_DECIDED = (SentenceCheck.STATED, SentenceCheck.DIFFERS)


@dataclass(frozen=True, slots=True)
class _Found:
    """A quotation, figure, sentence or copied run of the draft; None where it has no such thing."""

    kind: str
    start: int
    end: int
    text: str
    status: str
    source: Span | None
    article: ArticleSummary | None
    changes: list[str] | None = None
    value: str | None = None
    given: str | None = None
    said: str | None = None
    words: int | None = None
    holders: int | None = None
    origins: int | None = None


FINDINGS = Table("findings", "A quotation, figure, sentence or copied run of a draft, and what the "
                 "archive holds of it.", (
    column("kind", TEXT, "`quotation`, `figure`, `sentence` or `copied`."),
    column("start", WHOLE, "Where it begins in the draft, in characters."),
    column("end", WHOLE, "Where it ends."),
    column("text", TEXT, "Its words."),
    column("status", TEXT, "Of a quotation `verbatim`, `cut`, `altered` or `not_found`; of a "
           "figure `stated`, `differs` or `not_found`; of a sentence one of these or `unclear`; of "
           "a run `copied`."),
    column("article", TEXT, "Id of the article that holds it; null: none does.", "source.article"),
    column("field", TEXT, "That article's field.", "source.field"),
    column("source_start", WHOLE, "Where it stands in that field, in characters.", "source.start"),
    column("source_end", WHOLE, "Where that ends.", "source.end"),
    column("source_text", TEXT, "What stands there.", "source.text"),
    column("title", TEXT, "That article's headline.", "article.title"),
    column("url", TEXT, "Its address; empty where it has none.", "article.url"),
    column("provider", TEXT, "Name of its outlet.", "article.provider.name"),
    column("provider_domain", TEXT, "Domain of its outlet.", "article.provider.domain"),
    column("published", TIME, "When it was published; null: unknown.", "article.published"),
    column("changes", TEXTS, "What differs from the source, as `kind: source -> draft`; null: no "
           "quotation."),
    column("value", TEXT, "The figure that stands in the source; null: no figure."),
    column("speaker_given", TEXT, "Whom the draft names for a quotation; null: nobody.", "given"),
    column("speaker_source", TEXT, "Whom the source names; null: nobody.", "said"),
    column("words", WHOLE, "Words of a copied run; null for the others."),
    column("holders", WHOLE, "Articles that hold the quotation or the run, the source counted."),
    column("origins", WHOLE, "How many of them are independent."),
))  # fmt: skip

FINDING_SENTENCES = Table("finding_sentences", "One sentence of a draft against one article.", (
    column("start", WHOLE, "Where the sentence begins in the draft, in characters.",
           "whole.start"),
    column("end", WHOLE, "Where it ends.", "whole.end"),
    column("text", TEXT, "The sentence.", "whole.text"),
    column("status", TEXT, "`stated`, `differs`, `not_found` or `unclear`, of all articles.",
           "whole.status"),
    column("article", TEXT, "Id of the article.", "part.article"),
    column("says", TEXT, "What that says of it: `stated`, `unclear`, `not_found` or `unknown`.",
           "part.status"),
    column("score", NUMBER, "Probability that it reports the same, 0-1.", "part.score"),
    column("field", TEXT, "Field of its closest sentence; null: none.", "part.match.field"),
    column("source_start", WHOLE, "Where that begins, in characters.", "part.match.start"),
    column("source_end", WHOLE, "Where it ends.", "part.match.end"),
    column("source_text", TEXT, "That sentence.", "part.match.text"),
))  # fmt: skip


def decisive(one: CheckedSentence) -> Span | None:
    """The sentence of the archive that states it, or differs; None where none does."""
    return one.others[0].match if one.status in _DECIDED and one.others else None


def findings(found: DraftCheck) -> Iterator[_Found]:
    """The rows of ``FINDINGS``, by kind, each in the order of the draft."""
    articles = {one.id: one for one in found.articles}

    def held(source: Span | None) -> ArticleSummary | None:
        return None if source is None else articles.get(source.article)

    for quoted in found.quotations:
        yield _quotation(quoted, held(quoted.source))
    for figure in found.figures:
        yield _Found(
            *("figure", figure.start, figure.end, figure.text, figure.status.value),
            source=figure.source,
            article=held(figure.source),
            value=figure.value or None,
        )
    for sentence in found.sentences:
        source = decisive(sentence)
        yield _Found(
            *("sentence", sentence.start, sentence.end, sentence.text, sentence.status.value),
            source=source,
            article=held(source),
        )
    for run in found.copied:
        yield _Found(
            *("copied", run.start, run.end, run.text, "copied"),
            source=run.source,
            article=held(run.source),
            words=run.words,
            holders=run.holders,
            origins=run.origins,
        )


def _quotation(one: CheckedQuotation, article: ArticleSummary | None) -> _Found:
    return _Found(
        *("quotation", one.start, one.end, one.text, one.status.value),
        source=one.source,
        article=article,
        changes=[_told(change) for change in one.changes],
        given=one.speaker.given,
        said=one.speaker.source,
        holders=one.holders,
        origins=one.origins,
    )


def _told(change: WordChange) -> str:
    return f"{change.kind}: {change.was or 'nothing'} -> {change.is_ or 'nothing'}"


def sentences(found: DraftCheck) -> Iterator[Pair]:
    """The rows of ``FINDING_SENTENCES``."""
    return (Pair(one, other) for one in found.sentences for other in one.others)

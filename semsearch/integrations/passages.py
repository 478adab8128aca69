"""What every retriever gives of a hit: the passage, and where it stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from semsearch.index import Index
from semsearch.model.article import DatePrecision
from semsearch.model.search import Confidence, Hit, SearchResults


def hits(found: SearchResults, *, only_answers: bool) -> Sequence[Hit]:
    """The hits of an answer.

    Args:
        found: The answer.
        only_answers: None where nothing seems to answer: the hits are only the nearest then.
    """
    unanswered = found.answer_confidence is Confidence.NONE
    return () if only_answers and unanswered else found.hits


def search(index: Index, question: str, options: Mapping[str, Any]) -> SearchResults:
    """The answer of an index.

    Args:
        index: What is asked.
        question: In plain words.
        options: Arguments of ``Index.search``: ``k``, ``provider``, ``since`` and so on.
    """
    return index.search(question, **options)


def metadata(hit: Hit, found: SearchResults) -> dict[str, Any]:
    """What is known of a passage, in values that JSON has.

    ``start`` and ``end`` are characters of the article's ``field``; ``published`` is ISO 8601, a
    day where only that is known, and empty where it is unknown.
    """
    article, passage = hit.article, hit.passage
    at = article.published
    length = 10 if article.precision is DatePrecision.DAY else None
    return {
        "article": article.id,
        "title": article.title,
        "outlet": article.provider.name,
        "domain": article.provider.domain,
        "url": article.url,
        "published": "" if at is None else at.isoformat()[:length],
        "language": article.language,
        "topics": list(article.topics),
        "basis": article.basis.value,
        "field": passage.field.value,
        "start": passage.start,
        "end": passage.end,
        "rank": hit.rank,
        "score": hit.score,
        "story": hit.story.id if hit.story else "",
        "answer_confidence": found.answer_confidence.value,
    }


def identity(hit: Hit) -> str:
    """What names the passage of a hit: the article, its field, and where it begins."""
    return f"{hit.article.id}#{hit.passage.field.value}:{hit.passage.start}"

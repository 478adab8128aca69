"""When each article appeared, and how long after the first."""

from collections.abc import Sequence
from datetime import UTC, datetime

from semsearch.articles.article import Article
from semsearch.articles.comparison import TimelineEntry

METHOD = "publication dates as the articles give them"
_HOUR = 3600.0
_NEVER = datetime.max.replace(tzinfo=UTC)


def by_time(article: Article) -> tuple[datetime, str]:
    """Sorts articles by publication, those without a date last, and by id."""
    return article.published or _NEVER, article.id


def timeline(articles: Sequence[Article]) -> tuple[TimelineEntry, ...]:
    """All articles in order of time."""
    first = min((a.published for a in articles if a.published), default=None)
    return tuple(
        TimelineEntry(
            article=article.id,
            provider=article.provider.key or article.id,
            headline=article.headline,
            published=article.published,
            lag_hours=lag_hours(article.published, first),
            basis=article.basis,
            method=METHOD,
        )
        for article in sorted(articles, key=by_time)
    )


def lag_hours(published: datetime | None, first: datetime | None) -> float | None:
    """Hours after the first, None where either is unknown."""
    if published is None or first is None:
        return None
    return round((published - first).total_seconds() / _HOUR, 2)

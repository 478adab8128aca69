"""When each article appeared, and how long after the first."""

from collections.abc import Sequence

from semsearch.model.article import Article, by_time, lag_hours
from semsearch.model.comparison import TimelineEntry

METHOD = "publication dates as the articles give them"


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

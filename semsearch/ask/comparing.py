"""Contrast providers: who reports it, under which headline, and when."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from semsearch.model.article import Article
from semsearch.model.search import Hit, ProviderFraming, ProviderRow
from semsearch.text.tokens import phrases, words

_HOUR = 3600.0


def contrast(hits: Sequence[Hit], articles: Sequence[Article]) -> tuple[ProviderRow, ...]:
    """One row per provider among the hits, in order of its best rank.

    Args:
        hits: In order of rank.
        articles: The article of each hit.
    """
    groups: dict[str, list[int]] = {}
    for place, article in enumerate(articles):
        groups.setdefault(article.provider.key, []).append(place)
    leads = [articles[places[0]] for places in groups.values()]
    first = min((lead.published for lead in leads if lead.published), default=None)
    terms = {
        key: {word.term for place in places for word in words(articles[place].headline)}
        for key, places in groups.items()
    }
    used = Counter(term for held in terms.values() for term in held)
    return tuple(
        ProviderRow(
            domain=articles[places[0]].provider.domain,
            name=articles[places[0]].provider.name,
            hits=len(places),
            ranks=tuple(hits[place].rank for place in places),
            framing=_framing(
                hits[places[0]],
                articles[places[0]],
                first,
                {term for term in terms[key] if used[term] > 1},
            ),
        )
        for key, places in groups.items()
    )


def _framing(
    hit: Hit, article: Article, first: datetime | None, elsewhere: set[str]
) -> ProviderFraming:
    lag = (
        None
        if first is None or article.published is None
        else round((article.published - first).total_seconds() / _HOUR, 2)
    )
    return ProviderFraming(
        article=article.id,
        headline=article.headline,
        only_here=phrases(article.headline, words(article.headline), elsewhere),
        passage=hit.passage,
        published=article.published,
        lag_hours=lag,
        basis=article.basis,
    )

"""What the articles that a question draws are: how many by each outlet, on each topic and day."""

from collections import Counter
from collections.abc import Collection

from semsearch.library.library import Library
from semsearch.model.search import DayCount, Facets
from semsearch.model.status import ProviderCount, TopicCount


def facets(library: Library, pks: Collection[int]) -> Facets:
    """Counts over some articles by key; the cost is that of those, whatever the index holds.

    Raises:
        StaleGenerationError: They are gone; the generation is no longer kept.
    """
    heads = library.hydrate(pks, texts=False).values()
    providers = Counter(head.provider for head in heads if head.provider.key)
    topics = Counter(topic for head in heads for topic in set(head.topics) if topic.strip())
    days = Counter(head.published.date() for head in heads if head.published is not None)
    return Facets(
        articles=len(heads),
        providers=tuple(
            ProviderCount(provider, number)
            for provider, number in sorted(
                providers.items(), key=lambda one: (-one[1], one[0].domain, one[0].name)
            )
        ),
        topics=tuple(
            TopicCount(topic, number)
            for topic, number in sorted(topics.items(), key=lambda one: (-one[1], one[0]))
        ),
        days=tuple(DayCount(day, number) for day, number in sorted(days.items())),
    )
